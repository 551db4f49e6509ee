"""Group commit."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.kit.batching import Batch
from services.kit.errors import Invalid, ResourceExhausted, Unavailable


async def turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def come_every_third_turn(batch: Batch[int, int], callers: int) -> None:
    async def come(number: int) -> None:
        await turn(3 * number)
        await batch.add([100 + number])

    await asyncio.gather(*(come(number) for number in range(callers)))


class Flushes:
    """Doubles numbers, a flush at a time that takes some turns of the loop; refuses 13, and
    everything while `down`."""

    def __init__(self, turns: int = 1) -> None:
        self.seen: list[list[int]] = []
        self.down = False
        self._turns = turns

    async def flush(self, numbers: Sequence[int]) -> list[int]:
        await turn(self._turns)
        self.seen.append(list(numbers))
        if self.down:
            raise Unavailable("DATABASE_UNAVAILABLE", "down")
        if 13 in numbers:
            raise Invalid("INVALID_FIELD", "no 13", field="number")
        return [number * 2 for number in numbers]


async def test_calls_that_come_during_a_flush_share_the_next() -> None:
    flushes = Flushes()
    batch = Batch(flushes.flush)
    answers = await asyncio.gather(*(batch.add([number]) for number in range(10)))
    assert [answer[0] for answer in answers] == [number * 2 for number in range(10)]
    assert len(flushes.seen) <= 2


async def test_those_who_are_at_the_door_when_a_flush_ends_share_the_next() -> None:
    flushes = Flushes(turns=5)
    await come_every_third_turn(Batch(flushes.flush), 20)
    assert [len(numbers) for numbers in flushes.seen] == [1, 19]


async def test_half_of_what_a_flush_can_take_waits_for_nobody_at_the_door() -> None:
    flushes = Flushes(turns=5)
    await come_every_third_turn(Batch(flushes.flush, largest=4), 21)
    assert [len(numbers) for numbers in flushes.seen] == [1] + [2] * 10


async def test_a_bad_item_fails_its_own_call_only() -> None:
    batch = Batch(Flushes().flush)
    answers = await asyncio.gather(
        *(batch.add([number]) for number in (1, 13, 3)), return_exceptions=True
    )
    assert answers[0] == [2]
    assert isinstance(answers[1], Invalid)
    assert answers[2] == [6]


async def test_what_is_down_for_all_is_asked_once() -> None:
    flushes = Flushes()
    flushes.down = True
    batch = Batch(flushes.flush)
    answers = await asyncio.gather(
        *(batch.add([number]) for number in range(5)), return_exceptions=True
    )
    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert len(flushes.seen) <= 2


async def test_a_flush_is_bounded_and_a_large_call_stays_whole() -> None:
    flushes = Flushes()
    batch = Batch(flushes.flush, largest=3)
    await asyncio.gather(batch.add([1, 2, 3, 4, 5]), batch.add([6, 7]), batch.add([8, 9]))
    assert flushes.seen == [[1, 2, 3, 4, 5], [6, 7], [8, 9]]


async def test_a_cancelled_call_harms_no_other() -> None:
    batch = Batch(Flushes().flush)
    given_up = asyncio.create_task(batch.add([1]))
    kept = asyncio.create_task(batch.add([2]))
    await asyncio.sleep(0)
    given_up.cancel()
    assert list(await kept) == [4]
    with pytest.raises(asyncio.CancelledError):
        await given_up


async def test_it_works_again_after_a_failure() -> None:
    flushes = Flushes()
    flushes.down = True
    batch = Batch(flushes.flush)
    with pytest.raises(Unavailable):
        await batch.add([1])
    flushes.down = False
    assert list(await batch.add([1])) == [2]


async def test_more_than_can_wait_is_refused_at_once_with_a_hint() -> None:
    flushes = Flushes()
    batch = Batch(flushes.flush, most_waiting=5)
    answers = await asyncio.gather(
        *(batch.add([number, number]) for number in range(4)), return_exceptions=True
    )
    assert [isinstance(answer, ResourceExhausted) for answer in answers] == [
        False,
        False,
        True,
        True,
    ]
    assert isinstance(answers[3], ResourceExhausted)
    assert (answers[3].reason, answers[3].retry_after) == (
        "TOO_MANY_REQUESTS",
        timedelta(seconds=1),
    )
    assert await batch.add([7, 8, 9, 10, 11]) == [14, 16, 18, 20, 22]


async def test_what_nobody_waits_for_any_more_is_not_done() -> None:
    flushes = Flushes()
    batch = Batch(flushes.flush, most_waiting=4)
    first = asyncio.create_task(batch.add([1]))
    await asyncio.sleep(0)
    given_up = [asyncio.create_task(batch.add([number])) for number in (2, 3)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    assert await first == [2]
    await asyncio.sleep(0.01)
    assert await batch.add([4, 5, 6, 7]) == [8, 10, 12, 14]
    assert flushes.seen == [[1], [4, 5, 6, 7]]


class Gate:
    """A flush that lasts until it is let through."""

    def __init__(self) -> None:
        self.under_way: list[list[int]] = []
        self.opened = asyncio.Event()

    async def flush(self, numbers: Sequence[int]) -> Sequence[int]:
        self.under_way.append(list(numbers))
        await self.opened.wait()
        return numbers


async def test_many_are_flushed_beside_a_flush_and_few_wait_for_it() -> None:
    gate = Gate()
    batch = Batch(gate.flush, largest=4, at_once=2)
    calls = [asyncio.create_task(batch.add([1]))]
    await asyncio.sleep(0)
    calls.append(asyncio.create_task(batch.add([2])))
    await asyncio.sleep(0.01)
    assert gate.under_way == [[1]]
    calls.append(asyncio.create_task(batch.add([3])))
    await asyncio.sleep(0.01)
    assert gate.under_way == [[1], [2, 3]]
    calls.append(asyncio.create_task(batch.add([4, 5, 6, 7])))
    await asyncio.sleep(0.01)
    assert gate.under_way == [[1], [2, 3]]
    gate.opened.set()
    assert await asyncio.gather(*calls) == [[1], [2], [3], [4, 5, 6, 7]]


async def test_with_few_again_there_is_one_flush_again() -> None:
    sizes: list[int] = []

    async def flush(numbers: Sequence[int]) -> Sequence[int]:
        sizes.append(len(numbers))
        await asyncio.sleep(0.001)
        return numbers

    batch = Batch(flush, largest=40, at_once=2)

    async def caller(items: int) -> None:
        for _ in range(10):
            await batch.add([0] * items)

    await asyncio.gather(*(caller(40) for _ in range(2)))
    sizes.clear()
    await asyncio.gather(*(caller(1) for _ in range(10)))
    assert sizes == [10] * 10
