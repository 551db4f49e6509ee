"""An erased person leaves nothing, and nobody else notices."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import grpc
import pytest

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.persona.v1 import persona_pb2 as persona
from tests.integration.person_data.system import (
    System,
    a_session,
    traces,
    without,
)
from tests.refusals import refusal_of

ANA, BEN = "ana-8d1f", "ben-52c7"
# Tables that hold no rows of people, or the note of the erasure itself.
NOBODYS = {
    "ingest.erasures",
    "public.alembic_version",
    "persona.mappers",
    "feedback.populations",
    "profiler.priors",
}


async def test_nothing_of_an_erased_person_is_left_and_the_receipt_counts_it(
    system: System,
) -> None:
    words = await system.live(ANA, "s3cr3t")
    before = await system.dump()
    # Two request ids are only part of what an id is derived from.
    assert {word for _, word in traces(before, words)} == words - {"make-s3cr3t", "request-s3cr3t"}
    receipt = await system.erase(ANA)
    after = await system.dump()
    assert traces(after, words) == []
    named = {f"{one.holder}.{one.table}": one.rows for one in receipt.removed}
    assert named == {
        table: len([row for row in before[table] if ANA in row])
        for table in before
        if table not in NOBODYS
    }
    assert receipt.rows == sum(named.values()) > 60


async def test_others_stay_as_they_were_byte_for_byte(system: System) -> None:
    await asyncio.gather(*(system.live(person) for person in (ANA, BEN, "cleo")))
    before = await system.dump()
    await system.erase(ANA)
    assert await system.dump() == without(before, ANA)


async def test_an_erased_person_may_come_back_as_somebody_new(system: System) -> None:
    await system.live(ANA)
    await system.erase(ANA)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await system.ingest.GetPerson(ingest.GetPersonRequest(person_id=ANA))
    assert refusal_of(caught.value).reason == "PERSON_NOT_FOUND"
    await system.record(a_session(ANA, "2026-11-19T08:00:00Z", 50))
    assert (await system.traits(ANA))["work.focus_duration"].n == 1
    made = await system.persona.GeneratePersona(persona.GeneratePersonaRequest(person_id=ANA))
    assert made.mindscape_version == 1


async def test_a_second_erasure_and_one_of_nobody_remove_nothing(system: System) -> None:
    await system.live(ANA)
    assert (await system.erase(ANA)).rows > 0
    empty = await system.dump()
    for person in (ANA, "nobody"):
        assert (await system.erase(person)).rows == 0
    assert await system.dump() == empty


async def test_fifty_equal_erasures_at_once_are_one(system: System) -> None:
    await system.live(ANA)
    receipts = await asyncio.gather(*(system.erase(ANA) for _ in range(50)))
    assert len({one.SerializeToString(deterministic=True) for one in receipts}) == 1
    assert receipts[0].rows > 60


Write = Callable[[System, feedback.SubmitFeedbackRequest, str], Awaitable[object]]


async def record_one(system: System, _: object, __: str) -> object:
    session = a_session(ANA, "2026-11-19T08:00:00Z", 50)
    return await system.ingest.RecordObservation(
        ingest.RecordObservationRequest(observation=session)
    )


async def record_with_others(system: System, _: object, __: str) -> object:
    both = (a_session(person, "2026-11-19T08:00:00Z", 50) for person in ("new", ANA))
    return await system.record(*both)


async def move(system: System, _: object, __: str) -> object:
    person = ingest.Person(person_id=ANA, time_zone="Asia/Tokyo")
    return await system.ingest.UpdatePerson(ingest.UpdatePersonRequest(person=person))


async def answer_where(system: System, _: object, __: str) -> object:
    said = ingest.UserInput(question=ingest.UserInput.TIME_ZONE, answer="Asia/Tokyo")
    return await system.record(ingest.Observation(person_id=ANA, user_input=said))


async def retract(system: System, _: object, observation_id: str) -> None:
    await system.retract(ANA, observation_id)


async def make_persona(system: System, _: object, __: str) -> object:
    return await system.persona.GeneratePersona(persona.GeneratePersonaRequest(person_id=ANA))


async def suggest(system: System, _: object, __: str) -> object:
    return await system.persona.Suggest(persona.SuggestRequest(person_id=ANA))


async def judge(system: System, verdict: feedback.SubmitFeedbackRequest, _: str) -> object:
    return await system.feedback.SubmitFeedback(verdict)


WRITES: dict[str, list[Write]] = {
    "ingest": [record_one, record_with_others, move, answer_where, retract],
    "persona": [make_persona, suggest],
    "feedback": [judge],
}


@pytest.mark.parametrize("holder", WRITES)
async def test_writes_are_refused_until_the_person_is_readmitted(
    system: System, holder: str
) -> None:
    await system.live(ANA)
    shown = await system.persona.Suggest(persona.SuggestRequest(person_id=ANA))
    (observation_id,) = await system.record(a_session(ANA, "2026-11-18T15:00:00Z", 20))
    verdict = feedback.SubmitFeedbackRequest(
        person_id=ANA, suggestion_id=shown.suggestions[-1].suggestion_id, helpful=False
    )
    await system.settle(ANA)
    erasure_id = str(uuid4())
    await system.close(holder, ANA, erasure_id)
    closed = await system.dump()
    for write in WRITES[holder]:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await write(system, verdict, observation_id)
        refusal = refusal_of(caught.value)
        assert (refusal.code, refusal.reason) == (
            grpc.StatusCode.ABORTED,
            "PERSON_BEING_ERASED",
        ), write
        assert refusal.retry_seconds
    assert await system.dump() == closed
    await system.readmit(holder, ANA, str(uuid4()))
    with pytest.raises(grpc.aio.AioRpcError):
        await WRITES[holder][0](system, verdict, observation_id)
    await system.readmit(holder, ANA, erasure_id)
    await WRITES[holder][0](system, verdict, observation_id)


async def test_one_refused_person_fails_no_neighbour_in_the_same_flush(system: System) -> None:
    await system.record(a_session(ANA, "2026-11-18T15:00:00Z", 20))
    await system.close("ingest", ANA, str(uuid4()))
    people = [f"p{number}" if number % 8 else ANA for number in range(64)]
    answers = await asyncio.gather(
        *(system.record(a_session(person, "2026-11-19T08:00:00Z", 50)) for person in people),
        return_exceptions=True,
    )
    for person, answer in zip(people, answers, strict=True):
        assert isinstance(answer, grpc.aio.AioRpcError) == (person == ANA)
    dump = await system.dump()
    assert len(dump["ingest.observations"]) == len([one for one in people if one != ANA])
    assert traces({"observations": dump["ingest.observations"]}, {ANA}) == []


async def test_writes_and_suggestions_that_race_with_erasures_leave_nothing(
    system: System,
) -> None:
    await system.live(ANA)
    over = asyncio.Event()

    async def keep_at(action: Callable[[int], Awaitable[object]]) -> int:
        done = 0
        while not over.is_set():
            # Aborted by an erasure; or nothing is known after one.
            with suppress(grpc.aio.AioRpcError):
                await action(done)
            done += 1
        return done

    async def observe(number: int) -> object:
        start = f"2026-11-{number % 15 + 1:02}T{number % 9 + 8:02}:00:00Z"
        return await system.record(a_session(ANA, start, 50))

    async def ask(_: int) -> object:
        return await system.persona.Suggest(persona.SuggestRequest(person_id=ANA))

    racers = [asyncio.create_task(keep_at(action)) for action in (observe, observe, ask, ask)]
    for _ in range(12):
        await system.erase(ANA)
        await asyncio.sleep(0.05)
    await system.record(a_session(ANA, "2026-11-19T08:00:00Z", 50))
    over.set()
    assert all(count > 10 for count in await asyncio.gather(*racers))
    # What came after the last erasure is whole.
    await system.settle(ANA)
    document = await system.export(ANA)
    recorded = {one["observation_id"] for one in document["ingest"]["observations"]}
    assert {one["observation_id"] for one in document["profiler"]["facts"]} == recorded
    await system.erase(ANA)
    assert traces(await system.dump(), {ANA}) == []
