"""Meeting preparation: the last minutes before a meeting, too few for anything deep."""

from datetime import datetime

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import EnergyPatterns, FocusDuration, PeakHours

NEAR_MINUTES = 30
LONGEST, JUST_ENOUGH, SHORTEST = 15, 5, 2


def propose(moment: Moment) -> Proposal | None:
    """Preparation until the next meeting, if nothing else comes before it."""
    meeting = moment.calendar.next_meeting(moment.at)
    if not moment.available or meeting is None:
        return None
    minutes = (meeting.start_at - moment.at) // MINUTE
    nothing_between = moment.calendar.next_start(moment.at) == meeting.start_at
    if not nothing_between or not SHORTEST <= minutes <= NEAR_MINUTES:
        return None
    return Proposal(
        title="Prepare for your meeting",
        description=_description(moment, meeting.start_at, minutes),
        action="Note what you want from it and open what you will need.",
        because=f"preparation when a meeting begins within {NEAR_MINUTES} minutes",
        start_at=max(moment.at, meeting.start_at - LONGEST * MINUTE),
        end_at=meeting.start_at,
        duration_minutes=min(LONGEST, minutes),
        priority=0.85 if minutes <= LONGEST else 0.7,
    )


def _description(moment: Moment, starts_at: datetime, minutes: int) -> str:
    begins = moment.clock(starts_at)
    rest = "just enough to open what you will need"
    if minutes > LONGEST:
        rest = f"keep the last {LONGEST} of them to prepare"
    elif minutes > JUST_ENOUGH:
        rest = f"enough to prepare, too few for your usual {moment.focus.p50} of focus"
    return f"Your next meeting begins at {begins}, in {minutes} minutes: {rest}."


RULE = Rule(
    type="meeting_preparation",
    leans_on=(FocusDuration.NAME, EnergyPatterns.NAME, PeakHours.NAME),
    propose=propose,
)
