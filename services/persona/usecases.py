"""What the persona context does: generate, get, and forget in time."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from services.kit.clock import Clock
from services.kit.errors import FailedPrecondition, NotFound, Unavailable
from services.kit.paging import Position
from services.kit.person_data import being_erased
from services.persona.mappers import PersonaMapper
from services.persona.model import (
    Commitment,
    Mindscape,
    Persona,
    PersonId,
    Situation,
    Verdicts,
    derived_id,
)

log = logging.getLogger(__name__)

DEFAULT_MAPPER = "daily_work_optimizer"
DEFAULT_TIME_TO_LIVE, LONGEST_TIME_TO_LIVE = timedelta(hours=1), timedelta(days=1)
REMOVED_AT_ONCE = 1000
# What the calendar is asked for: a meeting that has just ended, and all of the coming working day.
CALENDAR_BEFORE, CALENDAR_AFTER = timedelta(hours=12), timedelta(hours=24)

Answer = TypeVar("Answer")


class Beliefs(Protocol):
    """What the profiler believes of people."""

    async def mindscape(self, person_id: PersonId, at: datetime) -> Mindscape | None:
        """The current mindscape, its current state for the moment `at`; None if there is none.

        Raises `Unavailable`.
        """
        ...


class Judgements(Protocol):
    """What people thought of suggestions."""

    async def verdicts(self, person_id: PersonId) -> Verdicts:
        """Weights and late refusals. Raises `Unavailable`."""
        ...


class Diary(Protocol):
    """What ingest knows of people: where they are and what is booked."""

    async def zone(self, person_id: PersonId) -> str | None:
        """The person's IANA zone, None if nobody said. Raises `Unavailable`."""
        ...

    async def commitments(
        self, person_id: PersonId, from_: datetime, until: datetime
    ) -> tuple[Commitment, ...]:
        """What is booked in [from_, until), all-day entries left out. Raises `Unavailable`."""
        ...


