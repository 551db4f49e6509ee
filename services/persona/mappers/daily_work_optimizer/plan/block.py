"""What a plan is built of: spans of free time, and drafts of blocks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.persona.mappers.daily_work_optimizer.moment import MINUTE
from services.persona.model import BlockKind

# Blocks begin and end on these marks of the clock, unless a meeting or the moment says otherwise.
MARK = timedelta(minutes=5)
# What is shorter is no block.
SHORTEST = timedelta(minutes=5)
# So much of small things in a row asks for a break before the next thing.
TIRING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Draft:
    """A block before its energy is looked up."""

    kind: BlockKind
    start_at: datetime
    end_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """Free time, [start_at, end_at). Deep work before what is `eased` needs no break after it."""

    start_at: datetime
    end_at: datetime
    eased: bool = True

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end_at - self.start_at

    @property
    def minutes(self) -> int:
        """The same in whole minutes."""
        return self.length // MINUTE


@dataclass(slots=True)
class Layout:
    """A plan in the making: what is laid out, and what is still free."""

    drafts: list[Draft] = field(default_factory=list)
    free: list[Span] = field(default_factory=list)

    def lay(self, kind: BlockKind, start_at: datetime, end_at: datetime, reason: str) -> None:
        """Adds a block, unless it is too short to be one."""
        if end_at - start_at >= SHORTEST:
            self.drafts.append(Draft(kind, start_at, end_at, reason))


def next_mark(at: datetime) -> datetime:
    """The first mark of the clock from then on."""
    return at + (datetime.min.replace(tzinfo=at.tzinfo) - at) % MARK


def last_mark(at: datetime) -> datetime:
    """The last mark of the clock until then."""
    return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % MARK
