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
    if day.weekday() >= WORKDAYS or person.is_away(day):
        return []
    person = person.on(day)
    dice = _dice(person, day, "meetings")
    stand_up = person.stand_up_hour
    taken = [] if stand_up is None else [_stretch(person, day, stand_up, 15)]
    for _ in range(_poisson(dice, person.meetings_a_day[day.weekday()])):
        half_hours = range(math.ceil(2 * person.start_hour) + 1, int(2 * person.end_hour) - 1)
        begin = dice.choice([each for each in half_hours if each not in (24, 25)]) / 2
        meeting = _stretch(person, day, begin, dice.choices((30, 45, 60), (5, 2, 3))[0])
        if all(meeting.end <= each.start or meeting.start >= each.end for each in taken):
            taken.append(meeting)
    return sorted(taken, key=lambda each: each.start)


def sessions_on(person: Person, day: date) -> Iterator[Session]:
    """Yield the work of a local day, in order: also what the person forgets to log."""
    person = person.on(day)
    dice = _dice(person, day, "work")
    is_weekend = day.weekday() >= WORKDAYS
    works = dice.random() < (person.weekend_work if is_weekend else 1 - _DAY_OFF)
    if works and not person.is_away(day):
        now, end, lunch = _hours(person, day, dice)
        yield from _work(person, day, dice, now, end, lunch)


def local_hour(person: Person, at: datetime) -> float:
    """Return the decimal hour on the person's clock."""
    local = at.astimezone(ZoneInfo(person.time_zone))
    return local.hour + local.minute / 60


def _hours(person: Person, day: date, dice: Random) -> tuple[datetime, datetime, datetime]:
    """Return when the day's work begins and ends, and when there is lunch; without one, the end."""
    start, end = person.start_hour, person.end_hour
    if day.weekday() < WORKDAYS:
        end -= person.shorter_by[day.weekday()]
    else:
        start, end = start + 1.5, end - 3
    now = _local(person, day, start + dice.gauss(0, person.punctuality))
    over = _local(person, day, end + dice.gauss(0, 0.35))
    lunch = _local(person, day, _LUNCH_HOUR + dice.gauss(0, 0.3))
    return now, over, lunch if lunch > now else over


def _work(
    person: Person, day: date, dice: Random, now: datetime, end: datetime, lunch: datetime
) -> Iterator[Session]:
    meetings, calm, rested = meetings_on(person, day), _calm(person, day), True
    while now < end:
        meeting = next((each for each in meetings if each.end > now), None)
        if meeting and meeting.start <= now:
            now, rested = meeting.end + round(person.recovery.draw(dice)) * MINUTE, True
        elif lunch <= now:
            now, lunch = now + dice.randint(30, 55) * MINUTE, end
        elif not rested and dice.random() > 0.25 + person.energy(local_hour(person, now)):
            now = min(now + _LIGHT_WORK, meeting.start if meeting else end)
        else:
            session = _focus(person, dice, now, meeting, calm)
            if session.end - session.start >= _SHORTEST_SESSION:
                yield session
            now, rested = session.end if session.cut else session.end + _break(dice), False


def _calm(person: Person, day: date) -> float:
    """Return the day's rate of interruptions, as a share of the usual one."""
    if not person.clumping:
        return 1.0
    return _dice(person, day, "calm").gammavariate(1 / person.clumping, person.clumping)


def _focus(
    person: Person, dice: Random, start: datetime, meeting: Stretch | None, calm: float
) -> Session:
    end = start + round(person.focus.draw(dice)) * MINUTE
    cut = meeting is not None and end >= meeting.start
    if meeting and cut:
        end = meeting.start
    hours = (end - start) / timedelta(hours=1)
    interruptions = _poisson(dice, calm * person.interruptions_an_hour * hours)
    score = _score(person, dice, start + (end - start) / 2, interruptions)
    return Session(
        start,
        end,
        interruptions,
        None if dice.random() < person.unscored else score,
        cut,
        logged=dice.random() >= person.forgotten,
    )


def _score(person: Person, dice: Random, at: datetime, interruptions: int) -> int:
    felt = person.scale.least + person.scale.range * person.energy(local_hour(person, at))
    felt += dice.gauss(0, person.scale.noise)
    felt -= person.score_lost_per_interruption * interruptions
    return max(1, min(5, round(felt)))


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
