"""The moments at which a person's suggestions may change by themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise

from services.persona.mappers.daily_work_optimizer.day import working_day
from services.persona.mappers.daily_work_optimizer.moment import (
    CLOSING,
    HIGH_FROM,
    MINUTE,
    Moment,
)
from services.persona.mappers.daily_work_optimizer.rules.meeting_preparation import NEAR_MINUTES
from services.persona.mappers.daily_work_optimizer.rules.wrap_up import BEFORE_END, TOO_LATE
from services.persona.model import Commitment, PeakHours, Window

# The energy curve is straight between hours, and plans are made in quarters of one.
STEP = timedelta(minutes=15)
DAY = timedelta(days=1)


class Cause(Enum):
    """What has changed; the names are the API's."""

    STARTED = "STARTED"
    TRAITS_CHANGED = "TRAITS_CHANGED"
    MEETING = "MEETING"
    ENERGY_WINDOW = "ENERGY_WINDOW"
    WORKING_DAY = "WORKING_DAY"


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment at which something begins or ends, and what."""

    at: datetime
    cause: Cause


def turns(moment: Moment, after: datetime, until: datetime) -> list[Turn]:
    """Returns the turns in (after, until], in order, as they are seen from a moment.

    A meeting is near, begins, is over, is digested; energy becomes good enough for hard work, or
    no longer is; the working day begins, nears its end, ends.
    """
    found = {
        Cause.MEETING: _of_meetings(moment),
        Cause.ENERGY_WINDOW: (*_of_peaks(moment, after, until), *_of_energy(moment, after, until)),
        Cause.WORKING_DAY: _of_working_days(moment, (after, until)),
    }
    return sorted(
        (
            Turn(at, cause)
            for cause, moments in found.items()
            for at in set(moments)
            if after < at <= until
        ),
        key=lambda turn: (turn.at, turn.cause.value),
    )


def _of_meetings(moment: Moment) -> Iterator[datetime]:
    for one in moment.calendar.commitments:
        yield from (one.start_at, one.end_at)
        if one.meeting:
            yield from _around(one, moment.recovery_minutes)


def _around(meeting: Commitment, recovery_minutes: int) -> Iterator[datetime]:
    yield meeting.start_at - NEAR_MINUTES * MINUTE
    yield meeting.end_at + recovery_minutes * MINUTE


def _of_peaks(moment: Moment, after: datetime, until: datetime) -> Iterator[datetime]:
    peaks = moment.mindscape.value(PeakHours)
    if peaks is None:
        return
    day = after.astimezone(moment.zone).date() - DAY
    while day <= until.astimezone(moment.zone).date():
        for window in peaks.weekend if day.weekday() >= 5 else peaks.windows:
            yield from _bounds(window, datetime.combine(day, window.start, moment.zone))
        day += DAY


def _bounds(window: Window, begins: datetime) -> Iterator[datetime]:
    ends = datetime.combine(begins.date(), window.end, begins.tzinfo)
    yield begins
    yield ends if window.start < window.end else ends + DAY


def _of_energy(moment: Moment, after: datetime, until: datetime) -> Iterator[datetime]:
    """The quarters of an hour from which on the energy is good enough for hard work, or high."""
    first = after - timedelta(
        minutes=after.minute % 15, seconds=after.second, microseconds=after.microsecond
    )
    steps = [first + STEP * index for index in range((until - first) // STEP + 1)]
    for before, step in pairwise(steps):
        if _energy(moment, before) != _energy(moment, step):
            yield step


def _energy(moment: Moment, at: datetime) -> tuple[bool, bool]:
    return moment.is_good(at, at), moment.curve.level(at) >= HIGH_FROM


def _of_working_days(moment: Moment, around: Iterable[datetime]) -> Iterator[datetime]:
    for at in around:
        day = working_day(moment.mindscape, moment.curve, at)
        if day is not None:
            yield from (day.start_at, day.end_at, day.end_at - CLOSING)
            yield from (day.end_at - minutes * MINUTE for minutes in (BEFORE_END, TOO_LATE - 1))
