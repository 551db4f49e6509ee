"""Watches a person's suggestions: looks when something may have changed, and tells what did."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from services.kit.bells import Bell
from services.kit.errors import FailedPrecondition, Refusal
from services.persona.mappers import PersonaMapper
from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.model import Persona, PersonId
from services.persona.usecases.mappers import NOWHERE
from services.persona.usecases.personas import make
from services.persona.usecases.ports import Order, Studio
from services.persona.usecases.watching.alarms import Alarms
from services.persona.usecases.watching.seen import Change, Look, Seen, change, started

log = logging.getLogger(__name__)

LONGEST_WATCH = timedelta(hours=1)
# What comes fast is told together.
LEAST_PAUSE = timedelta(seconds=1)
# The first time; then twice as long each time, up to half a minute.
AFTER_TROUBLE, DOUBLINGS = timedelta(seconds=2), 4
# All who begin to work at nine look at nine: a few at a time, so that others are served as well.
LOOKS_AT_ONCE = 8


class News(Protocol):
    """Hears from the profiler."""

    def follow(
        self, person_id: PersonId, version: int, bell: Bell
    ) -> AbstractAsyncContextManager[None]:
        """Rings, within the block, when there is a mindscape after that version."""
        ...


class SuggestionWatch:
    """Tells changes to thousands who mostly wait: on one bell each, and on nothing else."""

    def __init__(
        self,
        studio: Studio,
        news: News,
        alarms: Alarms,
        *,
        longest: timedelta = LONGEST_WATCH,
        pause: timedelta = LEAST_PAUSE,
        after_trouble: timedelta = AFTER_TROUBLE,
    ) -> None:
        self._studio = studio
        self._news = news
        self._alarms = alarms
        self._longest = longest
        self._pause = pause.total_seconds()
        self._after_trouble = after_trouble.total_seconds()
        self._looks = asyncio.Semaphore(LOOKS_AT_ONCE)

    async def changes(
        self, person_id: PersonId, mapper_id: str, told: Seen | None
    ) -> AsyncGenerator[Change, None]:
        """Yields how things stand, or what is different from what was told, then each change, for
        an hour. Refuses with MAPPER_NOT_FOUND and SERVICE_UNAVAILABLE at the beginning only."""
        mapper = await self._studio.mappers.get(mapper_id)
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._longest.total_seconds()
        look, whole = await self._look(person_id, mapper)
        since = told.at if told else look.seen.at
        failures = 0
        with self._alarms.bell() as bell:
            async with self._news.follow(person_id, look.seen.version, bell):
                while True:
                    found = change(told, since, look) if told else started(look)
                    if found:
                        yield found
                        told = found.seen
                    since = look.seen.at
                    self._alarms.set(bell, look.next_turn(self._longest))
                    # Who waits keeps no mindscape and no calendar.
                    look = Look(look.seen, look.types)
                    failures = 0 if whole else failures + 1
                    if not await self._wait(bell, ends, failures):
                        return
                    look, whole = await self._look_again(person_id, mapper, look)

    async def _wait(self, bell: Bell, ends: float, failures: int) -> bool:
        """Waits until it is time to look again, longer the more often that failed; tells whether
        it is not time to end."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._pause)
        left = ends - loop.time()
        if left > 0 and not self._alarms.stopped:
            trouble = self._after_trouble * 2 ** min(failures - 1, DOUBLINGS)
            await bell.wait(min(left, trouble) if failures else left)
        return loop.time() < ends and not self._alarms.stopped

    async def _look_again(
        self, person_id: PersonId, mapper: PersonaMapper, before: Look
    ) -> tuple[Look, bool]:
        """Looks; if not everybody answers, nothing has changed yet, and it is looked again soon."""
        try:
            look, whole = await self._look(person_id, mapper)
        except Refusal as refusal:
            log.info("nothing to be seen for a moment", extra={"reason": refusal.reason})
            return before, False
        return (look, True) if whole else (before, False)

    async def _look(self, person_id: PersonId, mapper: PersonaMapper) -> tuple[Look, bool]:
        """Returns what is found, and whether everybody answered."""
        now = self._studio.clock.now()
        try:
            async with self._looks:
                made = await self._made(person_id, mapper, now)
        except FailedPrecondition:
            return Look.at_nobody(now), True
        types = tuple(one.type for one in made.overlay.suggestions)
        material = made.made_from
        if material is None:
            return Look.at_nobody(now), False
        moment = Moment.of(material.mindscape, material.situation)
        return Look.at_moment(moment, types), not material.missing

    async def _made(self, person_id: PersonId, mapper: PersonaMapper, now: datetime) -> Persona:
        life = await self._studio.personas.life(person_id, now)
        order = Order(person_id, mapper.mapper_id)
        return await make(order, NOWHERE, mapper, now, self._studio, life.said if life else None)
