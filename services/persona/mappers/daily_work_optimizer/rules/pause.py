"""A break: after the person's usual length of work, or when energy is at its lowest."""

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import EnergyLevel, EnergyPatterns, FocusDuration, PeakHours

# Breaks of up to ten minutes raise vigor (d = .36) and lower fatigue (d = .35); an effect on
# performance was not found, so energy is what is promised: doi 10.1371/journal.pone.0272460.
BREAK_MINUTES = 10
SHORTEST = 5
# Clearly within the lowest quarter of the working day: a curve falls at the edges of a day also for
# those who are fresh then, since fewer of their days reach so far.
EXHAUSTED_BELOW, SURE_ENOUGH = 0.2, 0.85


def propose(moment: Moment) -> Proposal | None:
    """A break from now on, shorter if a meeting is near."""
    minutes = min(BREAK_MINUTES, moment.free_minutes(moment.at))
    if not moment.available or moment.closing or minutes < SHORTEST or moment.recovering:
        return None
    if moment.break_is_due:
        return _proposal(moment, minutes, _overdue(moment), _urgency(moment))
    if is_exhausted(moment):
        return _proposal(moment, minutes, _exhausted(moment), 0.56)
    return None


def is_exhausted(moment: Moment) -> bool:
    """Whether it is the lowest hour of somebody who has worked enough, and known to be."""
    seen = moment.is_known(EnergyPatterns.NAME) and moment.energy_rank < EXHAUSTED_BELOW
    sure = seen and moment.chance_of_less >= SURE_ENOUGH
    return sure and moment.now.worked_minutes_today >= moment.focus.p50


def _urgency(moment: Moment) -> float:
    """From .7 at the usual focus to .95 at the longest."""
    usual, longest = moment.focus.p50, max(moment.focus.p90, moment.focus.p50 + 1)
    over = (moment.now.minutes_since_break - usual) / (longest - usual)
    return 0.7 + 0.25 * min(over, 1.0)


def _overdue(moment: Moment) -> str:
    since = moment.now.minutes_since_break
    return f"You have worked for {since} minutes on end, and your usual is {moment.focus.p50}"


def _exhausted(moment: Moment) -> str:
    worked = moment.now.worked_minutes_today
    return f"This is the lowest hour of your day, with {worked} minutes of work behind you"


def _proposal(moment: Moment, minutes: int, reason: str, priority: float) -> Proposal:
    return Proposal(
        title="Take a break",
        description=f"{reason}: {minutes} minutes away from the desk bring energy back.",
        action="Stand up, walk, look into the distance; no screen.",
        because="a break after the usual length of focus, or when energy is at its lowest",
        start_at=moment.at,
        end_at=moment.at + minutes * MINUTE,
        duration_minutes=minutes,
        priority=priority,
    )


RULE = Rule(
    type="break",
    leans_on=(FocusDuration.NAME, EnergyLevel.NAME, EnergyPatterns.NAME, PeakHours.NAME),
    propose=propose,
)
