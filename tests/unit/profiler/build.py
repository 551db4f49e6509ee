"""Short ways to say what was observed, in local time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from services.profiler.days import Day
from services.profiler.ledger import Books, Entered, enter
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EventKind,
    Fact,
    ObservationId,
    Question,
    Statement,
    Trait,
    WorkSession,
)
from services.profiler.traits.prior import SHIPPED

TUESDAY = date(2026, 11, 17)
TOKYO = "Asia/Tokyo"


def at(clock: str, day: date = TUESDAY, zone: str = TOKYO, fold: int = 0) -> int:
    """Returns the moment at which local clocks show a time, in seconds since 1970."""
    time = datetime.combine(day, datetime.strptime(clock, "%H:%M").time())  # noqa: DTZ007
    return int(time.replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def work(
    clock: str,
    minutes: int,
    score: int | None = None,
    interruptions: int | None = None,
    *,
    day: date = TUESDAY,
    zone: str = TOKYO,
) -> WorkSession:
    start = at(clock, day, zone)
    return WorkSession(start, start + minutes * 60, zone, score, interruptions)


def meeting(
    clock: str,
    minutes: int,
    *,
    day: date = TUESDAY,
    zone: str = TOKYO,
    kind: EventKind = EventKind.MEETING,
    all_day: bool = False,
) -> CalendarEvent:
    start = at(clock, day, zone)
    return CalendarEvent(start, start + minutes * 60, zone, kind, all_day)


def answer(question: Question, text: str, clock: str = "08:00", *, day: date = TUESDAY) -> Answer:
    return Answer(at(clock, day), TOKYO, question, text)


def statements(facts: Iterable[Fact]) -> list[Statement]:
    """Returns one statement for each fact; ids and positions count from 1."""
    return [
        Statement(number, ObservationId(f"o{number}"), fact)
        for number, fact in zip(count(1), facts, strict=False)
    ]


def entered(*facts: Fact) -> Entered:
    """Returns the books of a person of whom nothing was known before."""
    return enter(Books({}, {}), statements(facts), SHIPPED)


def believed(*facts: Fact) -> dict[str, Trait]:
    """Returns the traits that follow from the facts."""
    return dict(entered(*facts).belief.traits)


def days(*facts: Fact) -> list[Day]:
    """Returns the days that the facts touch, in order."""
    changed = entered(*facts).days
    return [Day.of(day, changed[day]) for day in sorted(changed)]


def workdays(first: date, how_many: int) -> Sequence[date]:
    """Returns so many days from Monday to Friday."""
    found = [first + timedelta(days=number) for number in range(how_many * 2 + 2)]
    return [day for day in found if day.weekday() < 5][:how_many]
