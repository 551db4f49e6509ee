"""What becomes of the time that is left: small things, with breaks between them."""

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.plan import words
from services.persona.mappers.daily_work_optimizer.plan.block import SHORTEST, TIRING, Layout, Span
from services.persona.mappers.daily_work_optimizer.plan.deep import GOOD_ENOUGH
from services.persona.mappers.daily_work_optimizer.plan.gaps import WORKABLE
from services.persona.mappers.daily_work_optimizer.rules.light_work import LONGEST
from services.persona.mappers.daily_work_optimizer.rules.pause import BREAK_MINUTES
from services.persona.model import BlockKind

BREAK = BREAK_MINUTES * MINUTE


def lay_the_rest(layout: Layout, moment: Moment) -> None:
    """Fills every span that is still free, and leaves none."""
    while layout.free:
        _fill(layout, layout.free.pop(), moment)


def _fill(layout: Layout, span: Span, moment: Moment) -> None:
    if span.length < WORKABLE:
        layout.lay(BlockKind.BUFFER, span.start_at, span.end_at, words.too_short(span.minutes))
        return
    worked = min(span.length, LONGEST * MINUTE)
    if not span.eased and TIRING + BREAK <= span.length <= worked + BREAK:
        worked = span.length - BREAK
    if span.length - worked < (WORKABLE + SHORTEST if span.eased else BREAK):
        worked = span.length
    until = span.start_at + worked
    layout.lay(BlockKind.LIGHT_WORK, span.start_at, until, _reason(span, moment))
    pause_until = until + BREAK
    if span.end_at - pause_until < WORKABLE:
        pause_until = span.end_at
    layout.lay(BlockKind.BREAK, until, pause_until, words.break_after(worked // MINUTE))
    if span.end_at > pause_until:
        layout.free.append(Span(pause_until, span.end_at, span.eased))


def _reason(span: Span, moment: Moment) -> str:
    then = moment.when(span.start_at)
    rank = moment.rank_of(span.start_at, span.end_at)
    if moment.curve.own and rank < GOOD_ENOUGH:
        return words.low_energy(rank)
    if span.minutes < then.worthwhile_minutes:
        return words.too_short_for_focus(then, span.minutes)
    return words.rest_of_day()