class Personas(Protocol):
    """Where personas are kept, also for a while after they have expired."""

    async def life(self, person_id: PersonId) -> UUID | None:
        """The person's life here, which an erasure ends; None before their first persona.

        Refuses with PERSON_BEING_ERASED.
        """
        ...

    async def begin_life(self, person_id: PersonId) -> None:
        """Begins the person's life here, unless it has begun."""
        ...

    async def add(self, persona: Persona, life: UUID) -> Persona:
        """Keeps a persona; if there is one with its id, returns that and changes nothing.

        Refuses with PERSON_BEING_ERASED if that life is over.
        """
        ...

    async def get(self, person_id: PersonId, persona_id: UUID) -> Persona | None:
        """The persona, expired or not."""
        ...

    async def page(
        self, person_id: PersonId, now: datetime, after: Position | None, size: int
    ) -> list[Persona]:
        """At most `size` personas that have not expired, newest first, from `after` on."""
        ...

    async def kept(
        self, person_id: PersonId, after: Position | None, size: int
    ) -> Sequence[Persona]:
        """At most `size` personas, expired or not, newest first, from `after` on."""
        ...

    async def remove_expired(self, before: datetime, size: int) -> int:
        """Removes at most `size` that expired before then; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each neighbour is waited for."""

    beliefs: timedelta = timedelta(seconds=3)
    judgements: timedelta = timedelta(seconds=1)
    diary: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The services that a persona is made from."""

    beliefs: Beliefs
    judgements: Judgements
    diary: Diary
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Order:
    """A persona that is asked for; `at` left out means now, an empty `request_id` a new one."""

    person_id: PersonId
    mapper_id: str = DEFAULT_MAPPER
    at: datetime | None = None
    request_id: str = ""
    ttl: timedelta = DEFAULT_TIME_TO_LIVE


@dataclass(frozen=True, slots=True)
class Studio:
    """Where personas are made: everything that `generate` works with."""

    neighbours: Neighbours
    mappers: Mapping[str, PersonaMapper]
    personas: Personas
    clock: Clock


async def generate(order: Order, studio: Studio) -> Persona:
    """Makes a persona and keeps it; with a `request_id` sent before, returns the first one.

    Refuses with MAPPER_NOT_FOUND, MINDSCAPE_MISSING, SERVICE_UNAVAILABLE, PERSON_BEING_ERASED, and
    with PERSONA_NOT_FOUND if the persona that the `request_id` made has expired.
    """
    mapper = _mapper(order.mapper_id, studio.mappers)
    now = studio.clock.now()
    if not order.request_id:
        return await _add(order, uuid7(), mapper, now, studio)
    persona_id = derived_id(order.person_id, order.request_id)
    first = await studio.personas.get(order.person_id, persona_id)
    if first is None:
        first = await _add(order, persona_id, mapper, now, studio)
    return _holding(first, now)


async def _add(
    order: Order, persona_id: UUID, mapper: PersonaMapper, now: datetime, studio: Studio
) -> Persona:
    # Before anything is read of the person: what is made of it belongs to this life.
    life = await _life(order, now, studio)
    made = await _make(order, persona_id, mapper, now, studio)
    return await studio.personas.add(made, life)


async def _life(order: Order, now: datetime, studio: Studio) -> UUID:
    personas, person_id = studio.personas, order.person_id
    life = await personas.life(person_id)
    if life is None:
        # Nothing is kept of somebody whom nobody knows.
        await _believed(person_id, order.at or now, studio.neighbours)
        await personas.begin_life(person_id)
        life = await personas.life(person_id)
    if life is None:
        raise being_erased(person_id)
    return life


async def get(person_id: PersonId, persona_id: UUID, personas: Personas, clock: Clock) -> Persona:
    """The persona; refuses with PERSONA_NOT_FOUND once it has expired."""
    return _holding(await personas.get(person_id, persona_id), clock.now())


async def forget_expired(personas: Personas, clock: Clock, keep_for: timedelta) -> int:
    """Removes personas that expired longer than `keep_for` ago; returns how many."""
    removed, before = 0, clock.now() - keep_for
    while (count := await personas.remove_expired(before, REMOVED_AT_ONCE)) > 0:
        removed += count
    return removed


@dataclass(frozen=True, slots=True)
class _Material:
    mindscape: Mindscape
    situation: Situation
    missing: tuple[str, ...]


async def _gather(person_id: PersonId, at: datetime, neighbours: Neighbours) -> _Material:
    """Asks every neighbour at once; does without feedback and calendar if it must."""
    patience, diary = neighbours.patience, neighbours.diary
    from_, until = at - CALENDAR_BEFORE, at + CALENDAR_AFTER
    mindscape, verdicts, zone, commitments = await asyncio.gather(
        _believed(person_id, at, neighbours),
        _or_none(neighbours.judgements.verdicts(person_id), patience.judgements, "feedback"),
        _or_none(_zone(diary, person_id), patience.diary, "person"),
        _or_none(diary.commitments(person_id, from_, until), patience.diary, "calendar"),
    )
    missing = [
        *(["feedback"] if verdicts is None else []),
        *(["calendar"] if zone is None or commitments is None else []),
    ]
    situation = Situation(
        at, zone or mindscape.zone or "UTC", commitments or (), verdicts or Verdicts()
    )
    return _Material(mindscape, situation, tuple(missing))


async def _believed(person_id: PersonId, at: datetime, neighbours: Neighbours) -> Mindscape:
    try:
        async with asyncio.timeout(neighbours.patience.beliefs.total_seconds()):
            mindscape = await neighbours.beliefs.mindscape(person_id, at)
    except (TimeoutError, Unavailable) as error:
        raise Unavailable(
            "SERVICE_UNAVAILABLE",
            "the profiler, which knows the person, does not answer now",
        ) from error
    if mindscape is None:
        raise _too_little("record a work session, or answer the first questions")
    return mindscape


async def _zone(diary: Diary, person_id: PersonId) -> str:
    return await diary.zone(person_id) or ""


async def _or_none(question: Awaitable[Answer], patience: timedelta, name: str) -> Answer | None:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await question
    except (TimeoutError, Unavailable) as error:
        log.warning("a neighbour does not answer", extra={"neighbour": name, "error": repr(error)})
        return None


async def _make(
    order: Order, persona_id: UUID, mapper: PersonaMapper, now: datetime, studio: Studio
) -> Persona:
    material = await _gather(order.person_id, order.at or now, studio.neighbours)
    lacking = mapper.lacks(material.mindscape)
    if lacking:
        raise _too_little(lacking)
    core, overlay = mapper.map(material.mindscape, material.situation)
    return Persona(
        persona_id=persona_id,
        person_id=order.person_id,
        mapper_id=mapper.mapper_id,
        mapper_version=mapper.version,
        mindscape_version=material.mindscape.version,
        at=material.situation.at,
        zone=material.situation.zone,
        core=core,
        overlay=overlay,
        created_at=now,
        expires_at=now + order.ttl,
        missing=material.missing,
    )


def _holding(persona: Persona | None, now: datetime) -> Persona:
    if persona is None or persona.has_expired(now):
        raise NotFound("PERSONA_NOT_FOUND", "there is no such persona, or it has expired")
    return persona


def _mapper(mapper_id: str, mappers: Mapping[str, PersonaMapper]) -> PersonaMapper:
    mapper = mappers.get(mapper_id)
    if mapper is None:
        known = ", ".join(sorted(mappers))
        raise NotFound("MAPPER_NOT_FOUND", f"there is no such mapper; known: {known}")
    return mapper


def _too_little(what_to_do: str) -> FailedPrecondition:
    return FailedPrecondition(
        "MINDSCAPE_MISSING", f"too little is known of this person yet: {what_to_do}, then ask again"
    )
