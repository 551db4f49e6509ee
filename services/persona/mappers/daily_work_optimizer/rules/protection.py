"""Protection: no interruptions while energy is good, for people whom they cost much."""

from datetime import datetime

from services.persona.mappers.daily_work_optimizer.moment import (
    MINUTE,
    Moment,
    block_minutes,
    rounded_down,
)
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import (
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    PeakHours,
    TaskSwitchingCost,
)

# As the profiler calls 0.45 points of the score lost per interruption, or more; and how likely it
# must be right.
SENSITIVE, SURE_ENOUGH = "high", 0.75
# What is worth protecting to its end.
BETTER_HALF = 0.5
STEP = 5
# What can be switched off, with how to say so; meetings cannot.
AVOIDABLE = {"slack": "chat messages", "context-switches": "context switches"}


def propose(moment: Moment) -> Proposal | None:
    """Quiet for the next block, from now on."""
    if not moment.available or moment.break_is_due or moment.recovering:
        return None
    reason, priority = _reason(moment)
    minutes = _while_good(moment)
    end_at = moment.at + minutes * MINUTE
    if not reason or minutes < moment.worthwhile_minutes or not _is_sharp(moment, end_at):
        return None
    return Proposal(
        title="Protect your focus",
        description=f"{reason}: keep the {minutes} minutes until {moment.clock(end_at)} quiet.",
        action="Mute chat and notifications and close what you do not need.",
        because="protection while energy is good, for somebody whom interruptions cost much",
        start_at=moment.at,
        end_at=end_at,
        duration_minutes=minutes,
        priority=priority,
    )


def _while_good(moment: Moment) -> int:
    """A long block, shorter where energy falls before it is over."""
    minutes = rounded_down(min(moment.free_minutes(moment.at), block_minutes(moment.focus)))
    while minutes - STEP >= moment.worthwhile_minutes and not moment.is_good(
        moment.at, moment.at + minutes * MINUTE
    ):
        minutes -= STEP
    return minutes


def _is_sharp(moment: Moment, end_at: datetime) -> bool:
    """Whether energy is good now, and stays in the better half until then."""
    if moment.now.level == "low" or not moment.is_good(moment.at, moment.at):
        return False
    return not moment.curve.own or moment.rank_of(moment.at, end_at) >= BETTER_HALF


def _reason(moment: Moment) -> tuple[str, float]:
    """Why this person is sensitive, with the priority. The answer, which everybody gives, counts
    until a session tells of interruptions; then it is silent until the cost is known."""
    cost = moment.mindscape.value(TaskSwitchingCost)
    if cost is not None:
        lost = f"An interruption costs you {cost.score_lost:.1f} of the 5 points of your score"
        measured = cost.level == SENSITIVE and moment.is_sure(TaskSwitchingCost.NAME, SURE_ENOUGH)
        return (lost, 0.62) if measured else ("", 0.0)
    disruptors = moment.mindscape.value(FlowDisruptors)
    if disruptors is None or not disruptors.disruptors:
        return "", 0.0
    worst = AVOIDABLE.get(disruptors.disruptors[0].name)
    return (f"What disrupts you most is {worst}", 0.5) if worst else ("", 0.0)


RULE = Rule(
    type="protect_from_interruptions",
    leans_on=(
        TaskSwitchingCost.NAME,
        FlowDisruptors.NAME,
        EnergyPatterns.NAME,
        FocusDuration.NAME,
        PeakHours.NAME,
    ),
    propose=propose,
)
