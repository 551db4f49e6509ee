"""How the person is at the moment, and what kind of task goes with it."""

from collections.abc import Sequence

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.rules.deep_work import SOON
from services.persona.model import CurrentState, Suggestion

KINDS = {
    "deep_work_window": "deep work",
    "protect_from_interruptions": "deep work",
    "light_work": "light work",
    "break": "rest",
    "meeting_recovery": "rest",
    "meeting_preparation": "meetings",
    "wrap_up": "wrapping up",
}


def state_of(moment: Moment, suggestions: Sequence[Suggestion]) -> CurrentState:
    """The state that suggestions are made in; the kind of task is that of what comes first."""
    return CurrentState(
        energy=moment.now.level,
        energy_level=moment.now.value,
        in_peak_hours=moment.in_peak_hours,
        recommended_task_type=_task_type(moment, suggestions),
        working_hours=moment.working,
        minutes_to_next_meeting=moment.minutes_to_meeting,
        worked_minutes_today=moment.now.worked_minutes_today,
    )


def _task_type(moment: Moment, suggestions: Sequence[Suggestion]) -> str:
    if not moment.working:
        return "off work"
    if moment.calendar.busy_at(moment.at):
        return "meetings"
    soon = [one for one in suggestions if one.start_at <= moment.at + SOON]
    first = min(soon, key=lambda one: one.start_at, default=None)
    return KINDS.get(first.type, first.type.replace("_", " ")) if first else ""
