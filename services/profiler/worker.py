"""The worker: finds people whose tasks wait, and works them off a few at a time."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from services.kit.clock import Clock
from services.kit.errors import Refusal
from services.kit.loops import stopped_within
from services.kit.telemetry import telemetry
from services.profiler.model import Backlog, PersonId
from services.profiler.usecases import MOST_TASKS, Processor, Queue, Wakeup

log = logging.getLogger(__name__)

LANES = 3
"""Groups of people that are worked on at once: one computes while others are in the database."""
PEOPLE_AT_ONCE = 64
"""People who share a transaction, at most: its round trips and its commit are shared too."""
TASKS_AT_ONCE = 1000
"""Tasks that share a transaction, or the tasks of one person: many of few, or few of many."""
PEOPLE_FOUND = 512
ALONE_IN_A_ROUND = 64
"""Last attempts that go before the rest of a round, one by one: nobody else waits for long."""
BETWEEN_POLLS = timedelta(seconds=1)
"""Nobody tells that a dead worker's lease or a failed task's rest is over: it is looked for."""
AFTER_TROUBLE = timedelta(seconds=1)
AFTER_A_WAKE = timedelta(milliseconds=5)
"""A round costs much the same for one task and for a few: those that come meanwhile share it."""
REST_FOR_A_TASK, LONGEST_REST = timedelta(milliseconds=3), timedelta(milliseconds=500)
"""After a round: a hundred tasks a second are worked off as they come; of more, those that come
during a rest share the next round, which leaves most of a processor to those who send."""
MOST_OF_A_REST = 4000
"""Tasks that may wait after a rest and have not piled up: those of half a second, at most."""


@dataclass(frozen=True, slots=True)
class _Round:
    """How many tasks were worked off, and whether more had piled up than is taken at once."""

    worked: int
    behind: bool


class Worker:
    """Works until stopped; `tasks` wakes it, and it looks by itself every second.

    As long as others are `busy`, asking or recording, it works in one lane: then it computes or
    the database works for it, and the rest of the machine is theirs.
    """

    def __init__(
        self,
        processor: Processor,
        tasks: Wakeup,
        *,
        lanes: int = LANES,
        people_at_once: int = PEOPLE_AT_ONCE,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._processor = processor
        self._tasks = tasks
        self._lanes = lanes
        self._people_at_once = people_at_once
        self._busy = busy
        self._rested = True

    async def run(self, stop: asyncio.Event) -> None:
        """Works; a claim under way when the stop comes is finished."""
        async with asyncio.TaskGroup() as group:
            waker = group.create_task(stop.wait())
            while not stop.is_set():
                try:
                    done = await self._round(stop)
                except Refusal as refusal:
                    log.warning("postponed", extra={"reason": refusal.reason})
                    await stopped_within(stop, AFTER_TROUBLE)
                except Exception:
                    log.exception("a round failed; it goes on")
                    await stopped_within(stop, AFTER_TROUBLE)
                else:
                    await self._pause(done, stop, waker)

    async def _pause(
        self, done: "_Round", stop: asyncio.Event, waker: "asyncio.Task[bool]"
    ) -> None:
        self._rested = not done.behind
        if not done.worked:
            await self._rest(waker)
            await stopped_within(stop, AFTER_A_WAKE)
        elif not done.behind:
            rest = min(LONGEST_REST, done.worked * REST_FOR_A_TASK)
            await stopped_within(stop, max(AFTER_A_WAKE, rest))

    async def _rest(self, waker: "asyncio.Task[bool]") -> None:
        resting = asyncio.ensure_future(self._tasks.wait(BETWEEN_POLLS.total_seconds()))
        try:
            await asyncio.wait({resting, waker}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resting.cancel()

    async def _round(self, stop: asyncio.Event) -> "_Round":
        due = await self._processor.due(PEOPLE_FOUND)
        worked = await self._alone(due.alone, stop)
        worked += await self._in_lanes(deque(due.together.items()), stop)
        more = len(due.together) == PEOPLE_FOUND
        usual = MOST_OF_A_REST if self._rested else TASKS_AT_ONCE
        return _Round(worked, behind=more or sum(due.together.values()) > usual)

    async def _alone(self, people: Sequence[PersonId], stop: asyncio.Event) -> int:
        worked = 0
        for person_id in people[:ALONE_IN_A_ROUND]:
            if not stop.is_set():
                worked += await self._processor.work_alone(person_id)
        return worked

    async def _in_lanes(self, people: "deque[tuple[PersonId, int]]", stop: asyncio.Event) -> int:
        lanes = min(self._lanes, len(people))
        at_once = min(self._people_at_once, ceil(len(people) / lanes)) if lanes else 0
        under_way: set[asyncio.Future[int]] = set()
        ended: list[asyncio.Future[int]] = []
        while people and not stop.is_set() and not any(one.exception() for one in ended):
            while people and len(under_way) < (1 if self._busy() else lanes):
                work = self._processor.work_off(_some(people, at_once))
                under_way.add(asyncio.ensure_future(work))
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            ended += done
        await asyncio.gather(*under_way, return_exceptions=True)
        return sum(one.result() for one in (*ended, *under_way))


def _some(people: "deque[tuple[PersonId, int]]", at_once: int) -> list[PersonId]:
    """Takes the next people: so many, or as few as have tasks enough for one transaction."""
    some: list[PersonId] = []
    room = TASKS_AT_ONCE
    while people and len(some) < at_once and room > 0:
        person_id, waiting = people.popleft()
        some.append(person_id)
        room -= min(waiting, MOST_TASKS)
    return some


class QueueMetrics:
    """Reports how deep the queue is, how far behind, and how much was given up."""

    def __init__(self, queue: Queue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock
        self._backlog = Backlog(0, 0, timedelta(0))
        gauges = telemetry()
        gauges.gauge("personakit.queue.depth", "Tasks that wait", lambda: self._backlog.pending)
        gauges.gauge("personakit.queue.failed", "Tasks given up", lambda: self._backlog.failed)
        gauges.gauge(
            "personakit.queue.lag",
            "Seconds the oldest waiting task has waited",
            lambda: self._backlog.lag.total_seconds(),
        )

    async def measure(self) -> None:
        """Looks at the queue."""
        self._backlog = await self._queue.backlog(self._clock.now())
