"""The free time of a day between what is booked, less what must be kept around it."""

from datetime import datetime, timedelta

from services.persona.mappers.daily_work_optimizer.day import WorkingDay
from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.plan import words
from services.persona.mappers.daily_work_optimizer.plan.block import (
    SHORTEST,
    Layout,
    Span,
    last_mark,
    next_mark,
)
from services.persona.mappers.daily_work_optimizer.rules.pause import BREAK_MINUTES
from services.persona.mappers.daily_work_optimizer.rules.wrap_up import WRAP_UP_MINUTES
from services.persona.model import BlockKind

# To prepare for what is booked: ten minutes of a long gap, five of a shorter one.
LONG_GAP, SHORT_GAP = timedelta(minutes=60), timedelta(minutes=20)
PREPARATION, SHORT_PREPARATION = timedelta(minutes=10), timedelta(minutes=5)
# What is shorter is too short to begin even small things.
WORKABLE = timedelta(minutes=15)
# A day longer than six hours has a long break (so the law of many countries has it), half an hour.
LONG_DAY, LONG_BREAK = timedelta(hours=6), timedelta(minutes=30)
STEP = timedelta(minutes=15)


def lay_hours(layout: Layout, hours: WorkingDay, moment: Moment) -> None:
    """Lays out everything of some working hours but the work: the rest becomes free spans."""
    start_at = max(hours.start_at, moment.at)
    gaps = _gaps(moment, start_at, hours.end_at)
    pause = _long_break(moment, hours)
    if pause is not None:
        gaps = [part for gap in gaps for part in _without(layout, gap, pause)]
    for gap in gaps:
        _lay_gap(layout, gap, hours, moment)


def _gaps(moment: Moment, start_at: datetime, end_at: datetime) -> list[Span]:
    gaps, at = [], start_at
    for begin, end in moment.calendar.taken(start_at, end_at):
        gaps.append(Span(at, begin))
        at = end
    gaps.append(Span(at, end_at))
    return [gap for gap in gaps if gap.length >= SHORTEST]


def _long_break(moment: Moment, hours: WorkingDay) -> Span | None:
    """The free half hour of least energy in the middle third of the day, the same all day long."""
    length = hours.end_at - hours.start_at
    if length < LONG_DAY:
        return None
    first = next_mark(hours.start_at + length / 3)
    count = max(0, (length / 3 - LONG_BREAK) // STEP + 1)
    spans = (
        Span(first + STEP * index, first + STEP * index + LONG_BREAK) for index in range(count)
    )
    middle = hours.start_at + length / 2
    free = [one for one in spans if not moment.calendar.taken(one.start_at, one.end_at)]
    return min(
        free,
        key=lambda one: (
            round(moment.curve.mean(one.start_at, one.end_at), 2),
            abs(one.start_at + LONG_BREAK / 2 - middle),
        ),
        default=None,
    )


def _without(layout: Layout, gap: Span, pause: Span) -> list[Span]:
    start_at, end_at = max(gap.start_at, pause.start_at), min(gap.end_at, pause.end_at)
    if end_at - start_at < SHORTEST:
        return [gap]
    layout.lay(BlockKind.BREAK, start_at, end_at, words.long_break())
    return [Span(gap.start_at, start_at), Span(end_at, gap.end_at)]


def _lay_gap(layout: Layout, gap: Span, hours: WorkingDay, moment: Moment) -> None:
    start_at = _after_recovery(layout, gap, moment)
    start_at = _after_break(layout, start_at, gap, moment)
    end_at = _before_end(layout, start_at, gap, hours, moment)
    if end_at - start_at >= SHORTEST:
        eased = _is_eased(end_at, gap, hours, moment)
        layout.free.append(Span(start_at, end_at, eased))


def _is_eased(end_at: datetime, gap: Span, hours: WorkingDay, moment: Moment) -> bool:
    """Whether a buffer or a rest follows: neither the close of the day nor what is booked."""
    if gap.end_at == hours.end_at and not hours.goes_on:
        return False
    booked = moment.calendar.next_start(gap.end_at) == gap.end_at
    return not booked or gap.end_at - end_at >= SHORTEST


def _after_recovery(layout: Layout, gap: Span, moment: Moment) -> datetime:
    """When a meeting before the gap is digested; what is left then may be too short for more."""
    recovered_at = moment.recovered_after(gap.start_at)
    if recovered_at == gap.start_at:
        return next_mark(gap.start_at)
    until = min(next_mark(recovered_at), gap.end_at)
    if gap.end_at - until < WORKABLE:
        until = gap.end_at
    layout.lay(BlockKind.BUFFER, gap.start_at, until, words.recovery(moment))
    return until


def _after_break(layout: Layout, start_at: datetime, gap: Span, moment: Moment) -> datetime:
    """The break that is due at the moment of the plan, before anything else is begun."""
    if not moment.break_is_due or gap.start_at != moment.at or start_at > next_mark(moment.at):
        return start_at
    until = min(start_at + BREAK_MINUTES * MINUTE, gap.end_at)
    layout.lay(BlockKind.BREAK, start_at, until, words.break_due(moment))
    return until


def _before_end(
    layout: Layout, start_at: datetime, gap: Span, hours: WorkingDay, moment: Moment
) -> datetime:
    """Keeps the end of the gap for closing the day, or for preparing what is booked next."""
    left = gap.end_at - start_at
    if gap.end_at == hours.end_at and not hours.goes_on:
        closing = WRAP_UP_MINUTES * MINUTE
        until = gap.end_at - closing if left >= closing + WORKABLE else start_at
        layout.lay(BlockKind.LIGHT_WORK, until, gap.end_at, words.closing(moment, hours.end_at))
        return until
    if moment.calendar.next_start(gap.end_at) != gap.end_at or left < SHORT_GAP:
        return last_mark(gap.end_at)
    preparation = PREPARATION if left >= LONG_GAP else SHORT_PREPARATION
    until = last_mark(gap.end_at - preparation)
    layout.lay(BlockKind.BUFFER, until, gap.end_at, words.preparation(moment, gap.end_at))
    return until
