"""Deep work where it goes best: the free stretches packed with blocks, the best of them first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from services.persona.mappers.daily_work_optimizer.curve import EVERYBODYS_PEAK
from services.persona.mappers.daily_work_optimizer.moment import (
    MINUTE,
    Moment,
    block_minutes,
    rounded_down,
)
from services.persona.mappers.daily_work_optimizer.plan import words
from services.persona.mappers.daily_work_optimizer.plan.block import (
    SHORTEST,
    TIRING,
    Layout,
    Span,
)
from services.persona.mappers.daily_work_optimizer.plan.gaps import WORKABLE
from services.persona.mappers.daily_work_optimizer.rules.pause import BREAK_MINUTES
from services.persona.model import BlockKind

# From four hours of work a day on, each one costs energy (as the profiler counts it). Nobody says
# what of the work behind them was hard: half of it is taken to have been.
MOST_MINUTES, SHARE_OF_WORKED = 240, 0.5
# Who is tired now, against what their curve says, is so for a while.
TIREDNESS_LASTS = timedelta(hours=1)
BREAK = BREAK_MINUTES * MINUTE
# In a plan hard work has to lie somewhere: where energy is higher than in half of the day. A minute
# of it is worth what its rank exceeds this by.
GOOD_ENOUGH, WORTHLESS = 0.5, 0.4


@dataclass(frozen=True, slots=True)
class Block:
    """Deep work that would fit into a span; the higher its `worth`, the better the time."""

    start_at: datetime
    minutes: int
    rank: float
    worth: float

    @property
    def end_at(self) -> datetime:
        """When it is over."""
        return self.start_at + self.minutes * MINUTE


def lay_deep_work(layout: Layout, moment: Moment) -> None:
    """Lays the best blocks of every span, until the day has enough of them."""
    packed = {span: _packed(span, moment) for span in layout.free}
    chosen = _chosen([block for blocks in packed.values() for block in blocks], moment)
    free: list[Span] = []
    for span, blocks in packed.items():
        free += _lay(layout, span, [chosen[one] for one in blocks if one in chosen], moment)
    layout.free = free


def _packed(span: Span, moment: Moment) -> tuple[Block, ...]:
    """The blocks, each with its break, that together are worth most in a span."""

    @cache
    def best(start_at: datetime) -> tuple[float, tuple[Block, ...]]:
        if start_at >= span.end_at:
            return 0.0, ()
        later = best(start_at + WORKABLE)
        block = _block(span, start_at, moment)
        if block is None:
            return later
        worth, following = best(block.end_at + BREAK)
        worth += block.minutes * block.worth
        return (worth, (block, *following)) if worth >= later[0] else later

    return best(span.start_at)[1]


def _block(span: Span, start_at: datetime, moment: Moment) -> Block | None:
    """The block that could begin then, if it is worth beginning and energy is high enough."""
    if start_at < moment.at + TIREDNESS_LASTS and moment.now.level == "low":
        return None
    room = span.end_at - start_at - (timedelta() if span.eased else SHORTEST)
    minutes = rounded_down(min(_wanted(moment, start_at), room // MINUTE))
    if minutes < moment.when(start_at).worthwhile_minutes:
        return None
    rank = moment.rank_of(start_at, start_at + minutes * MINUTE)
    if moment.curve.own and rank < GOOD_ENOUGH:
        return None
    return Block(start_at, minutes, rank, _worth(moment, start_at, minutes, rank))


def _wanted(moment: Moment, start_at: datetime) -> int:
    """A long block in the best hours, else the usual; of a run that is under way, what is left."""
    then = moment.when(start_at)
    wanted = block_minutes(then.focus) if then.in_peak_hours else then.focus.p50
    return min(wanted, then.focus.p90 - _under_way(moment, start_at))


def _under_way(moment: Moment, start_at: datetime) -> int:
    """How long somebody who is at work now will have been then, unless a break comes first."""
    since, ahead = moment.now.minutes_since_break, start_at - moment.at
    goes_on = 0 < since < moment.focus.p50 and ahead < TIRING + BREAK
    return since + ahead // MINUTE if goes_on else 0


def _worth(moment: Moment, start_at: datetime, minutes: int, rank: float) -> float:
    """What a minute is worth; while the person's hours are unknown, everybody's best go first."""
    if moment.curve.own:
        return rank - WORTHLESS
    last = start_at + (minutes - 1) * MINUTE
    walls = (at.astimezone(moment.zone).time() for at in (start_at, last))
    return 1.0 if all(wall in EVERYBODYS_PEAK for wall in walls) else 0.5


def _chosen(blocks: list[Block], moment: Moment) -> dict[Block, Block]:
    """The best blocks, the last of them cut, as long as the day has not enough of them."""
    left = MOST_MINUTES - round(SHARE_OF_WORKED * moment.now.worked_minutes_today)
    chosen = {}
    for block in sorted(blocks, key=lambda one: (-one.worth, one.start_at)):
        minutes = rounded_down(min(block.minutes, left))
        if minutes >= moment.when(block.start_at).worthwhile_minutes:
            chosen[block] = replace(block, minutes=minutes)
            left -= minutes
    return chosen


def _lay(layout: Layout, span: Span, blocks: list[Block], moment: Moment) -> Iterator[Span]:
    """Lays blocks into their span, each followed by a break; yields what stays free."""
    for block in blocks:
        reason = words.deep_work(moment.when(block.start_at), block.minutes, block.rank)
        layout.lay(BlockKind.DEEP_WORK, block.start_at, block.end_at, reason)
        yield Span(span.start_at, block.start_at, eased=False)
        until = block.end_at + BREAK
        if span.end_at - until < WORKABLE:
            until = span.end_at
        layout.lay(BlockKind.BREAK, block.end_at, until, words.break_after(block.minutes))
        span = replace(span, start_at=until)
    yield span
