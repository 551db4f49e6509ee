"""Working on the queue: what fails fails alone, and nothing is lost or done twice."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol

import pytest

from services.kit.errors import NotFound, Refusal, Unavailable
from services.profiler.model import Claim, PersonId
from services.profiler.statements import PROCESS, RETRACT
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import (
    BACKOFF,
    Explainer,
    Processor,
    get_mindscape,
    get_status,
    list_failed,
    retry_failed,
    thin_history,
    wait_processed,
)
from tests.unit.profiler.fakes import (
    Memory,
    MemoryLedgers,
    MemoryMindscapes,
    MemoryNotices,
    MemoryQueue,
    OpenMemoryLedgers,
    StoppedClock,
)
from tests.unit.profiler.people import MemoryPriors

ANA, BEN = PersonId("ana"), PersonId("ben")
# 10:40 in Tokyo.
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
NINE = int(datetime(2026, 11, 17, tzinfo=UTC).timestamp())


class Trouble(Protocol):
    """What goes wrong when books are opened."""

    def __call__(self, claims: Sequence[Claim]) -> Exception | None: ...


class TroubledLedgers(MemoryLedgers):
    """Raises what `trouble` says when books are opened."""

    trouble: Trouble | None = None

    @asynccontextmanager
    async def open(self, claims: Sequence[Claim]) -> AsyncIterator[OpenMemoryLedgers]:
        if self.trouble and (error := self.trouble(claims)):
            raise error
        async with super().open(claims) as ledgers:
            yield ledgers


@dataclass
class Bench:
    """A processor on stores in memory."""

    memory: Memory = field(default_factory=Memory)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(NOW))

    def __post_init__(self) -> None:
        self.queue = MemoryQueue(self.memory)
        self.ledgers = TroubledLedgers(self.memory)
        self.mindscapes = MemoryMindscapes(self.memory)
        self.processor = Processor(self.queue, self.ledgers, self.clock, SHIPPED)
        self.explainer = Explainer(self.mindscapes, self.ledgers, MemoryPriors(), self.clock)
        self._names = count(1)

    def session(self, person_id: PersonId = ANA, **changes: object) -> str:
        """Publishes a session of 90 minutes from 09:00 in Tokyo."""
        name = f"o{next(self._names)}"
        payload = {
            "observation_id": name,
            "kind": "work_session",
            "zone": "Asia/Tokyo",
            "start": NINE,
            "end": NINE + 5400,
            "score": 4,
        }
        self.memory.put(person_id, PROCESS, {**payload, **changes}, self.clock.now())
        return name

    def answer(self, question: str, text: str) -> None:
        self.session(kind="user_input", question=question, answer=text)

    async def run(self) -> int:
        """Works until nothing is due; returns how many tasks were taken."""
        taken = 0
        while (due := await self.processor.due(10)).together or due.alone:
            for person_id in due.alone:
                taken += await self.processor.work_alone(person_id)
            taken += await self.processor.work_off(due.together)
        return taken

    async def version(self, person_id: PersonId = ANA) -> int:
        return (await get_status(self.queue, self.clock, person_id)).mindscape_version

    async def n(self, trait: str = "work.focus_duration") -> int:
        mindscape = await self.mindscapes.current(ANA)
        assert mindscape is not None
        return mindscape.traits[trait].n if trait in mindscape.traits else 0


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_the_tasks_of_a_person_become_one_version(bench: Bench) -> None:
    for _ in range(10):
        bench.session()
    bench.session(BEN)
    assert await bench.run() == 11
    assert (await bench.version(ANA), await bench.version(BEN), await bench.n()) == (1, 1, 10)


async def test_what_is_no_news_changes_no_version(bench: Bench) -> None:
    news, old = bench.session(), next(bench.memory.positions)
    await bench.run()
    bench.memory.positions = iter([old - 2])
    bench.session(observation_id=news, score=1)
    assert await bench.run() == 1
    assert await bench.version() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "dream"},
        {"zone": "Mars/Olympus"},
        {"kind": "user_input", "question": "usual_start", "answer": "soon"},
    ],
    ids=["unreadable", "unknown zone", "cannot be entered"],
)
async def test_a_task_that_fails_holds_up_no_other_and_is_given_up_after_three_attempts(
    bench: Bench, changes: dict[str, Any]
) -> None:
    bench.session()
    name = bench.session(**changes)
    bench.session()
    await bench.run()
    assert (await bench.version(), await bench.n()) == (1, 2)
    for pause in BACKOFF:
        assert (await get_status(bench.queue, bench.clock, ANA)).pending == 1
        assert await bench.run() == 0
        bench.clock.pass_by(pause)
        assert await bench.run() == 1
    status = await get_status(bench.queue, bench.clock, ANA)
    assert (status.pending, status.failed) == (0, 1)
    (task,), token = await list_failed(bench.queue, ANA, 10, "")
    assert (task.observation_id, task.attempts, token) == (name, 3, "")
    assert task.last_error
    assert "soon" not in task.last_error


async def test_a_failed_task_can_be_tried_again_with_three_new_attempts(bench: Bench) -> None:
    bench.session(kind="dream")
    for pause in (timedelta(0), *BACKOFF):
        bench.clock.pass_by(pause)
        await bench.run()
    assert await retry_failed(bench.queue, bench.clock, ANA, []) == 1
    assert await bench.run() == 1
    assert (await get_status(bench.queue, bench.clock, ANA)).pending == 1


async def test_trouble_with_one_person_is_nobody_elses(bench: Bench) -> None:
    def trouble(claims: Sequence[Claim]) -> Exception | None:
        return RuntimeError() if ANA in [claim.person_id for claim in claims] else None

    bench.session(ANA)
    bench.session(BEN)
    bench.ledgers.trouble = trouble
    await bench.run()
    assert (await bench.version(ANA), await bench.version(BEN)) == (0, 1)
    assert (await get_status(bench.queue, bench.clock, ANA)).pending == 1
    bench.ledgers.trouble = None
    bench.clock.pass_by(BACKOFF[0])
    await bench.run()
    assert await bench.version(ANA) == 1


async def test_a_database_that_does_not_answer_costs_no_attempt(bench: Bench) -> None:
    def trouble(claims: Sequence[Claim]) -> Exception | None:
        return Unavailable("DATABASE_UNAVAILABLE", "it does not answer")

    bench.session()
    bench.ledgers.trouble = trouble
    for _ in range(5):
        with pytest.raises(Refusal):
            await bench.run()
    bench.ledgers.trouble = None
    await bench.run()
    (row,) = bench.memory.rows.values()
    assert (row.status, row.task.attempts, await bench.version()) == ("done", 1, 1)


async def test_weeks_of_an_older_format_are_made_again_from_days(bench: Bench) -> None:
    bench.session()
    await bench.run()
    expected = dict(bench.memory.weeks[ANA])
    bench.memory.weeks[ANA] = {
        start: replace(week, format=0, counts={"old": {"x": 1}}) for start, week in expected.items()
    }
    bench.session(BEN)
    bench.session(start=NINE - 86400 * 30, end=NINE - 86400 * 30 + 600)
    await bench.run()
    assert bench.memory.weeks[ANA].items() >= expected.items()
    assert await bench.n() == 2


async def test_a_retraction_leaves_what_never_saw_the_observation(bench: Bench) -> None:
    bench.session(score=2)
    await bench.run()
    before = await bench.mindscapes.current(ANA)
    name = bench.session(score=5)
    await bench.run()
    bench.memory.put(ANA, RETRACT, {"observation_id": name}, NOW)
    await bench.run()
    after = await bench.mindscapes.current(ANA)
    assert before is not None
    assert after is not None
    assert (after.version, after.traits) == (3, before.traits)


async def test_the_log_ties_tasks_to_calls_and_quotes_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        bench.answer("usual_start", "a secret")
        await bench.run()
    (record,) = [one for one in caplog.records if one.message == "a task failed"]
    assert record.__dict__["person_id"] == ANA
    assert "secret" not in str([one.__dict__ for one in caplog.records])


async def test_waiting_ends_when_the_time_is_over(bench: Bench) -> None:
    bench.session()
    status = await wait_processed(
        bench.queue, MemoryNotices(), bench.clock, ANA, timedelta(milliseconds=20)
    )
    assert status.pending == 1


async def test_waiting_does_not_wait_for_what_has_failed(bench: Bench) -> None:
    bench.session(kind="dream")
    for pause in (timedelta(0), *BACKOFF):
        bench.clock.pass_by(pause)
        await bench.run()
    status = await wait_processed(
        bench.queue, MemoryNotices(), bench.clock, ANA, timedelta(seconds=30)
    )
    assert (status.pending, status.failed) == (0, 1)


async def test_nothing_is_known_of_a_stranger(bench: Bench) -> None:
    with pytest.raises(NotFound) as caught:
        await get_mindscape(bench.mindscapes, bench.ledgers, ANA, version=3, as_of=None, at=NOW)
    assert caught.value.reason == "MINDSCAPE_NOT_FOUND"


async def test_an_explanation_names_days_newest_first_with_their_weight(bench: Bench) -> None:
    for days in range(0, 280, 4):
        start = NINE - days * 86400
        bench.session(start=start, end=start + 3600)
    bench.answer("focus_length", "2hr+")
    await bench.run()
    found = await bench.explainer.explain(ANA, "work.focus_duration")
    assert (found.day_count, len(found.days)) == (70, 60)
    assert [day.date for day in found.days] == sorted(day.date for day in found.days)[::-1]
    assert found.days[0].weight == 1.0
    assert found.days[-1].weight < 0.25
    assert [one.says for one in found.days[0].evidence] == [
        "60 minutes from 09:00, ended by itself",
        "you answered: 2hr+",
    ]
    assert found.trait.n == 70
    assert "your answer `2hr+` of 2026-11-17 counts as 5.0 sessions now" in found.what_would_change


async def test_hours_are_explained_with_the_weights_they_are_remembered_with(bench: Bench) -> None:
    for days in range(0, 280, 7):
        start = NINE - days * 86400
        bench.session(start=start, end=start + 3600)
    await bench.run()
    hours = await bench.explainer.explain(ANA, "work.peak_hours")
    lengths = await bench.explainer.explain(ANA, "work.focus_duration")
    assert hours.days[0].weight == lengths.days[0].weight == 1.0
    assert hours.days[-1].weight > 0.7 > 0.3 > lengths.days[-1].weight
    assert sum(day.weight for day in hours.days) == pytest.approx(hours.trait.effective_n, abs=0.01)


@pytest.mark.parametrize(
    "trait",
    [
        "work.energy_patterns",
        "work.peak_hours",
        "work.focus_duration",
        "work.meeting_recovery",
        "work.task_switching_cost",
        "work.preferred_start_time",
        "work.flow_disruptors",
        "current_state.energy_level",
    ],
)
async def test_every_trait_can_be_explained_by_observations(bench: Bench, trait: str) -> None:
    names = {bench.session(interruptions=2)}
    names.add(
        bench.session(kind="calendar_event", event="meeting", start=NINE + 5400, end=NINE + 7200)
    )
    names.add(bench.session(start=NINE + 7800, end=NINE + 9600, interruptions=0))
    bench.clock.moment = datetime.fromtimestamp(NINE + 9600, UTC)
    await bench.run()
    found = await bench.explainer.explain(ANA, trait)
    assert found.method
    said = [one for day in found.days for one in day.evidence]
    assert said
    assert {one.observation_id for one in said} <= names
    assert found.what_would_change


async def test_history_of_a_week_is_kept_whole(bench: Bench) -> None:
    for hours in (0, 1, 2):
        bench.clock.moment = NOW + timedelta(hours=hours)
        bench.session(start=NINE + hours * 60)
        await bench.run()
    bench.clock.moment = NOW + timedelta(days=7)
    assert await thin_history(bench.mindscapes, bench.clock) == 0
    bench.clock.moment = NOW + timedelta(days=8)
    assert await thin_history(bench.mindscapes, bench.clock) == 2
