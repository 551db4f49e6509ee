"""What the queue, the books and the mindscapes promise: those in memory and those in Postgres."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from services.profiler.days import NOWHERE
from services.profiler.ledger import Books, enter
from services.profiler.memory import MOST_WEEKS
from services.profiler.model import Claim, Failure, ObservationId, PersonId, Statement, Task
from services.profiler.statements import PROCESS
from services.profiler.store import PostgresLedgers, PostgresMindscapes, PostgresQueue
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Ledgers, Mindscapes, Outcome, Queue, Wanted
from services.profiler.weeks import week_of
from tests.unit.profiler.build import TUESDAY, work
from tests.unit.profiler.fakes import (
    LEASE,
    Memory,
    MemoryLedgers,
    MemoryMindscapes,
    MemoryQueue,
)

ANA, BEN = PersonId("ana"), PersonId("ben")
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
PAYLOAD = {"observation_id": "o1"}

Put = Callable[[PersonId, str, Mapping[str, object], datetime], Awaitable[UUID]]


@dataclass(frozen=True)
class Stores:
    """One set of stores, and a way to publish a task as ingest does."""

    queue: Queue
    ledgers: Ledgers
    mindscapes: Mindscapes
    put: Put

    async def task(self, person_id: PersonId = ANA, at: datetime = NOW) -> UUID:
        return await self.put(person_id, PROCESS, PAYLOAD, at)

    async def claim(self, *people: PersonId, at: datetime = NOW) -> list[Claim]:
        return list(await self.queue.claim(people or (ANA,), at))

    async def due(self, at: datetime = NOW, limit: int = 10) -> tuple[list[PersonId], ...]:
        """Returns people with tasks for a claim together, and people with last attempts."""
        due = await self.queue.due(at, limit)
        return list(due.together), list(due.alone)

    async def close(self, claim: Claim, statements: list[Statement], at: datetime = NOW) -> None:
        """Enters statements on behalf of a claim."""
        async with self.ledgers.open([claim]) as ledgers:
            wanted = Wanted(
                frozenset({TUESDAY}),
                frozenset(one.observation_id for one in statements if one.fact is None),
            )
            books = (await ledgers.books({claim.person_id: wanted}))[claim.person_id]
            entered = enter(books, statements, SHIPPED)
            await ledgers.close([Outcome(claim, entered)], at)

    async def believe(self, minutes: int, at: datetime = NOW) -> None:
        """Makes one more version of ana's mindscape."""
        await self.task(at=at)
        (claim,) = await self.claim(at=at)
        await self.close(
            claim, [Statement(minutes, ObservationId("o1"), work("09:00", minutes))], at
        )


