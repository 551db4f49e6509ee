"""Records, reads, retracts, forgets in time, and knows the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from uuid_utils import uuid7

from services.ingest.model import (
    EXPORT,
    Draft,
    Key,
    Observation,
    Person,
    PersonId,
    Question,
    UserInput,
    WorkSession,
)
from services.kit.clock import Clock
from services.kit.errors import Invalid, NotFound
from services.kit.paging import Position
from services.kit.zones import zone_named

# Clocks and zones of callers may be wrong by so much before we refuse.
FUTURE_TOLERANCE = timedelta(hours=24)
# What can only lie in the past, and the field that says when.
PAST_FIELDS = {WorkSession: "work_session.start_time", UserInput: "user_input.answer_time"}
# Finished tasks are kept for a look at what happened, then removed: the queue stays small.
DONE_TASK_RETENTION = timedelta(minutes=1)


class Recorded(NamedTuple):
    """The observation as it is kept; `new` unless it had been recorded before."""

    observation: Observation
    new: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Which observations to list: those that end after `since` and start before `until`."""

    person_id: PersonId
    kind: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Arrival(NamedTuple):
    """An observation ready to be kept, and what ties it to the call that brought it.

    `home` is the zone the caller named, if any: the person's, as long as they have none.
    """

    observation: Observation
    home: str | None
    correlation_id: str
    traceparent: str


class Observations(Protocol):
    """Where observations and the tasks they lead to are kept."""

    async def add(
        self, arrivals: Sequence[Arrival], moves: Mapping[PersonId, str]
    ) -> Mapping[Key, Observation]:
        """Keeps what is not kept yet, with a task each and the person it is of, in one
        transaction; all are recorded at the same moment. `moves` sets people's zones in the same.
        Returns what had been kept before.

        Refuses with PERSON_BEING_ERASED, and keeps nothing, if that is true of one of the people.
        """
        ...

    async def get(self, key: Key) -> Observation | None: ...

    async def find(
        self, wanted: Filter, after: Position | None, limit: int
    ) -> Sequence[Observation]:
        """Returns observations in order of start and id, latest first, after that position."""
        ...

    async def retract(self, key: Key, correlation_id: str, now: datetime) -> bool:
        """Removes the observation, if it is kept, and queues its retraction; False without the
        person. Refuses with PERSON_BEING_ERASED."""
        ...

    async def purge(self, recorded_before: datetime) -> int:
        """Removes old observations; returns how many."""
        ...

    async def purge_tasks(self, done_before: datetime) -> int:
        """Removes finished tasks; returns how many."""
        ...


class People(Protocol):
    """Where people are kept."""

    async def get(self, person_id: PersonId) -> Person | None: ...

    async def zones(self, people: Sequence[PersonId]) -> Mapping[PersonId, str]: ...

    async def put(self, person_id: PersonId, time_zone: str | None, now: datetime) -> Person:
        """Makes or changes a person; None leaves the zone as it is. Refuses with
        PERSON_BEING_ERASED."""
        ...


class Recorder:
    """Records drafts, many calls' at once."""

    def __init__(
        self, observations: Observations, people: People, clock: Clock, default_zone: str
    ) -> None:
        self._observations = observations
        self._people = people
        self._clock = clock
        self._default_zone = default_zone

    async def record(self, drafts: Sequence[Draft]) -> Sequence[Recorded]:
        """Keeps what is new and returns every draft's observation as it is kept, in order."""
        zones = await self._zones(drafts)
        now = self._clock.now()
        observations = [_observation(draft, zones, now) for draft in drafts]
        first: dict[Key, Arrival] = {}
        for draft, observation in zip(drafts, observations, strict=True):
            first.setdefault(observation.key, _arrival(draft, observation))
        kept = await self._observations.add(list(first.values()), _moves(drafts))
        if not kept and len(first) == len(drafts):
            return [Recorded(observation, True) for observation in observations]
        return _answers(observations, first, kept)

    async def _zones(self, drafts: Sequence[Draft]) -> Mapping[PersonId, str]:
        """Returns the zone meant by drafts that name none: the person's, else the default."""
        people = sorted({draft.person_id for draft in drafts if not draft.time_zone})
        if not people:
            return {}
        return dict.fromkeys(people, self._default_zone) | dict(await self._people.zones(people))


