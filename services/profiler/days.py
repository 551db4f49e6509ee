"""The day ledger: what is known of one local day, by observation, whatever order it came in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from services.profiler.localtime import (
    DAY,
    EPOCH_ORDINAL,
    Stretch,
    days_touched,
    hours_within,
    steady_offset,
    stretches,
    zone_named,
)
from services.profiler.model import (
    Answer,
    CalendarEvent,
    Fact,
    ObservationId,
    Statement,
    WorkSession,
)

NOWHERE = date.min
"""Keeps retractions of observations of which nobody knows on which day they lay."""


class Entry(NamedTuple):
    """The last word on an observation: its position, and the fact unless it was retracted."""

    position: int
    fact: Fact | None


Entries: TypeAlias = Mapping[ObservationId, Entry]
Days: TypeAlias = Mapping[date, Entries]
Facts: TypeAlias = Mapping[ObservationId, Fact]


def places(statement: Statement) -> Sequence[date]:
    """Returns the local days that a statement names; none for a retraction without a span."""
    if statement.fact is not None:
        span = (statement.fact.start, statement.fact.end, statement.fact.zone)
    elif statement.span is not None:
        span = statement.span
    else:
        return []
    start, end, zone = span
    return days_touched(start, end, zone_named(zone))


def merge(days: Days, statements: Iterable[Statement]) -> dict[date, Entries]:
    """Returns the days that the statements change, as they are then.

    `days` holds every day that a statement names, every day that knows an observation which is
    retracted or comes again, and `NOWHERE`. On each day the highest position wins, so that the
    order of the statements and their repetition make no difference.
    """
    merged: dict[date, dict[ObservationId, Entry]] = {}
    for statement in statements:
        name = statement.observation_id
        for day, entry in _writings(days, merged, statement):
            entries = merged.get(day) or days.get(day, {})
            known = entries.get(name)
            if known is None or known.position < entry.position:
                if day not in merged:
                    merged[day] = dict(entries)
                merged[day][name] = entry
    return dict(merged)


def _writings(days: Days, merged: Days, statement: Statement) -> list[tuple[date, Entry]]:
    """Returns what a statement writes on which days, where nothing newer stands."""
    if statement.again and _is_older(days, merged, statement):
        return []
    entry = Entry(statement.position, statement.fact)
    last_word = _last_word(days, merged, statement.observation_id)
    if last_word > statement.position:
        entry = Entry(last_word, None)
    written = [(day, entry) for day in _targets(days, merged, statement)]
    if statement.again:
        gone = Entry(statement.position, None)
        written += [(day, gone) for day in _left(days, merged, statement)]
    return written


def _last_word(days: Days, merged: Days, name: ObservationId) -> int:
    nowhere = merged.get(NOWHERE) or days.get(NOWHERE)
    known = nowhere.get(name) if nowhere else None
    return known.position if known else -1


def _targets(days: Days, merged: Days, statement: Statement) -> Collection[date]:
    named = places(statement)
    if statement.fact is not None:
        return named
    known = _knowing(days, merged, statement.observation_id)
    return known.union(named) if named else known | {NOWHERE}


def _is_older(days: Days, merged: Days, statement: Statement) -> bool:
    """Tells whether something newer is known of the observation, wherever it lies."""
    name = statement.observation_id
    known = (merged.get(day, days.get(day, {})) for day in _knowing(days, merged, name))
    return any(entries[name].position > statement.position for entries in known)


def _left(days: Days, merged: Days, statement: Statement) -> Collection[date]:
    """Returns the days on which an observation that comes again lies no more."""
    return _knowing(days, merged, statement.observation_id).difference(places(statement), {NOWHERE})


def _knowing(days: Days, merged: Days, name: ObservationId) -> set[date]:
    return {day for part in (days, merged) for day in part if name in part[day]}


class Session(NamedTuple):
    """A work session as one local day sees it.

    `hours` are those of the day in which some of it lies, with the seconds, and `until` is when it
    leaves the day. A session over midnight is counted on the day it ends on: `ends_here`.
    `start_minute` is on the local clock, of the day it starts on; `minutes` are its whole elapsed
    length, at least 1.
    """

    observation_id: ObservationId
    fact: WorkSession
    hours: Sequence[tuple[int, int]]
    until: int
    starts_here: bool
    ends_here: bool
    start_minute: int
    minutes: int


Known: TypeAlias = Mapping[ObservationId, Session]
NOTHING_KNOWN: Final[Known] = {}


class Meeting(NamedTuple):
    """A meeting, or several that overlap: [start, end) in seconds since 1970."""

    start: int
    end: int
    observation_ids: tuple[ObservationId, ...]


class Day:
    """One local day with the facts that touch it, as it was looked through once.

    `sessions` are of work, earliest first; what took no time is none. `meeting_events` is each
    meeting by itself, `meetings` those that overlap as one; so are answers, all earliest first.
    """

    __slots__ = ("answers", "facts", "meeting_events", "meetings", "on", "sessions")

    def __init__(self, on: date, facts: Facts, known: Known = NOTHING_KNOWN) -> None:
        """Looks through the facts; sessions that are `known` are not made again."""
        worked: list[tuple[int, ObservationId, WorkSession]] = []
        met: list[tuple[int, int, ObservationId, CalendarEvent]] = []
        answered: list[tuple[int, ObservationId, Answer]] = []
        for name, fact in facts.items():
            if isinstance(fact, WorkSession):
                if fact.end > fact.start:
                    worked.append((fact.start, name, fact))
            elif isinstance(fact, Answer):
                answered.append((fact.start, name, fact))
            elif _is_met(fact):
                met.append((fact.start, fact.end, name, fact))
        self.on: Final = on
        self.facts: Final = facts
        self.sessions: Final = _sessions(on, worked, known)
        self.meeting_events: Final = [(name, event) for _, _, name, event in sorted(met)]
        self.meetings: Final = _joined(self.meeting_events)
        self.answers: Final = [(name, answer) for _, name, answer in sorted(answered)]

    @classmethod
    def of(cls, day: date, entries: Entries) -> "Day":
        """Makes the day of its entries; what was retracted is not there."""
        return cls(day, _standing(entries))

    def before(self, entries: Entries) -> "Day":
        """Returns the same day as it was with these entries."""
        return self._with(_standing(entries))

    def since(self, was: "Day") -> "Day | None":
        """Returns the day with what came to it only, beside the meetings; None if anything went,
        or a meeting came: that can cut short what was there."""
        if not was.facts.items() <= self.facts.items() or was.meeting_events != self.meeting_events:
            return None
        came = {name: fact for name, fact in self.facts.items() if name not in was.facts}
        return self._with({**came, **dict(self.meeting_events)})

    def _with(self, facts: Facts) -> "Day":
        return Day(self.on, facts, {one.observation_id: one for one in self.sessions})

    @property
    def is_weekend(self) -> bool:
        return self.on.weekday() >= 5


def _standing(entries: Entries) -> Facts:
    return {name: entry.fact for name, entry in entries.items() if entry.fact}


def _is_met(event: CalendarEvent) -> bool:
    return event.is_meeting and event.end > event.start


def _sessions(
    on: date, worked: Iterable[tuple[int, ObservationId, WorkSession]], known: Known
) -> Sequence[Session]:
    midnight = (on.toordinal() - EPOCH_ORDINAL) * DAY
    return [
        one if (one := known.get(name)) and one.fact is fact else _session(name, fact, midnight)
        for _, name, fact in sorted(worked)
    ]


def _session(name: ObservationId, fact: WorkSession, midnight: int) -> Session:
    """Returns the session as the day sees it that begins at midnight, on its own clock."""
    start, end, zone_name, _, _ = fact
    zone = zone_named(zone_name)
    steady = steady_offset(start, end, zone)
    parts = stretches(start, end, zone) if steady is None else [Stretch(start, end, steady)]
    tomorrow = midnight + DAY
    began, ended = start + parts[0].offset, end + parts[-1].offset
    return Session(
        name,
        fact,
        hours_within(parts, midnight),
        end if ended <= tomorrow else _leaving(parts, tomorrow),
        midnight <= began < tomorrow,
        midnight < ended <= tomorrow,
        began % DAY // 60,
        max(1, round((end - start) / 60)),
    )


def _leaving(parts: Iterable[Stretch], tomorrow: int) -> int:
    return max(min(end, tomorrow - off) for start, end, off in parts if start + off < tomorrow)


def _joined(events: Sequence[tuple[ObservationId, CalendarEvent]]) -> Sequence[Meeting]:
    joined: list[Meeting] = []
    for name, event in events:
        if joined and event.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Meeting(
                last.start, max(last.end, event.end), (*last.observation_ids, name)
            )
        else:
            joined.append(Meeting(event.start, event.end, (name,)))
    return joined
