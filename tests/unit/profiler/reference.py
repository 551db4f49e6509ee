"""What a ledger has to know, found in the slowest and most obvious way: minute by minute, with the
standard library's clocks, and with nothing of the ledger's own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.profiler.model import (
    CalendarEvent,
    EventKind,
    Fact,
    ObservationId,
    Statement,
    WorkSession,
)

Span = tuple[int, int]


def standing(said: Iterable[Statement]) -> dict[ObservationId, Fact]:
    """Returns what still holds: the last word on each observation, unless it takes it back."""
    last: dict[ObservationId, Statement] = {}
    for one in sorted(said, key=lambda one: one.position):
        last[one.observation_id] = one
    return {name: one.fact for name, one in last.items() if one.fact is not None}


def clock(at: int, zone: str) -> datetime:
    """Returns what clocks there show."""
    return datetime.fromtimestamp(at, ZoneInfo(zone))


def minutes(start: int, end: int) -> Iterator[Span]:
    """Yields the parts of a span that lie within one minute each."""
    at = start
    while at < end:
        until = min(end, at - at % 60 + 60)
        yield at, until
        at = until


def days_of(fact: Fact) -> set[date]:
    """Returns the local days of which a fact holds at least one second, or its moment."""
    touched = {clock(at, fact.zone).date() for at, _ in minutes(fact.start, fact.end)}
    return touched or {clock(fact.start, fact.zone).date()}


def ledger(said: Iterable[Statement]) -> dict[date, dict[ObservationId, Fact]]:
    """Returns the facts by local day."""
    days: dict[date, dict[ObservationId, Fact]] = {}
    for name, fact in standing(said).items():
        for day in days_of(fact):
            days.setdefault(day, {})[name] = fact
    return days


def seconds_by_hour(fact: WorkSession, day: date) -> Counter[int]:
    """Returns the seconds of a session within each local hour of a day."""
    seconds: Counter[int] = Counter()
    for at, until in minutes(fact.start, fact.end):
        shown = clock(at, fact.zone)
        if shown.date() == day:
            seconds[shown.hour] += until - at
    return seconds


def unrated_seconds(said: Iterable[Statement]) -> Mapping[tuple[date, str], int]:
    """Returns the seconds of work without a score by week (its Monday) and hour, such as "d9" on
    weekdays and "e9" at the weekend."""
    total: Counter[tuple[date, str]] = Counter()
    for fact in standing(said).values():
        if isinstance(fact, WorkSession) and fact.score is None:
            for at, until in minutes(fact.start, fact.end):
                shown = clock(at, fact.zone)
                year, week, weekday = shown.date().isocalendar()
                key = f"{'d' if weekday <= 5 else 'e'}{shown.hour}"
                total[date.fromisocalendar(year, week, 1), key] += until - at
    return total


def is_meeting(fact: Fact) -> bool:
    """Tells whether somebody was kept from work by it."""
    return (
        isinstance(fact, CalendarEvent)
        and fact.kind is EventKind.MEETING
        and not fact.all_day
        and fact.end > fact.start
    )


def groups(spans: Iterable[Span]) -> list[Span]:
    """Returns spans that overlap as one, by trying each with each until nothing changes."""
    found = sorted(spans)
    for one in found:
        for other in found:
            if one is not other and one[0] < other[1] and other[0] < one[1]:
                rest = [span for span in found if span is not one and span is not other]
                return groups([*rest, (min(one[0], other[0]), max(one[1], other[1]))])
    return found


def minutes_until(facts: Sequence[Fact], at: int, zone: str) -> int:
    """Returns the whole minutes that any of the facts took on a moment's local day, by then."""
    today = clock(at, zone).date()
    seconds = {
        second
        for fact in facts
        for second in range(fact.start, min(fact.end, at))
        if second > at - 30 * 3600
    }
    return sum(clock(second, zone).date() == today for second in seconds) // 60