def check(draft: Draft, now: datetime, *, field: str) -> None:
    """Refuses a draft that the rules of the API let through and sense does not."""
    if draft.time_zone:
        zone_named(draft.time_zone, field=f"{field}.time_zone")
    if draft.source == EXPORT and not _is_uuid(draft.source_id):
        raise Invalid("INVALID_FIELD", "must be the id in the export", field=f"{field}.source_id")
    content = draft.content
    if isinstance(content, UserInput) and content.question is Question.TIME_ZONE:
        zone_named(content.answer, field=f"{field}.user_input.answer")
    past = PAST_FIELDS.get(type(content))
    if past and content.end > now + FUTURE_TOLERANCE:
        raise Invalid(
            "OBSERVATION_IN_FUTURE", "it cannot have happened yet", field=f"{field}.{past}"
        )


async def get(observations: Observations, key: Key) -> Observation:
    """Returns the observation; refuses with NOT_FOUND if it is not kept."""
    found = await observations.get(key)
    if found is None:
        raise NotFound("OBSERVATION_NOT_FOUND", "no such observation of this person is kept")
    return found


async def retract(observations: Observations, key: Key, correlation_id: str, clock: Clock) -> None:
    """Takes the observation back, kept or not; refuses for a person nobody knows."""
    if not await observations.retract(key, correlation_id, clock.now()):
        raise _no_person()


async def purge(observations: Observations, clock: Clock, retention: timedelta) -> int:
    """Removes raw observations that are kept long enough."""
    return await observations.purge(clock.now() - retention)


async def purge_tasks(observations: Observations, clock: Clock) -> int:
    """Removes finished tasks that are kept long enough."""
    return await observations.purge_tasks(clock.now() - DONE_TASK_RETENTION)


async def get_person(people: People, person_id: PersonId) -> Person:
    """Returns the person; refuses with NOT_FOUND if nobody knows them."""
    found = await people.get(person_id)
    if found is None:
        raise _no_person()
    return found


async def update_person(
    people: People, person_id: PersonId, time_zone: str | None, clock: Clock
) -> Person:
    """Changes a person, or makes one; None leaves the zone as it is."""
    if time_zone is not None:
        zone_named(time_zone, field="person.time_zone")
    return await people.put(person_id, time_zone, clock.now())


def _observation(draft: Draft, zones: Mapping[PersonId, str], now: datetime) -> Observation:
    return Observation(
        draft.person_id,
        draft.identify(str(uuid7())),
        draft.time_zone or zones[draft.person_id],
        draft.content,
        now,
        draft.source,
        draft.source_id,
    )


def _arrival(draft: Draft, observation: Observation) -> Arrival:
    home = draft.time_zone or None
    return Arrival(observation, home, draft.correlation_id, draft.traceparent)


def _moves(drafts: Sequence[Draft]) -> Mapping[PersonId, str]:
    return {
        draft.person_id: draft.content.answer
        for draft in drafts
        if isinstance(draft.content, UserInput) and draft.content.question is Question.TIME_ZONE
    }


def _answers(
    observations: Sequence[Observation],
    first: Mapping[Key, Arrival],
    kept: Mapping[Key, Observation],
) -> list[Recorded]:
    answers = []
    for observation in observations:
        earlier = kept.get(observation.key)
        one = first[observation.key].observation
        answers.append(Recorded(earlier or one, earlier is None and one is observation))
    return answers


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _no_person() -> NotFound:
    return NotFound("PERSON_NOT_FOUND", "nothing was ever recorded for this person")
