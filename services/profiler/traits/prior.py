"""What holds for people in general: where a person starts until they are known."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.profiler.traits.habits import Habits
from services.profiler.traits.shipped import SHIPPED_HABITS


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """A population's habits; a fold depends on it, so that `version` is recorded with traits."""

    version: str
    habits: Habits
    score_lost_per_interruption: float
    minutes_lost_per_interruption: float
    answered_parts: Mapping[str, tuple[int, int]]
    answered_focus: Mapping[str, tuple[int, ...]]


SHIPPED = Prior(
    version="shipped-2",
    habits=SHIPPED_HABITS,
    # The middle of what is called medium; programmers need 10 to 15 minutes to the first edit
    # after an interruption (10.1007/s11219-010-9104-9), part of which is other work.
    score_lost_per_interruption=0.3,
    minutes_lost_per_interruption=5.0,
    # Hours [first, last) that an answer may speak of: longer than a peak, so that it says about
    # where that is and no more.
    answered_parts={"morning": (8, 12), "afternoon": (13, 17), "evening": (17, 21)},
    # Lengths in minutes that stand for an answer: half and double the answer are rare.
    answered_focus={
        "30min": (18, 24, 30, 38, 50),
        "1hr": (36, 48, 60, 75, 100),
        "2hr+": (84, 102, 120, 145, 180),
    },
)
