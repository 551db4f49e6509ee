"""SQL Coach: an app that practises SQL with somebody when it suits them, over gRPC.

It asks PersonaKit's mapper `sql_coach` when, for how long and how hard, sets as many exercises as
fit, reports the practice as a work session, and passes on whether the time was well chosen. What
the mapper says is a document: `persona-kit mapper show sql_coach` prints it.

    python examples/sql_coach.py          # for the sample person; PERSONAKIT_PERSON names another
"""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import grpc

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1 import persona_pb2 as persona
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub

PERSON = os.environ.get("PERSONAKIT_PERSON", "sample")
ADDRESS = f"127.0.0.1:{os.environ.get('PERSONAKIT_PORT', '8000')}"
TOKEN = os.environ.get("PERSONAKIT_TOKEN")
IDENTITY = (("authorization", f"Bearer {TOKEN}"),) if TOKEN else ()
MINUTES_EACH = 10

SHOP = """
CREATE TABLE orders (customer TEXT, amount INTEGER);
INSERT INTO orders VALUES ('Ada', 30), ('Ada', 20), ('Bob', 70), ('Cy', 10);
"""
EASY = [
    ("How many orders are there?", "SELECT count(*) FROM orders"),
    ("Who ordered for more than 25 at once? By name.",
     "SELECT customer FROM orders WHERE amount > 25 ORDER BY customer"),
]  # fmt: skip
HARD = [
    ("What did each customer spend in all? By name.",
     "SELECT customer, sum(amount) FROM orders GROUP BY customer ORDER BY customer"),
    ("What is each customer's share of all that was spent? By name.",
     "SELECT customer, 1.0 * sum(amount) / sum(sum(amount)) OVER () FROM orders"
     " GROUP BY customer ORDER BY customer"),
]  # fmt: skip


@dataclass
class Practice:
    """What came of practising."""

    started: datetime
    ended: datetime
    right: int
    asked: int

    @property
    def score(self) -> int:
        """How productive it was, from 1 to 5."""
        return 1 + round(4 * self.right / max(1, self.asked))


async def main() -> None:
    """Coaches once."""
    async with grpc.aio.insecure_channel(ADDRESS) as channel:
        advice = await PersonaServiceStub(channel).Suggest(
            persona.SuggestRequest(person_id=PERSON, mapper_id="sql_coach"),
            timeout=5,
            metadata=IDENTITY,
        )
        for each in advice.suggestions:
            print(f"{each.title} {each.local_window}: {each.description}\n{each.action}")
        chosen = for_now(advice)
        if chosen is None:
            print("Not now, then. One easy exercise, since you are here:")
        done = practise(chosen)
        await report(channel, done)
        if chosen is not None:
            helpful = ask("Was this a good time for it? [y/n] ").lower().startswith("y")
            await judge(channel, chosen, helpful)


def for_now(advice: persona.SuggestResponse) -> persona.Suggestion | None:
    """The best suggestion that does not begin later."""
    begun = (each for each in advice.suggestions if each.start_time.seconds <= advice.at.seconds)
    return next(begun, None)


def practise(chosen: persona.Suggestion | None) -> Practice:
    """Sets the exercises that fit into the time: after a first easy one, hard ones for practice."""
    is_practice = chosen is not None and chosen.type == "practice_session"
    exercises = [*EASY[:1], *HARD] if is_practice else EASY
    minutes = chosen.duration_minutes if chosen else MINUTES_EACH
    shop = sqlite3.connect(":memory:")
    shop.executescript(SHOP)
    started, right, asked = datetime.now(UTC), 0, 0
    for question, solution in islice(exercises, max(1, minutes // MINUTES_EACH)):
        asked += 1
        if answer_to(shop, ask(f"{question}\nsql> ")) == answer_to(shop, solution):
            right += 1
            print("Right.")
        else:
            print(f"Not quite. For example: {solution}")
    shop.close()
    return Practice(started, datetime.now(UTC), right, asked)


def answer_to(shop: sqlite3.Connection, query: str) -> list[tuple[object, ...]] | str:
    """What a query answers, or why it does not."""
    try:
        return shop.execute(query).fetchall()
    except sqlite3.Error as error:
        return f"{error}"


async def report(channel: grpc.aio.Channel, done: Practice) -> None:
    """Tells PersonaKit of the practice; sending it again would store nothing twice."""
    session = ingest.WorkSession(productivity_score=done.score, label="SQL practice")
    session.start_time.FromDatetime(done.started)
    session.end_time.FromDatetime(max(done.ended, done.started + timedelta(minutes=1)))
    observation = ingest.Observation(
        person_id=PERSON,
        source="sql-coach",
        source_id=done.started.isoformat(),
        work_session=session,
    )
    await IngestServiceStub(channel).RecordObservation(
        ingest.RecordObservationRequest(observation=observation), timeout=5, metadata=IDENTITY
    )
    print(f"{done.right} of {done.asked} right: recorded with a score of {done.score}.")


async def judge(channel: grpc.aio.Channel, chosen: persona.Suggestion, helpful: bool) -> None:
    """Says whether the suggestion helped; a verdict that was given already stands."""
    request = feedback.SubmitFeedbackRequest(
        person_id=PERSON, suggestion_id=chosen.suggestion_id, helpful=helpful
    )
    try:
        given = await FeedbackServiceStub(channel).SubmitFeedback(
            request, timeout=5, metadata=IDENTITY
        )
        print(f"Thank you: {chosen.type} now weighs {given.weight:.2f}.")
    except grpc.aio.AioRpcError as refusal:
        print(f"Not taken: {refusal.details()}")


def lines() -> Iterator[str]:
    """What is typed, and nothing any more once it has ended."""
    while True:
        try:
            yield input()
        except EOFError:
            yield ""


TYPED = lines()


def ask(question: str) -> str:
    """Asks on the terminal."""
    print(question, end="", flush=True)
    return next(TYPED)


if __name__ == "__main__":
    asyncio.run(main())
