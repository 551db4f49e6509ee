"""The rest of a person's local day, laid out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum


class BlockKind(Enum):
    """What a stretch of a planned day is for."""

    DEEP_WORK = "deep work"
    LIGHT_WORK = "light work"
    BREAK = "break"
    BUFFER = "buffer"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class PlanBlock:
    """One stretch, [start_at, end_at) in UTC, with the person's mean energy within (0 to 1)."""

    kind: BlockKind
    start_at: datetime
    end_at: datetime
    local_window: str
    energy_level: float
    reason: str

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (self.end_at - self.start_at) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Blocks in order and without overlap, from `at` until the end of the local date."""

    date: date
    at: datetime
    zone: str
    blocks: tuple[PlanBlock, ...]
    mindscape_version: int
    summary: str
    missing: tuple[str, ...] = ()

    @property
    def deep_work_minutes(self) -> int:
        """Minutes of deep work in the blocks."""
        return sum(one.minutes for one in self.blocks if one.kind is BlockKind.DEEP_WORK)
