"""What a model must beat: everybody's window, a raw histogram, and a plain kernel with a prior."""

import numpy as np

from eval.windows import HOURS, Histogram

EVERYBODY = 14
"""Where the window that is best for people in general begins."""
PRIOR_WORTH = 10.0

_AWAY = np.minimum(np.arange(HOURS), HOURS - np.arange(HOURS))
_BELL = np.exp(-(_AWAY**2) / 2)
_SPREAD = np.array([np.roll(_BELL / _BELL.sum(), hour) for hour in range(HOURS)])


def reference(seen: Histogram, everybody: Histogram) -> Histogram:
    """Returns the circular kernel of one hour over what was seen, and a prior worth 10 sightings.

    `everybody` is the mean of the other people's shares.
    """
    smoothed: Histogram = seen @ _SPREAD
    return smoothed + PRIOR_WORTH * everybody