@pytest.fixture(params=["in_memory", "in_postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    made: Stores = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def in_memory() -> Stores:
    memory = Memory()

    async def put(
        person_id: PersonId, task_type: str, payload: Mapping[str, object], at: datetime
    ) -> UUID:
        return memory.put(person_id, task_type, payload, at)

    return Stores(MemoryQueue(memory), MemoryLedgers(memory), MemoryMindscapes(memory), put)


@pytest.fixture
async def in_postgres(settings: Settings) -> AsyncIterator[Stores]:
    database = Database(settings.database_url("profiler"), application="test")
    ingest = Database(settings.database_url("ingest"), application="test")

    async def put(
        person_id: PersonId, task_type: str, payload: Mapping[str, object], at: datetime
    ) -> UUID:
        task_id = uuid4()
        values = {"p": person_id, "t": task_id, "y": task_type, "b": json.dumps(payload), "at": at}
        await ingest.run(PUT, **values)
        return task_id

    yield Stores(
        PostgresQueue(database), PostgresLedgers(database), PostgresMindscapes(database), put
    )
    await database.close()
    await ingest.close()


PUT = Sql("""
    INSERT INTO ingest.outbox_tasks
        (person_id, task_id, task_type, payload, run_after, created_at, updated_at)
    VALUES (:p, :t, :y, CAST(:b AS jsonb), :at, :at, :at)
""")


def failure(claim: Claim, retry_at: datetime | None) -> list[Failure]:
    return [Failure(task, "it broke", retry_at) for task in claim.tasks]


async def test_people_are_due_longest_waiting_first(stores: Stores) -> None:
    await stores.task(BEN, NOW - timedelta(minutes=2))
    await stores.task(ANA, NOW - timedelta(minutes=1))
    await stores.task(BEN, NOW)
    await stores.task(PersonId("cem"), NOW + timedelta(minutes=1))
    assert await stores.due() == ([BEN, ANA], [])
    assert await stores.due(limit=1) == ([BEN], [])


async def test_a_claim_takes_a_persons_tasks_in_order_and_counts_the_attempt(
    stores: Stores,
) -> None:
    ids = [await stores.task() for _ in range(3)]
    await stores.task(BEN)
    (claim,) = await stores.claim()
    assert [task.task_id for task in claim.tasks] == ids
    assert {task.attempts for task in claim.tasks} == {1}
    assert claim.tasks[0].payload == PAYLOAD


async def test_a_person_who_is_held_is_neither_due_nor_claimed(stores: Stores) -> None:
    await stores.task()
    await stores.claim()
    await stores.task()
    assert await stores.due() == ([], [])
    assert await stores.claim() == []
    assert await stores.queue.claim_alone(ANA, NOW) is None


async def test_a_dead_workers_person_is_taken_over(stores: Stores) -> None:
    ids = [await stores.task() for _ in range(2)]
    (dead,) = await stores.claim()
    later = NOW + LEASE
    assert await stores.due(later) == ([ANA], [])
    (claim,) = await stores.claim(at=later)
    assert [(task.task_id, task.attempts) for task in claim.tasks] == [(one, 2) for one in ids]
    assert claim.token != dead.token


async def test_what_was_there_when_two_workers_died_is_taken_by_itself(stores: Stores) -> None:
    ids = [await stores.task() for _ in range(2)]
    for deaths in range(2):
        await stores.claim(at=NOW + deaths * LEASE)
    later = NOW + 2 * LEASE
    fresh = await stores.task(BEN)
    assert await stores.due(later) == ([BEN], [ANA])
    claims = await stores.claim(ANA, BEN, at=later)
    assert [[task.task_id for task in claim.tasks] for claim in claims] == [[fresh]]
    claim = await stores.queue.claim_alone(ANA, later)
    assert claim is not None
    assert [(task.task_id, task.attempts) for task in claim.tasks] == [(ids[0], 3)]


async def test_a_dead_worker_that_comes_back_holds_nothing(stores: Stores) -> None:
    await stores.task()
    (dead,) = await stores.claim()
    (claim,) = await stores.claim(at=NOW + LEASE)
    async with stores.ledgers.open([dead]) as ledgers:
        assert list(await ledgers.hold()) == []
    async with stores.ledgers.open([claim]) as ledgers:
        assert [one.person_id for one in await ledgers.hold()] == [ANA]
    await stores.queue.fail(dead, failure(dead, None), NOW + LEASE)
    assert (await stores.queue.status(ANA, NOW)).failed == 0


async def test_whoever_only_reads_keeps_nobody_waiting(stores: Stores) -> None:
    await stores.task()
    (frozen,) = await stores.claim()
    async with stores.ledgers.open([frozen]) as ledgers:
        await ledgers.books({ANA: Wanted()})
        assert len(await stores.claim(at=NOW + LEASE)) == 1
        assert list(await ledgers.hold()) == []


async def test_what_killed_three_workers_is_given_up_and_spares_the_others(stores: Stores) -> None:
    killer = await stores.task()
    now = NOW
    done: list[Task] = []
    await stores.task()
    for _ in range(2):
        await stores.claim(at=now)
        now += LEASE
    for _ in range(10):
        claim = await stores.queue.claim_alone(ANA, now)
        now += LEASE
        if claim and killer not in [task.task_id for task in claim.tasks]:
            await stores.close(claim, [], now)
            done += claim.tasks
    status = await stores.queue.status(ANA, now)
    assert (len(done), status.pending, status.failed) == (1, 0, 1)
    ((_, given_up),) = await stores.queue.failed(ANA, 0, 10)
    assert (given_up.task_id, given_up.attempts) == (killer, 3)


async def test_new_tasks_do_not_wait_for_one_that_failed(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    await stores.queue.fail(claim, failure(claim, NOW + timedelta(seconds=2)), NOW)
    fresh = await stores.task()
    (claim,) = await stores.claim()
    assert [task.task_id for task in claim.tasks] == [fresh]


async def test_a_failed_task_rests_until_its_time(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    await stores.queue.fail(claim, failure(claim, NOW + timedelta(seconds=2)), NOW)
    assert await stores.due() == ([], [])
    assert await stores.due(NOW + timedelta(seconds=2)) == ([ANA], [])


async def test_a_claim_handed_back_was_never_made(stores: Stores) -> None:
    await stores.task()
    claims = await stores.claim()
    await stores.queue.hand_back(claims, NOW)
    await stores.queue.hand_back(claims, NOW)
    (claim,) = await stores.claim()
    assert [task.attempts for task in claim.tasks] == [1]


async def test_given_up_tasks_are_listed_in_order_and_retried(stores: Stores) -> None:
    ids = [await stores.task() for _ in range(3)]
    (claim,) = await stores.claim()
    await stores.queue.fail(claim, failure(claim, None), NOW)
    first = await stores.queue.failed(ANA, 0, 2)
    rest = await stores.queue.failed(ANA, first[-1][0], 2)
    listed = [task for _, task in (*first, *rest)]
    assert [task.task_id for task in listed] == ids
    assert {(task.last_error, task.observation_id) for task in listed} == {("it broke", "o1")}
    assert await stores.queue.retry(ANA, [ids[1], uuid4()], NOW) == 1
    assert await stores.queue.retry(BEN, [], NOW) == 0
    assert await stores.queue.retry(ANA, [], NOW) == 2
    (claim,) = await stores.claim()
    assert [task.attempts for task in claim.tasks] == [1, 1, 1]


async def test_the_status_tells_what_waits_and_since_when(stores: Stores) -> None:
    nothing = await stores.queue.status(ANA, NOW)
    assert (nothing.pending, nothing.oldest_pending_at, nothing.mindscape_version) == (0, None, 0)
    assert nothing.processed_up_to == NOW
    await stores.task(at=NOW - timedelta(seconds=9))
    await stores.task()
    status = await stores.queue.status(ANA, NOW)
    assert (status.pending, status.lag) == (2, timedelta(seconds=9))
    assert status.processed_up_to == NOW - timedelta(seconds=9)
    backlog = await stores.queue.backlog(NOW)
    assert (backlog.pending, backlog.failed, backlog.lag) == (2, 0, timedelta(seconds=9))


async def test_open_tasks_are_told_from_those_that_came_later(stores: Stores) -> None:
    assert await stores.queue.last_position(ANA) == 0
    await stores.task()
    position = await stores.queue.last_position(ANA)
    assert await stores.queue.is_open(ANA, position)
    (claim,) = await stores.claim()
    await stores.task()
    assert await stores.queue.is_open(ANA, position)
    await stores.close(claim, [])
    assert not await stores.queue.is_open(ANA, position)


async def test_what_is_entered_is_kept_and_completes_its_tasks(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    statement = Statement(1, ObservationId("o1"), work("09:00", 90, 4, 1))
    await stores.close(claim, [statement])
    status = await stores.queue.status(ANA, NOW)
    assert (status.pending, status.failed, status.mindscape_version) == (0, 0, 1)
    expected = enter(Books({}, {}), [statement], SHIPPED)
    assert await stores.ledgers.days(ANA, [TUESDAY]) == expected.days
    mindscape = await stores.mindscapes.current(ANA)
    assert mindscape is not None
    assert (mindscape.version, mindscape.zone, mindscape.updated_at) == (1, "Asia/Tokyo", NOW)
    assert mindscape.traits == expected.belief.traits
    assert await stores.due() == ([], [])


async def test_books_open_the_days_asked_for_and_those_that_know_an_observation(
    stores: Stores,
) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    far = TUESDAY - timedelta(days=300)
    said = [
        Statement(1, ObservationId("near"), work("09:00", 60)),
        Statement(2, ObservationId("far"), work("09:00", 60, day=far)),
        Statement(3, ObservationId("lost"), None),
    ]
    await stores.close(claim, said)
    await stores.task()
    (claim,) = await stores.claim()
    async with stores.ledgers.open([claim]) as ledgers:
        asked = Wanted(frozenset({TUESDAY}), frozenset({ObservationId("far")}))
        books = (await ledgers.books({ANA: asked}))[ANA]
        assert set(books.days) == {TUESDAY, far, NOWHERE}
        assert set(books.weeks) == {week_of(TUESDAY), week_of(far)}
        assert set((await ledgers.books({ANA: Wanted()}))[ANA].days) == {NOWHERE}
        assert set(await ledgers.all_days(ANA)) == {TUESDAY, far, NOWHERE}
    weeks = await stores.ledgers.weeks(ANA, 2)
    assert [week.start for week in weeks] == [week_of(TUESDAY), week_of(far)]
    assert await stores.ledgers.weeks(ANA, 1) == weeks[:1]


async def test_weeks_beyond_two_years_open_with_their_days(stores: Stores) -> None:
    long_ago = TUESDAY - timedelta(weeks=200)
    weekly = [work("09:00", 60, day=TUESDAY - timedelta(weeks=number)) for number in range(120)]
    old = [work("09:00", 60, day=long_ago + timedelta(days=number)) for number in range(2)]
    said = [
        Statement(number, ObservationId(f"o{number}"), fact)
        for number, fact in enumerate([*weekly, *old])
    ]
    await stores.task()
    (claim,) = await stores.claim()
    await stores.close(claim, said)
    await stores.task()
    (claim,) = await stores.claim()
    async with stores.ledgers.open([claim]) as ledgers:
        asked = Wanted(frozenset({long_ago + timedelta(days=2)}))
        weeks = (await ledgers.books({ANA: asked}))[ANA].weeks
        assert weeks[week_of(long_ago)].counts["focus"] == {"me60": 2}
        assert len(weeks) > MOST_WEEKS


async def test_a_week_of_which_nothing_is_left_is_removed(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    await stores.close(claim, [Statement(1, ObservationId("o1"), work("09:00", 60))])
    await stores.task()
    (claim,) = await stores.claim()
    await stores.close(claim, [Statement(2, ObservationId("o1"), None)])
    await stores.task()
    (claim,) = await stores.claim()
    async with stores.ledgers.open([claim]) as ledgers:
        assert (await ledgers.books({ANA: Wanted()}))[ANA].weeks == {}
    mindscape = await stores.mindscapes.current(ANA)
    assert mindscape is not None
    assert (mindscape.version, mindscape.traits) == (2, {})


async def test_a_block_that_raises_changes_nothing(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    with pytest.raises(RuntimeError):
        async with stores.ledgers.open([claim]):
            raise RuntimeError
    assert await stores.mindscapes.current(ANA) is None
    await stores.close(claim, [])
    assert (await stores.queue.status(ANA, NOW)).pending == 0


async def test_people_claimed_together_are_kept_apart(stores: Stores) -> None:
    await stores.task(ANA)
    await stores.task(BEN)
    claims = await stores.claim(ANA, BEN)
    async with stores.ledgers.open(claims) as ledgers:
        outcomes = [
            Outcome(
                claim,
                enter(
                    Books({}, {}),
                    [Statement(1, ObservationId("o1"), work("09:00", minutes))],
                    SHIPPED,
                ),
            )
            for claim, minutes in zip(await ledgers.hold(), (30, 60), strict=True)
        ]
        await ledgers.close(outcomes, NOW)
    found = [await stores.mindscapes.current(person_id) for person_id in (ANA, BEN)]
    assert [one.person_id for one in found if one] == [ANA, BEN]
    assert len({str(one.traits) for one in found if one}) == 2


async def test_every_version_is_kept_and_can_be_found(stores: Stores) -> None:
    for day in range(3):
        await stores.believe(30 + day, NOW + timedelta(days=day))
    versions = await stores.mindscapes.versions(ANA, None, 10)
    assert [one.version for one in versions] == [3, 2, 1]
    assert [one.version for one in await stores.mindscapes.versions(ANA, 3, 1)] == [2]
    second = await stores.mindscapes.at_version(ANA, 2)
    assert second == await stores.mindscapes.as_of(ANA, NOW + timedelta(days=1, hours=3))
    assert await stores.mindscapes.at_version(ANA, 9) is None
    assert await stores.mindscapes.as_of(ANA, NOW - timedelta(seconds=1)) is None


async def test_the_versions_kept_next_to_one_are_found(stores: Stores) -> None:
    for number in range(12):
        await stores.believe(30 + number, NOW + timedelta(minutes=number))
    assert [list(await stores.mindscapes.around(ANA, one)) for one in (0, 1, 5, 12, 99)] == [
        [3],
        [3],
        [4, 6],
        [11],
        [12],
    ]
    assert await stores.mindscapes.around(BEN, 1) == []


async def test_fast_versions_are_thinned_to_the_newest_ten_and_the_last_of_each_hour(
    stores: Stores,
) -> None:
    for number in range(24):
        await stores.believe(30 + number, NOW + timedelta(minutes=10 * number))
    versions = await stores.mindscapes.versions(ANA, None, 30)
    assert [one.version for one in versions] == [*range(24, 13, -1), 8, 2]
    newest = await stores.mindscapes.current(ANA)
    assert newest == await stores.mindscapes.at_version(ANA, 24)


async def test_old_history_is_thinned_to_the_last_version_of_each_day(stores: Stores) -> None:
    for number, hours in enumerate((0, 1, 2, 24, 25, 48, 49)):
        await stores.believe(30 + number, NOW + timedelta(hours=hours))
    midnight = datetime.combine(date(2026, 11, 19), datetime.min.time(), UTC)
    assert await stores.mindscapes.thin(midnight) == 3
    kept = await stores.mindscapes.versions(ANA, None, 10)
    assert [one.version for one in kept] == [7, 6, 5, 3]
    assert await stores.mindscapes.thin(midnight) == 0
