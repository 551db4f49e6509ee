"""What holds for people in general: where a person starts until they are known."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prior:
    """A population's habits; a fold depends on it, so that `version` is recorded with traits.

    `energy` are the shares of activity by hour of the local day, adding up to 1.
    """

    version: str
    energy: tuple[float, ...]
    score_lost_per_interruption: float
    minutes_lost_per_interruption: float
    answered_parts: Mapping[str, tuple[int, int]]
    answered_focus: Mapping[str, tuple[int, ...]]


def _shares(*per_mille: int) -> tuple[float, ...]:
    total = sum(per_mille)
    return tuple(share / total for share in per_mille)


SHIPPED = Prior(
    version="shipped-1",
    # Mean of the hourly shares of 58 people's public commits in local time, each counted once.
    energy=_shares(
        *(17, 10, 6, 5, 4, 3, 5, 11, 26, 48, 67, 74),
        *(75, 79, 87, 93, 88, 79, 55, 38, 34, 34, 34, 27),
    ),
    # The middle of what is called medium; programmers need 10 to 15 minutes to the first edit
    # after an interruption (10.1007/s11219-010-9104-9), part of which is other work.
    score_lost_per_interruption=0.24,
    minutes_lost_per_interruption=5.0,
    # Hours [first, last) that an answer speaks of.
    answered_parts={"morning": (9, 12), "afternoon": (14, 17), "evening": (19, 22)},
    # Lengths in minutes that stand for an answer: half and double the answer are rare.
    answered_focus={
        "30min": (18, 24, 30, 38, 50),
        "1hr": (36, 48, 60, 75, 100),
        "2hr+": (84, 102, 120, 145, 180),
    },
)
