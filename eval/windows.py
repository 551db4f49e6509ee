"""Three-hour windows of the local day, and what they hold of somebody's activity."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

HOURS = 24
WIDTH = 3

Histogram = npt.NDArray[np.float64]


def histogram(hours: Iterable[int]) -> Histogram:
    """Returns how many of the hours are 0, 1, ... 23."""
    return np.bincount(list(hours), minlength=HOURS).astype(float)


def held(activity: Histogram) -> Histogram:
    """Returns what the window that begins at each hour holds, around midnight too."""
    windows: Histogram = np.sum([np.roll(activity, -away) for away in range(WIDTH)], axis=0)
    return windows


def best(activity: Histogram) -> int:
    """Returns where the best window begins; of equals, the earliest."""
    return int(np.argmax(held(activity)))


def captured(start: int, activity: Histogram) -> float:
    """Returns the share of the best window's activity that the window from `start` holds."""
    windows = held(activity)
    return float(windows[start] / windows.max())


def is_near(start: int, truth: int) -> bool:
    """Tells whether a window begins within one hour of another."""
    return (start - truth) % HOURS in (0, 1, HOURS - 1)
