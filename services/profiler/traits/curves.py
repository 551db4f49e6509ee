"""Curves over the 24 hours of a day."""

from collections.abc import Sequence
from math import exp

HOURS = 24

_BELL = [exp(-(hours**2) / 2) for hours in range(-4, 5)]
KERNEL = tuple((hours - 4, share / sum(_BELL)) for hours, share in enumerate(_BELL))
"""A normal distribution with a standard deviation of one hour: hours away, and their share."""

_SPREAD = [[((hour + away) % HOURS, share) for away, share in KERNEL] for hour in range(HOURS)]
"""To which hours the kernel spreads each hour."""

Curve = Sequence[float]


def shares(curve: Curve) -> Curve:
    """Returns the curve so that it adds up to 1; of nothing, nothing."""
    total = sum(curve)
    return [amount / total for amount in curve] if total else curve


def smooth(curve: Curve) -> Curve:
    """Returns the curve spread over about an hour, around midnight too."""
    smoothed = [0.0] * HOURS
    for hour, amount in enumerate(curve):
        if amount:
            for there, share in _SPREAD[hour]:
                smoothed[there] += share * amount
    return smoothed


def mixed(*curves: tuple[Curve, float]) -> Curve:
    """Returns the mean of curves by what each is worth; they must be worth something together."""
    total = sum(worth for _, worth in curves)
    mean = [0.0] * HOURS
    for curve, worth in curves:
        if worth:
            share = worth / total
            mean = [sum_ + amount * share for sum_, amount in zip(mean, curve, strict=True)]
    return mean


def totals(curve: Curve, width: int) -> Curve:
    """Returns what each window of so many hours adds up to, by the hour in which it begins."""
    around = [*curve, *curve[: width - 1]]
    return [sum(around[start : start + width]) for start in range(HOURS)]


def apart(hour: int, other: int) -> int:
    """Returns how many hours lie between two hours of the clock, the shorter way round."""
    return min((hour - other) % HOURS, (other - hour) % HOURS)
