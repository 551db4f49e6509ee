"""Loops in threads: they stop when told, and what they compute holds nobody up."""

import asyncio
from datetime import timedelta

import pytest

from services.kit.bells import DistantBell
from services.kit.loops import every, in_thread


async def test_a_loop_in_a_thread_ends_when_told_to() -> None:
    stop, worked = asyncio.Event(), 0

    async def work() -> None:
        nonlocal worked
        worked += 1

    running = asyncio.create_task(in_thread(every(timedelta(milliseconds=1), "work", work))(stop))
    while worked < 3:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_what_ends_a_loop_in_a_thread_ends_the_loop_around_it() -> None:
    async def fail(_: asyncio.Event) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(in_thread(fail)(asyncio.Event()), 5)


async def test_a_loop_that_is_cancelled_stops_its_thread() -> None:
    seen: list[str] = []

    async def rest(stop: asyncio.Event) -> None:
        seen.append("begun")
        await stop.wait()
        seen.append("ended")

    running = asyncio.create_task(in_thread(rest)(asyncio.Event()))
    while not seen:
        await asyncio.sleep(0.01)
    running.cancel()
    while "ended" not in seen:
        await asyncio.sleep(0.01)


async def test_what_a_thread_computes_holds_others_up_for_a_moment_only() -> None:
    stop, stretches, turns = asyncio.Event(), 0, 0

    async def compute(stop: asyncio.Event) -> None:
        nonlocal stretches
        while not stop.is_set():
            sorted(str(number) for number in range(200_000))
            stretches += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(in_thread(compute)(stop))
    while stretches < 15:
        await asyncio.sleep(0.001)
        turns += 1
    stop.set()
    await running
    # In the same loop there would be a turn for every stretch of computing.
    assert turns > 2 * stretches


async def test_a_distant_bell_is_heard_in_another_thread() -> None:
    bell, stop = DistantBell(), asyncio.Event()
    heard = 0

    async def listen(stop: asyncio.Event) -> None:
        nonlocal heard
        while not stop.is_set():
            await bell.wait(30)
            heard += 1

    bell.ring()  # before anybody listens
    running = asyncio.create_task(in_thread(listen)(stop))
    while heard < 1:
        await asyncio.sleep(0.01)
    stop.set()
    while not running.done():
        bell.ring()
        await asyncio.sleep(0.01)
    bell.ring()  # after the last has gone
    assert heard >= 2


async def test_a_distant_bell_tells_whether_it_rang_just_now() -> None:
    bell = DistantBell()
    assert not bell.rung_within(timedelta(days=1))
    bell.ring()
    assert bell.rung_within(timedelta(minutes=1))
    await asyncio.sleep(0.002)
    assert not bell.rung_within(timedelta(milliseconds=1))
