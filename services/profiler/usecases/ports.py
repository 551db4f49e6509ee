"""What the profiler needs of the world: the queue, the books, the mindscapes, and a wake-up."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.profiler.days import Days, Entry
from services.profiler.ledger import Books, Entered
from services.profiler.model import (
    Backlog,
    Claim,
    Due,
    FailedTask,
    Failure,
    Mindscape,
    ObservationId,
    PersonId,
    ProcessingStatus,
    Version,
)
from services.profiler.traits.prior import Prior
from services.profiler.weeks import Week


class Queue(Protocol):
    """The tasks that ingest publishes, and the leases of those who work on them."""

    async def due(self, now: datetime, limit: int) -> Due:
        """Returns people with due tasks whom nobody works on."""
        ...

    async def claim(self, people: Collection[PersonId], now: datetime) -> Sequence[Claim]:
        """Leases those of the people whom nobody holds and takes their due tasks, in order, but
        for those that have one attempt left; each taking counts as an attempt."""
        ...

    async def claim_alone(self, person_id: PersonId, now: datetime) -> Claim | None:
        """Leases the person, unless somebody does, and takes one task that has one attempt left;
        what ended its worker then, too, is given up."""
        ...

    async def hand_back(self, claims: Sequence[Claim], now: datetime) -> None:
        """Ends leases as if the claims had never been made."""
        ...

    async def fail(self, claim: Claim, failures: Sequence[Failure], now: datetime) -> None:
        """Notes failed attempts and ends the lease."""
        ...

    async def status(self, person_id: PersonId, now: datetime) -> ProcessingStatus: ...

    async def last_position(self, person_id: PersonId) -> int:
        """Returns the position of the person's newest open task; 0 without one."""
        ...

    async def is_open(self, person_id: PersonId, position: int) -> bool:
        """Tells whether a task up to that position waits or is being worked on."""
        ...

    async def failed(
        self, person_id: PersonId, after: int, limit: int
    ) -> Sequence[tuple[int, FailedTask]]:
        """Returns given-up tasks beyond a position, with theirs, in order."""
        ...

    async def retry(self, person_id: PersonId, task_ids: Collection[UUID], now: datetime) -> int:
        """Puts given-up tasks back (without ids, all), and returns how many they were."""
        ...

    async def backlog(self, now: datetime) -> Backlog: ...


NEWEST_KEPT = 10
"""Versions of a mindscape that are kept however fast they come: a version takes 2 KB, and one for
every observation would be most of the database."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a person's days to open: by date, and wherever these observations are known."""

    days: frozenset[date] = field(default_factory=frozenset)
    knowing: frozenset[ObservationId] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim; `entered` is None if nothing changed."""

    claim: Claim
    entered: Entered | None
    failures: Sequence[Failure] = ()


class OpenLedgers(Protocol):
    """The books of people, within one transaction."""

    async def books(self, wanted: Mapping[PersonId, Wanted]) -> Mapping[PersonId, Books]:
        """Opens the wanted days that exist, their weeks, and the newest that a fold looks at."""
        ...

    async def all_days(self, person_id: PersonId) -> Days: ...

    async def hold(self) -> Sequence[Claim]:
        """Returns the claims whose lease is still ours, and keeps it so until the end: nobody else
        wrote to these people's books since they were claimed.

        To be called after reading: who is frozen while the database still has something to tell
        cannot be told that its time is over, and must not hold anybody.
        """
        ...

    async def close(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Of claims that are held: writes days, weeks and the next versions of mindscapes,
        completes tasks, ends leases, and wakes those who wait for it.

        Of versions beyond the newest `NEWEST_KEPT`, the last of each hour stays.
        """
        ...


class Ledgers(Protocol):
    """Where the books are kept."""

    def open(self, claims: Sequence[Claim]) -> AbstractAsyncContextManager[OpenLedgers]:
        """Opens the books of the people claimed, in one transaction that ends with the block."""
        ...

    async def days(self, person_id: PersonId, days: Collection[date]) -> Days: ...

    async def weeks(self, person_id: PersonId, limit: int, group: str) -> Sequence[Week]:
        """Returns the newest weeks, with what they count in that group and no other."""
        ...


class Mindscapes(Protocol):
    """What is believed, and what was."""

    async def current(self, person_id: PersonId) -> Mindscape | None: ...

    async def at_version(self, person_id: PersonId, version: int) -> Mindscape | None: ...

    async def as_of(self, person_id: PersonId, moment: datetime) -> Mindscape | None:
        """Returns the newest kept version that had been made by then."""
        ...

    async def versions(
        self, person_id: PersonId, before: int | None, limit: int
    ) -> Sequence[Version]:
        """Returns kept versions below that number, newest first."""
        ...

    async def newest(self, people: Sequence[PersonId]) -> Sequence[Version | None]:
        """Returns the current version of each, in their order."""
        ...

    async def around(self, person_id: PersonId, version: int) -> Sequence[int]:
        """Returns the kept versions next below and next above, as far as there are any."""
        ...

    async def thin(self, before: datetime) -> int:
        """Of versions made before, keeps the last of each day; returns how many it removed."""
        ...


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned of people in general, the `number`th time.

    `base` names the shipped prior that it was learned on; without a prior there were too few
    people, and the shipped one holds.
    """

    number: int
    base: str
    people: int
    prior: Prior | None
    learned_at: datetime


class Priors(Protocol):
    """What was learned of people in general. Nothing in it is about one person."""

    async def newest(self) -> Lesson | None: ...

    async def numbered(self, number: int) -> Lesson | None: ...

    async def keep(self, lesson: Lesson) -> bool:
        """Keeps a lesson; False if somebody else had kept one of that number before."""
        ...


class Population(Protocol):
    """The people to learn from."""

    async def sample(self, effective_n: float, most: int) -> Sequence[PersonId]:
        """Returns people whose hours rest on so many sessions: all, or so many by chance."""
        ...

    async def weeks(
        self, people: Collection[PersonId], most: int
    ) -> Mapping[PersonId, Sequence[Week]]:
        """Returns so many of each person's newest weeks."""
        ...


@dataclass(frozen=True, slots=True)
class Noted:
    """What the ledger of a day says of one observation."""

    day: date
    observation_id: ObservationId
    entry: Entry


class Beliefs(Protocol):
    """All that is kept of a person and does not follow from the rest, for export."""

    async def facts(
        self, person_id: PersonId, after: tuple[date, ObservationId] | None, limit: int
    ) -> Sequence[Noted]:
        """Returns what is noted after that day and observation, in order; each observation as
        often as it touches days."""
        ...

    async def history(self, person_id: PersonId, after: int, limit: int) -> Sequence[Mindscape]:
        """Returns kept versions above that number, oldest first."""
        ...


class Wakeup(Protocol):
    """Something to wait for."""

    async def wait(self, seconds: float) -> None:
        """Returns when it happens, has happened since the last wait, or the time is over."""
        ...

    def ring(self) -> None:
        """Lets it happen."""
        ...


class Notices(Protocol):
    """Tells when somebody's mindscape changed, whichever process changed it."""

    def mindscape(self, person_id: PersonId) -> AbstractContextManager[Wakeup]:
        """Listens, within the block, for one person."""
        ...
