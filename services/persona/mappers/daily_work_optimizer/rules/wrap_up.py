"""Wrap up: end the day with a note for tomorrow, around the time the person usually stops."""

from datetime import datetime

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import EnergyPatterns, FocusDuration, PeakHours, PreferredStartTime

WRAP_UP_MINUTES, SHORTEST = 15, 5
# Minutes before the usual end, off by half an hour as it may be. Half of the days are over by then:
# with the last ten minutes it is too late to begin.
BEFORE_END, TOO_LATE = 55, 10


def propose(moment: Moment) -> Proposal | None:
    """A quarter of an hour to close the day, before its usual end, once such days were seen to."""
    if moment.day is None or not moment.day.end_seen or moment.calendar.busy_at(moment.at):
        return None
    left = (moment.day.end_at - moment.at) // MINUTE
    minutes = min(WRAP_UP_MINUTES, _until_booked(moment))
    if minutes < SHORTEST or not TOO_LATE <= left <= BEFORE_END:
        return None
    return Proposal(
        title="Wrap up and plan tomorrow",
        description=_description(moment, moment.day.end_at),
        action="Note where you stand and the first thing for tomorrow, then stop.",
        because=f"wrapping up within {BEFORE_END} minutes of the usual end of the day",
        start_at=moment.at,
        end_at=moment.at + minutes * MINUTE,
        duration_minutes=minutes,
        priority=0.55 + 0.3 * (1 - left / BEFORE_END),
    )


def _until_booked(moment: Moment) -> int:
    booked_at = moment.calendar.next_start(moment.at)
    return (booked_at - moment.at) // MINUTE if booked_at else WRAP_UP_MINUTES


def _description(moment: Moment, end_at: datetime) -> str:
    worked = moment.now.worked_minutes_today
    behind = f" and {worked} minutes of work are behind you today" if worked else ""
    return f"Your day usually ends around {moment.clock(end_at)}{behind}: close it on purpose."


RULE = Rule(
    type="wrap_up",
    leans_on=(PreferredStartTime.NAME, EnergyPatterns.NAME, PeakHours.NAME, FocusDuration.NAME),
    propose=propose,
)
