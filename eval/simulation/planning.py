"""How good a planned day is: where its deep work lies, by the hidden energy of that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from clients.workbench.days import Stretch
from eval.simulation.days import Day
from eval.simulation.log import Planned
from services.persona.model import BlockKind, DayPlan

STEP = timedelta(minutes=5)
TRIES = 200
"""Of a random layout, to find room for a block."""


@dataclass(frozen=True)
class Free:
    """The hours of a day in which nothing is booked, in steps of five minutes."""

    day: Day
    steps: Sequence[datetime]

    @classmethod
    def of(cls, day: Day, hours: Stretch) -> "Free":
        """Take what no meeting touches."""
        count = (hours.end - hours.start) // STEP
        steps = [hours.start + STEP * each for each in range(count)]
        return cls(day, [at for at in steps if not _meets(day, at, at + STEP)])

    def good(self, at: datetime) -> bool:
        """Tell whether energy is at least the median then."""
        return self.day.level(at) >= self.day.mind.median_level


def score(day: Day, hours: Stretch, plan: DayPlan) -> Planned:
    """Return in how many of its minutes of deep work energy is at least the median; and in how many
    it is with the same blocks laid at random in what is free, and with the best free minutes."""
    free = Free.of(day, hours)
    blocks = [
        Stretch(one.start_at, one.end_at) for one in plan.blocks if one.kind is BlockKind.DEEP_WORK
    ]
    steps = [at for block in blocks for at in _steps(block)]
    return Planned(
        person=day.mind.name,
        minutes=len(steps) * 5,
        good=5 * sum(map(free.good, steps)),
        good_at_random=5 * sum(map(free.good, _at_random(free, blocks, hours))),
        good_at_best=5 * min(len(steps), sum(map(free.good, free.steps))),
        blocks=len(plan.blocks),
        misplaced=sum(_is_misplaced(day, plan, index) for index in range(len(plan.blocks))),
    )


def _steps(block: Stretch) -> list[datetime]:
    return [block.start + STEP * each for each in range((block.end - block.start) // STEP)]


def _at_random(free: Free, blocks: Sequence[Stretch], hours: Stretch) -> list[datetime]:
    dice, left = Random(f"plan {free.day.mind.name} {hours.start}"), set(free.steps)
    laid: list[datetime] = []
    for length in (block.end - block.start for block in blocks):
        for _ in range(TRIES):
            begin = dice.choice(free.steps) if free.steps else hours.start
            steps = _steps(Stretch(begin, begin + length))
            if left.issuperset(steps):
                left.difference_update(steps)
                laid += steps
                break
    return laid


def _is_misplaced(day: Day, plan: DayPlan, index: int) -> bool:
    """Tell whether a block collides with a meeting or with the block before it."""
    block = plan.blocks[index]
    before = plan.blocks[index - 1].end_at if index else plan.at
    if not before <= block.start_at < block.end_at:
        return True
    return block.kind is not BlockKind.MEETING and _meets(day, block.start_at, block.end_at)


def _meets(day: Day, start: datetime, end: datetime) -> bool:
    return any(each.start < end and start < each.end for each in day.meetings)
