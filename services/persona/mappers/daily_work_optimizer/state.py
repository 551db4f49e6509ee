"""How the person is at the moment, and what kind of task goes with it."""

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.rules.deep_work import slot_now
from services.persona.model import CurrentState


def state_of(moment: Moment) -> CurrentState:
    """The state that suggestions are made in; it does not depend on feedback."""
    return CurrentState(
        energy=moment.now.level,
        energy_level=moment.now.value,
        in_peak_hours=moment.in_peak_hours,
        recommended_task_type=_task_type(moment),
        working_hours=moment.working,
        minutes_to_next_meeting=moment.minutes_to_meeting,
        worked_minutes_today=moment.now.worked_minutes_today,
    )


def _task_type(moment: Moment) -> str:
    if not moment.working:
        return "off work"
    if moment.calendar.busy_at(moment.at):
        return "meetings"
    if moment.break_is_due:
        return "rest"
    return "deep work" if slot_now(moment) is not None else "light work"
