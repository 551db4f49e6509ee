"""The part of the persona that changes over weeks."""

from services.persona.mappers.daily_work_optimizer.moment import (
    FALLBACK_FOCUS,
    Moment,
    block_minutes,
)
from services.persona.model import (
    Core,
    FocusDuration,
    PeakHours,
    Preferences,
    PreferredStartTime,
    TaskSwitchingCost,
    WorkStyle,
)


def core_of(moment: Moment) -> Core:
    """What is known of the person's ways, and what to plan with until more is known."""
    return Core(_work_style(moment), _preferences(moment))


def _work_style(moment: Moment) -> WorkStyle:
    focus = moment.mindscape.value(FocusDuration)
    peaks = moment.mindscape.value(PeakHours)
    cost = moment.mindscape.value(TaskSwitchingCost)
    start = moment.mindscape.value(PreferredStartTime)
    return WorkStyle(
        focus_minutes=focus.overall.p50 if focus else 0,
        deep_work_minutes=focus.overall.p90 if focus else 0,
        peak_hours=tuple(window.in_words() for window in peaks.windows) if peaks else (),
        task_switching_cost=cost.level if cost else "",
        usual_start=start.in_words() if start else "",
    )


def _preferences(moment: Moment) -> Preferences:
    focus = moment.mindscape.value(FocusDuration)
    minutes = focus.overall if focus else FALLBACK_FOCUS
    return Preferences(
        default_focus_minutes=minutes.p50,
        deep_work_minutes=block_minutes(minutes),
        meeting_buffer_minutes=moment.recovery_minutes,
        break_every_minutes=minutes.p50,
    )
