"""The day ledger: what is known of one local day, by observation, whatever order it came in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeAlias

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
        for day, entry in _writings(days, merged, statement):
            _write(days, merged, day, statement.observation_id, entry)
    return dict(merged)


def _writings(days: Days, merged: Days, statement: Statement) -> list[tuple[date, Entry]]:
    """Returns what a statement writes on which days, where nothing newer stands."""
    if statement.again and _is_older(days, merged, statement):
        return []
    entry = Entry(statement.position, statement.fact)
    last_word = _last_word(days, merged, statement)
    if last_word > statement.position:
        entry = Entry(last_word, None)
    gone = Entry(statement.position, None)
    left = _left(days, merged, statement)
    return [(day, entry) for day in _targets(days, merged, statement)] + [(d, gone) for d in left]


def _write(
    days: Days,
    merged: dict[date, dict[ObservationId, Entry]],
    day: date,
    name: ObservationId,
    entry: Entry,
) -> None:
    entries = merged.get(day, days.get(day, {}))
    known = entries.get(name)
    if known is None or known.position < entry.position:
        if day not in merged:
            merged[day] = dict(entries)
        merged[day][name] = entry


def _last_word(days: Days, merged: Days, statement: Statement) -> int:
    nowhere = merged.get(NOWHERE, days.get(NOWHERE, {}))
    known = nowhere.get(statement.observation_id)
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
    if not statement.again:
        return ()
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


class Meeting(NamedTuple):
    """A meeting, or several that overlap: [start, end) in seconds since 1970."""

    start: int
    end: int
    observation_ids: tuple[ObservationId, ...]


@dataclass(frozen=True)
class Day:
    """One local day with the facts that touch it."""

    on: date
    facts: Mapping[ObservationId, Fact]

    @classmethod
    def of(cls, day: date, entries: Entries) -> "Day":
        """Makes the day of its entries; what was retracted is not there."""
        return cls(day, {name: entry.fact for name, entry in entries.items() if entry.fact})

    @property
    def is_weekend(self) -> bool:
        return self.on.weekday() >= 5

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """Work, earliest first; what took no time is none."""
        midnight = (self.on.toordinal() - EPOCH_ORDINAL) * DAY
        found = sorted(
            (fact.start, name, fact)
            for name, fact in self.facts.items()
            if isinstance(fact, WorkSession) and fact.end > fact.start
        )
        return tuple(_session(name, fact, midnight) for _, name, fact in found)

    @cached_property
    def meeting_events(self) -> tuple[tuple[ObservationId, CalendarEvent], ...]:
        """Each meeting by itself, earliest first."""
        found = [
            (name, fact)
            for name, fact in self.facts.items()
            if isinstance(fact, CalendarEvent) and fact.is_meeting and fact.end > fact.start
        ]
        return tuple(sorted(found, key=lambda one: (one[1].start, one[1].end, one[0])))

    @cached_property
    def meeting_starts(self) -> Sequence[int]:
        """When meetings start, each by itself, earliest first."""
        return [event.start for _, event in self.meeting_events]

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """Meetings, earliest first; those that overlap are one."""
        joined: list[Meeting] = []
        for name, event in self.meeting_events:
            if joined and event.start < joined[-1].end:
                last = joined[-1]
                end = max(last.end, event.end)
                joined[-1] = Meeting(last.start, end, (*last.observation_ids, name))
            else:
                joined.append(Meeting(event.start, event.end, (name,)))
        return tuple(joined)

    @cached_property
    def answers(self) -> tuple[tuple[ObservationId, Answer], ...]:
        """Answers, earliest first."""
        found = [(name, fact) for name, fact in self.facts.items() if isinstance(fact, Answer)]
        return tuple(sorted(found, key=lambda one: (one[1].start, one[0])))
