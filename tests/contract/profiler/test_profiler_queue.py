"""What the queue promises: the one in memory and the one in Postgres."""

from datetime import timedelta
from uuid import uuid4

from services.profiler.model import PersonId, Task
from services.profiler.usecases import Wanted
from tests.contract.profiler.stores import ANA, BEN, NOW, PAYLOAD, Stores, failure
from tests.unit.profiler.fakes import LEASE


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
