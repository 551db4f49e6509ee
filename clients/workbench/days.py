"""Lets a made-up person live through a day, without telling anybody.

Every day is drawn by itself, from the person's seed and the date: it is the same whenever it is
looked at, and whichever days are looked at besides.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from clients.workbench.people import WORKDAYS, Person

MINUTE = timedelta(minutes=1)

_SHORTEST_SESSION = 8 * MINUTE
_LIGHT_WORK = 25 * MINUTE
_DAY_OFF = 0.04
_LUNCH_HOUR = 12.2


@dataclass(frozen=True)
class Stretch:
    """A stretch of a day, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Session(Stretch):
    """Unbroken work. `cut` says that a meeting ended it; `logged`, that the person noted it."""

    interruptions: int
    score: int | None
    cut: bool
    logged: bool


def meetings_on(person: Person, day: date) -> list[Stretch]:
    """Return the meetings of a local day, in order; they never overlap."""
    if day.weekday() >= WORKDAYS:
        return []
    dice = _dice(person, day, "meetings")
    taken = [_stretch(person, day, person.stand_up_hour, 15)]
    for _ in range(_poisson(dice, person.meetings_a_day[day.weekday()])):
        half_hours = range(math.ceil(2 * person.start_hour) + 1, int(2 * person.end_hour) - 1)
        begin = dice.choice([each for each in half_hours if each not in (24, 25)]) / 2
        meeting = _stretch(person, day, begin, dice.choices((30, 45, 60), (5, 2, 3))[0])
        if all(meeting.end <= each.start or meeting.start >= each.end for each in taken):
            taken.append(meeting)
    return sorted(taken, key=lambda each: each.start)


def sessions_on(person: Person, day: date) -> Iterator[Session]:
    """Yield the work of a local day, in order: also what the person forgets to log."""
    dice = _dice(person, day, "work")
    weekend = day.weekday() >= WORKDAYS
    if dice.random() >= (person.weekend_work if weekend else 1 - _DAY_OFF):
        return
    late = 1.5 if weekend else 0.0
    now = _local(person, day, person.start_hour + late + dice.gauss(0, 0.25))
    end = _local(person, day, person.end_hour - 2 * late + dice.gauss(0, 0.35))
    lunch = _local(person, day, _LUNCH_HOUR + dice.gauss(0, 0.3))
    yield from _work(person, dice, now, end, lunch, meetings_on(person, day))


def local_hour(person: Person, at: datetime) -> float:
    """Return the decimal hour on the person's clock."""
    local = at.astimezone(ZoneInfo(person.time_zone))
    return local.hour + local.minute / 60


def _work(
    person: Person,
    dice: Random,
    now: datetime,
    end: datetime,
    lunch: datetime,
    meetings: list[Stretch],
) -> Iterator[Session]:
    rested = True
    while now < end:
        meeting = next((each for each in meetings if each.end > now), None)
        if meeting and meeting.start <= now:
            now, rested = meeting.end + _recovery(person, dice), True
        elif lunch <= now:
            now, lunch = now + dice.randint(30, 55) * MINUTE, end
        elif not rested and dice.random() > 0.25 + person.energy(local_hour(person, now)):
            now = min(now + _LIGHT_WORK, meeting.start if meeting else end)
        else:
            session = _focus(person, dice, now, meeting)
            if session.end - session.start >= _SHORTEST_SESSION:
                yield session
            now, rested = session.end if session.cut else session.end + _break(dice), False


def _focus(person: Person, dice: Random, start: datetime, meeting: Stretch | None) -> Session:
    wanted = person.focus_minutes * math.exp(dice.gauss(0, person.focus_spread))
    end = start + round(wanted) * MINUTE
    cut = meeting is not None and end >= meeting.start
    if meeting and cut:
        end = meeting.start
    hours = (end - start) / timedelta(hours=1)
    interruptions = _poisson(dice, person.interruptions_an_hour * hours)
    felt = 1.8 + 3.5 * person.energy(local_hour(person, start + (end - start) / 2))
    felt += dice.gauss(0, 0.5) - person.score_lost_per_interruption * interruptions
    score = max(1, min(5, round(felt)))
    return Session(
        start,
        end,
        interruptions,
        None if dice.random() < person.unscored else score,
        cut,
        logged=dice.random() >= person.forgotten,
    )


def _recovery(person: Person, dice: Random) -> timedelta:
    return round(person.recovery_minutes * math.exp(dice.gauss(0, 0.35))) * MINUTE


def _break(dice: Random) -> timedelta:
    return round(11 * math.exp(dice.gauss(0, 0.4))) * MINUTE


def _stretch(person: Person, day: date, hour: float, minutes: int) -> Stretch:
    start = _local(person, day, hour)
    return Stretch(start, start + minutes * MINUTE)


def _local(person: Person, day: date, hour: float) -> datetime:
    """Return the moment of an hour on the person's clock, to the minute; past 24 is tomorrow."""
    days, minutes = divmod(round(hour * 60), 24 * 60)
    clock = time(minutes // 60, minutes % 60, tzinfo=ZoneInfo(person.time_zone))
    return datetime.combine(day + timedelta(days=days), clock).astimezone(UTC)


def _dice(person: Person, day: date, what: str) -> Random:
    return Random(f"{what} {person.seed} {day}")  # noqa: S311


def _poisson(dice: Random, mean: float) -> int:
    """Draw a count: how many exponential waiting times fit into one."""
    count, waited = 0, dice.expovariate(1.0)
    while waited < mean:
        count, waited = count + 1, waited + dice.expovariate(1.0)
    return count
