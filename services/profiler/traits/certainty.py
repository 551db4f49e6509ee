"""How sure a trait is: probabilities, not feelings."""

from collections.abc import Sequence
from math import erf, exp, log, sqrt

from services.profiler.traits.curves import HOURS, Curve, apart, shares, totals

MIDDLE_80 = 1.2816
"""Half the width of the middle 80 % of a normal distribution, in standard deviations."""

MEDIAN_ERROR = 1.2533
"""The standard error of a median, in those of a mean."""

WINDOW_HOURS = 3
NEAR = 1
"""Hours by which a window may be off and still be right."""
GUESS_WORTH = 10.0
"""Sightings that what is not seen but presumed counts as, for how sure a lead is."""
MOST_SIGHTINGS = 200.0
"""More were not measured: habits drift, so that more sightings promise no more."""
AT_NOTHING, FOR_MORE, FOR_THE_LEAD = -0.83, 0.12, 3.11
"""Of how often the first window was right, on 6,960 random splits of the commits of 58 people
(`python -m eval.calibrate`); within 0.03 in every size when the people judged were left out."""
FOR_AGREEING = 1.1
"""Of 600 made-up people of all shapes who answered, and of whom nobody is judged: where the answer
named the window that was seen it was right more often than one by itself, elsewhere less often."""


def peak_confidence(curve: Curve, sightings: float, agreed: float = 0.0) -> float:
    """Returns the probability that the curve's best window is within one hour of the truth.

    `agreed` says how far what was seen and what was answered agree on it: from -1, where they
    contradict each other, to 1.
    """
    n = min(sightings, MOST_SIGHTINGS)
    odds = AT_NOTHING + FOR_MORE * log(n + 5) + FOR_THE_LEAD * lead(curve, n)
    return 1 / (1 + exp(-odds - FOR_AGREEING * agreed))


def best_start(curve: Curve) -> int:
    """Returns the hour at which the best window begins."""
    return _highest(totals(curve, WINDOW_HOURS))


def _highest(windows: Sequence[float]) -> int:
    return max(range(HOURS), key=lambda start: windows[start])


def lead(curve: Curve, sightings: float) -> float:
    """Returns by how many standard errors the best window leads those that are not near it."""
    windows = totals(shares(curve), WINDOW_HOURS)
    best = _highest(windows)
    other = max(windows[start] for start in range(HOURS) if apart(start, best) > NEAR)
    ahead = windows[best] - other
    return ahead / sqrt((windows[best] + other - ahead**2) / (sightings + GUESS_WORTH))


def normal_below(x: float) -> float:
    """Returns the share of a standard normal distribution that lies below `x`."""
    return (1 + erf(x / sqrt(2))) / 2


def chance_within(tolerance: float, error: float) -> float:
    """Returns the probability that a value lies within `tolerance` of the truth; `error` is its
    standard error."""
    return erf(tolerance / error / sqrt(2)) if error else 1.0


def median_error(deviation: float, n: float) -> float:
    """Returns the standard error of the median of `n` values with this standard deviation."""
    return MEDIAN_ERROR * deviation / sqrt(n)


def shrunk(measured: float, n: float, expected: float, worth: float) -> float:
    """Returns the mean of what `n` observations say and of what `worth` of them would say."""
    return (n * measured + worth * expected) / (n + worth)
