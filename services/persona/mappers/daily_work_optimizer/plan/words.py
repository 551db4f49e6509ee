"""A plan in words, with the person's own numbers."""

from datetime import datetime

from services.persona.mappers.daily_work_optimizer.day import WorkingDay
from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.plan.block import Draft
from services.persona.model import BlockKind


def deep_work(then: Moment, minutes: int, rank: float) -> str:
    """Why hard work lies there."""
    usual = then.focus.p50
    length = "your usual length" if minutes == usual else f"where your usual is {usual}"
    if not then.curve.own:
        return f"{minutes} minutes, {length}; which hours are your best is not known yet."
    best = ", in your best hours" if then.in_peak_hours else ""
    return (
        f"Energy higher than in {rank:.0%} of your working day{best}: {minutes} minutes, {length}."
    )


def low_energy(rank: float) -> str:
    """Why small things lie there, for energy's sake."""
    return f"Energy lower than in {1 - rank:.0%} of your working day: good for small things."


def too_short_for_focus(then: Moment, minutes: int) -> str:
    """Why small things lie there, for time's sake."""
    return f"{minutes} minutes are too few for your usual {then.focus.p50} of focus."


def rest_of_day() -> str:
    """Why small things lie where energy would do for more."""
    return "The day has enough deep work: good for small things."


def too_short(minutes: int) -> str:
    """Why nothing lies there."""
    return f"{minutes} minutes are too few to begin anything."


def break_after(minutes: int) -> str:
    """Why one rests there."""
    return f"After {minutes} minutes of work, away from the desk."


def break_due(moment: Moment) -> str:
    """Why one rests at once."""
    since, usual = moment.now.minutes_since_break, moment.focus.p50
    return f"You have worked for {since} minutes on end, and your usual is {usual}."


def long_break() -> str:
    """Why one rests for long."""
    return "A long break where the middle of your day has the least energy."


def recovery(moment: Moment) -> str:
    """Why nothing lies after a meeting."""
    return f"After a meeting it usually takes you {moment.recovery_minutes} minutes to get back."


def preparation(moment: Moment, booked_at: datetime) -> str:
    """Why nothing lies before what is booked."""
    return f"To prepare for what begins at {moment.clock(booked_at)}."


def closing(moment: Moment, end_at: datetime) -> str:
    """Why the day ends so."""
    return f"Your day ends around {moment.clock(end_at)}: note where you stand and plan tomorrow."


def booked() -> str:
    """Why it cannot be otherwise."""
    return "In your calendar."


def summary(moment: Moment, drafts: list[Draft], hours: list[WorkingDay]) -> str:
    """The day in one sentence."""
    if not hours:
        return f"{moment.local:%A} is not a working day of yours."
    last = hours[-1]
    around = f"around {moment.clock(last.end_at)}"
    if last.end_at <= moment.at:
        return f"Your working day usually ends {around}: it is over."
    worked = moment.now.worked_minutes_today
    behind = f"; {worked} minutes of work are behind you" if worked else ""
    until = "it goes on past midnight" if last.goes_on else f"your day usually ends {around}"
    return f"{_deep(drafts)}{behind}; {until}."


def _deep(drafts: list[Draft]) -> str:
    lengths = [
        (one.end_at - one.start_at) // MINUTE for one in drafts if one.kind is BlockKind.DEEP_WORK
    ]
    if not lengths:
        return "No free stretch is left in which deep work would go well"
    blocks = "one block" if len(lengths) == 1 else f"{len(lengths)} blocks"
    return f"{sum(lengths)} minutes of deep work in {blocks}"
