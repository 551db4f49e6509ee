"""Neighbours and a store of personas without a network or a database."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.kit.errors import Unavailable
from services.kit.paging import Position
from services.kit.person_data import being_erased
from services.persona.mappers import Compiler, DailyWorkOptimizer
from services.persona.model import (
    Commitment,
    MapperVersion,
    Mindscape,
    Persona,
    PersonId,
    Verdicts,
)
from services.persona.usecases import Catalog, Life, Neighbours, Patience, Said, Studio
from tests.unit.persona.builders import on_tuesday


class FakePersonas:
    """Keeps personas in a dictionary."""

    def __init__(self) -> None:
        self.all: dict[tuple[PersonId, UUID], Persona] = {}
        self.lives: dict[PersonId, UUID] = {}

    async def life(self, person_id: PersonId, at: datetime) -> Life | None:
        life_id = self.lives.get(person_id)
        return Life(life_id, self._said(person_id, at)) if life_id else None

    async def begin_life(self, person_id: PersonId) -> None:
        self.lives.setdefault(person_id, uuid4())

    async def add(self, persona: Persona, life: UUID) -> Persona:
        if self.lives.get(persona.person_id) != life:
            raise being_erased(persona.person_id)
        return self.all.setdefault((persona.person_id, persona.persona_id), persona)

    async def kept(
        self, person_id: PersonId, after: Position | None, size: int
    ) -> Sequence[Persona]:
        place = (after.at, after.id) if after else None
        mine = [persona for persona in self.all.values() if persona.person_id == person_id]
        mine.sort(key=_place, reverse=True)
        return [persona for persona in mine if place is None or _place(persona) < place][:size]

    async def get(self, person_id: PersonId, persona_id: UUID) -> Persona | None:
        return self.all.get((person_id, persona_id))

    def _said(self, person_id: PersonId, until: datetime) -> Said | None:
        mine = [
            persona
            for persona in self.all.values()
            if persona.person_id == person_id and persona.at == persona.created_at <= until
        ]
        newest = max(mine, key=_place, default=None)
        return Said(newest.at, newest.told) if newest else None

    async def page(
        self, person_id: PersonId, now: datetime, after: Position | None, size: int
    ) -> list[Persona]:
        mine = [
            persona
            for persona in self.all.values()
            if persona.person_id == person_id and not persona.has_expired(now)
        ]
        mine.sort(key=_place, reverse=True)
        place = (after.at, after.id) if after else None
        return [persona for persona in mine if place is None or _place(persona) < place][:size]

    async def remove_expired(self, before: datetime, size: int) -> int:
        over = [key for key, persona in self.all.items() if persona.expires_at < before][:size]
        for key in over:
            del self.all[key]
        return len(over)


def _place(persona: Persona) -> tuple[datetime, UUID]:
    return persona.created_at, persona.persona_id


class FakeMapperVersions:
    """Keeps the versions of mappers in lists."""

    def __init__(self) -> None:
        self.all: dict[str, list[MapperVersion]] = {}

    async def newest(self, mapper_id: str) -> int | None:
        return len(self.all.get(mapper_id, ())) or None

    async def get(self, mapper_id: str, version: int) -> MapperVersion | None:
        versions = self.all.get(mapper_id, [])
        return versions[version - 1] if 0 < version <= len(versions) else None

    async def add(self, mapper: MapperVersion) -> MapperVersion:
        versions = self.all.setdefault(mapper.mapper_id, [])
        if not versions or versions[-1].source != mapper.source:
            versions.append(replace(mapper, version=len(versions) + 1))
        return versions[-1]

    async def page(self, after: str, size: int) -> Sequence[MapperVersion]:
        newest = (versions[-1] for name, versions in sorted(self.all.items()) if name > after)
        return list(newest)[:size]


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    at: datetime = field(default_factory=lambda: on_tuesday("09:30"))

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def move(self, by: timedelta) -> None:
        self.at += by


@dataclass
class FakeNeighbours:
    """Profiler, feedback and ingest in one; `down` and `hanging` name those that do not answer.

    With a barrier, nobody answers before all were asked.
    """

    believed: Mindscape | None = None
    judged: Verdicts = field(default_factory=Verdicts)
    home: str | None = None
    booked: tuple[Commitment, ...] = ()
    down: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    together: asyncio.Barrier | None = None

    async def mindscape(self, person_id: PersonId, at: datetime) -> Mindscape | None:
        await self._answer("profiler")
        return self.believed

    async def verdicts(self, person_id: PersonId) -> Verdicts:
        await self._answer("feedback")
        return self.judged

    async def zone(self, person_id: PersonId) -> str | None:
        await self._answer("ingest")
        return self.home

    async def commitments(
        self, person_id: PersonId, from_: datetime, until: datetime
    ) -> tuple[Commitment, ...]:
        await self._answer("ingest")
        return tuple(one for one in self.booked if one.overlaps(from_, until))

    async def _answer(self, name: str) -> None:
        self.asked.append(name)
        if self.together:
            await self.together.wait()
        if name in self.hanging:
            await asyncio.sleep(60)
        if name in self.down:
            raise Unavailable("SERVICE_UNAVAILABLE", name)


IMPATIENT = Patience(*(timedelta(milliseconds=50),) * 3)


def studio(neighbours: FakeNeighbours, personas: FakePersonas, clock: FakeClock) -> Studio:
    """A studio of fakes that waits for nobody longer than 50 ms."""
    asked = Neighbours(neighbours, neighbours, neighbours, IMPATIENT)
    return Studio(
        asked, Catalog([DailyWorkOptimizer()], FakeMapperVersions(), Compiler()), personas, clock
    )
