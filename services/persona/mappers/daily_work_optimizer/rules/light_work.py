"""Light work: small things while energy is low, or while too little is free for more."""

from datetime import datetime

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment, rounded_down
from services.persona.mappers.daily_work_optimizer.rules import meeting_preparation
from services.persona.mappers.daily_work_optimizer.rules.deep_work import slot_later, slot_now
from services.persona.mappers.daily_work_optimizer.rules.pause import BREAK_MINUTES, is_exhausted
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import EnergyLevel, EnergyPatterns, FocusDuration, PeakHours

# Energy in the lower half of the working day's, with a margin; small things are not wrong if it is
# in the middle.
TIRED_BELOW, SURE_ENOUGH = 0.45, 0.55
# Small things are soon done, however long somebody can focus.
SHORTEST, LONGEST = 10, 60
# Before a meeting, what is shorter goes to preparing for it, and what is longer to better things.
SHORTEST_BEFORE_MEETING, LONGEST_BEFORE_MEETING = 25, 30


def propose(moment: Moment) -> Proposal | None:
    """Light work from now on, unless a break or a recovery comes first."""
    if not moment.available or moment.closing or moment.break_is_due or moment.recovering:
        return None
    free = moment.free_minutes(moment.at)
    if free < SHORTEST:
        return None
    if is_tired(moment):
        return _until_better(moment, free)
    if _meeting_is_near(moment, free):
        minutes = free - meeting_preparation.LONGEST if moment.minutes_to_meeting == free else free
        return _proposal(moment, moment.at, minutes, _short(moment, free), 0.6)
    return None


def _until_better(moment: Moment, free: int) -> Proposal | None:
    """Until the better time begins; at the lowest hour from the break on that comes first."""
    better = slot_later(moment) if slot_now(moment) is None else None
    until = (better.start_at - moment.at) // MINUTE if better else free
    pause = BREAK_MINUTES if is_exhausted(moment) else 0
    minutes = min(free, until) - pause
    if minutes < SHORTEST:
        return None
    return _proposal(moment, moment.at + pause * MINUTE, minutes, _tired(moment), 0.55)


def is_tired(moment: Moment) -> bool:
    """Whether energy is low for this person, by the curve or as believed for now."""
    return moment.now.level == "low" or _is_lower(moment)


def _is_lower(moment: Moment) -> bool:
    lower = moment.energy_rank < TIRED_BELOW and moment.chance_of_less >= SURE_ENOUGH
    return moment.curve.own and lower


def _meeting_is_near(moment: Moment, free: int) -> bool:
    booked_at = moment.calendar.next_start(moment.at)
    if booked_at is None or (booked_at - moment.at) // MINUTE != free:
        return False
    too_short = free < moment.worthwhile_minutes
    return too_short and SHORTEST_BEFORE_MEETING <= free <= LONGEST_BEFORE_MEETING


def _tired(moment: Moment) -> str:
    if _is_lower(moment):
        return f"Your energy now is lower than in {1 - moment.energy_rank:.0%} of your working day"
    worked = moment.now.worked_minutes_today
    return f"Your energy is low after {worked} minutes of work" if worked else "Your energy is low"


def _short(moment: Moment, free: int) -> str:
    return f"{free} minutes are free, too few for your usual {moment.focus.p50} of focus"


def _proposal(
    moment: Moment, start_at: datetime, free: int, reason: str, priority: float
) -> Proposal:
    minutes = rounded_down(min(free, moment.focus.p50, LONGEST))
    begins = f", from {moment.clock(start_at)} on" if start_at > moment.at else ""
    return Proposal(
        title="Light work",
        description=f"{reason}: good for {minutes} minutes of small things{begins}.",
        action="Answer messages, review, file: whatever needs no run-up.",
        because="light work while energy is low or a meeting leaves too little time for more",
        start_at=start_at,
        end_at=start_at + minutes * MINUTE,
        duration_minutes=minutes,
        priority=priority,
    )


RULE = Rule(
    type="light_work",
    leans_on=(EnergyPatterns.NAME, FocusDuration.NAME, EnergyLevel.NAME, PeakHours.NAME),
    propose=propose,
)
