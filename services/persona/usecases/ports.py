"""What personas are made with: the neighbours that are asked, and where personas are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.clock import Clock
from services.kit.paging import Position
from services.persona.mappers import PersonaMapper
from services.persona.model import Commitment, Mindscape, Persona, PersonId, Told, Verdicts

DEFAULT_MAPPER = "daily_work_optimizer"
DEFAULT_TIME_TO_LIVE, LONGEST_TIME_TO_LIVE = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What had been told on the local day of a moment, the persona of that moment counted."""

    at: datetime
    told: tuple[Told, ...]

    def on_day_of(self, at: datetime, zone: str) -> tuple[Told, ...]:
        """The same if it was that day in a zone, else nothing."""
        days = [one.astimezone(ZoneInfo(zone)).date() for one in (self.at, at)]
        return self.told if days[0] == days[1] else ()


@dataclass(frozen=True, slots=True)
class Life:
    """A person's life here, which an erasure ends, and what they were told last.

    That is of the newest persona that was made for the moment it was asked at, of those until then.
    """

    life_id: UUID
    said: Said | None = None


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


class Mappers(Protocol):
    """Every mapper there is, be it a class or a document."""

    async def get(self, mapper_id: str, version: int = 0) -> PersonaMapper:
        """The mapper at a version; left out, its newest. Refuses with MAPPER_NOT_FOUND."""
        ...


class Personas(Protocol):
    """Where personas are kept, also for a while after they have expired."""

    async def life(self, person_id: PersonId, at: datetime) -> Life | None:
        """The person's life here, as it matters at a moment; None before their first persona.

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
    """A persona that is asked for; `at` left out means now, an empty `request_id` a new one.

    Without a `ttl` it holds for an hour, or for half an hour after its last suggestion's window if
    that is later; a day at most.
    """

    person_id: PersonId
    mapper_id: str = DEFAULT_MAPPER
    at: datetime | None = None
    request_id: str = ""
    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Studio:
    """Where personas are made: everything that `generate` works with."""

    neighbours: Neighbours
    mappers: Mappers
    personas: Personas
    clock: Clock
