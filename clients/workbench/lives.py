"""What happens to a made-up person over months: drift, moved habits, trips, holidays, meetings."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from clients.workbench.days import sessions_on
from clients.workbench.people import Move, Person, Stay, Trip

_ELSEWHERE: Final = ("America/New_York", "Asia/Tokyo", "Europe/London", "Asia/Kolkata")
_QUARTER = timedelta(days=91)
_LOOKED_AT: Final = [date(2026, 1, 1) + timedelta(days=each) for each in range(90)]
_MOST_MEETINGS_A_DAY = 14.0
_HALVINGS = 7


def with_changes(person: Person, first: date, days: int) -> Person:
    """Return the person with a slow drift, a trip every quarter and a fortnight's holiday every
    other one, from the first day on."""
    dice = Random(f"life {person.seed}")  # noqa: S311
    trips, holidays = [], []
    for quarter in range(-(-days // _QUARTER.days)):
        start = first + quarter * _QUARTER
        trips.append(_trip(dice, start))
        if quarter % 2:
            away = start + timedelta(days=dice.randint(45, 70))
            holidays.append(Stay(away, away + timedelta(days=13)))
    return replace(
        person,
        drift_from=first,
        drift_hours_a_month=dice.uniform(-0.1, 0.1),
        trips=tuple(trips),
        holidays=tuple(holidays),
    )


def _trip(dice: Random, quarter: date) -> Trip:
    start = quarter + timedelta(days=dice.randint(5, 35))
    return Trip(start, start + timedelta(days=dice.randint(2, 8)), dice.choice(_ELSEWHERE))


def moved(person: Person, on: date, hours: float, *, with_the_work: bool = True) -> Person:
    """Return the person whose best hours lie later from a day on, and perhaps all their work."""
    return replace(person, moves=(*person.moves, Move(on, hours, with_the_work)))


def with_cuts(person: Person, share: float) -> Person:
    """Return the person with as many meetings as cut short this share of their sessions, or with
    as many as a day holds."""
    least, most = 0.0, _MOST_MEETINGS_A_DAY
    for _ in range(_HALVINGS):
        middle = (least + most) / 2
        if share_cut(_with_meetings(person, middle)) < share:
            least = middle
        else:
            most = middle
    return _with_meetings(person, most)


def share_cut(person: Person) -> float:
    """Return the share of the sessions of a quarter that meetings cut short."""
    cuts = [session.cut for day in _LOOKED_AT for session in sessions_on(person, day)]
    return sum(cuts) / max(1, len(cuts))


def _with_meetings(person: Person, a_day: float) -> Person:
    return replace(person, meetings_a_day=(a_day,) * len(person.meetings_a_day))
