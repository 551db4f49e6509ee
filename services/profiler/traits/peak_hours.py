"""`work.peak_hours`: the best three hours in a row of the energy curve."""

from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import PeakHours, Question, Trait, Window
from services.profiler.traits import energy_patterns
from services.profiler.traits.certainty import WINDOW_HOURS
from services.profiler.traits.curves import Curve, apart, totals
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Rule, trait

NAME = "work.peak_hours"
METHOD = (
    "The three hours in a row with the most energy on the curve of work.energy_patterns, and a "
    "second window if it is nearly as good. A window with rated work begins with an hour of it. "
    "The confidence is the probability that the first window is within one hour of the truth about "
    "the time that was seen: habits drift, and for the months to come it is lower."
)
MOST_WINDOWS = 2
NEARLY_AS_GOOD = 0.75
"""Of the best window's mean level; below that a further window is no peak."""


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the windows, once there is an energy curve."""
    seen = energy_patterns.picture(memory, prior)
    if seen is None:
        return None
    at_weekends = best_windows(seen.weekend, seen.rated_weekend) if seen.weekend_seen else ()
    return trait(
        energy_patterns.GROUP,
        memory,
        prior,
        PeakHours(best_windows(seen.weekday, seen.rated_weekday), at_weekends),
        n=seen.n,
        effective_n=seen.effective_n,
        spread=seen.spread,
        confidence=seen.confidence,
        enough=energy_patterns.ENOUGH,
        question=seen.question,
    )


def best_windows(curve: Curve, rated: Curve) -> tuple[Window, ...]:
    """Returns windows that do not overlap, best first; of equals, the earliest."""
    levels = energy_patterns.levels(curve)
    means = [total / WINDOW_HOURS for total in totals(levels, WINDOW_HOURS)]
    least = NEARLY_AS_GOOD * max(means)
    chosen: list[int] = []
    while len(chosen) < MOST_WINDOWS:
        free = [
            start
            for start in range(24)
            if means[start] >= least and not any(apart(start, one) < WINDOW_HOURS for one in chosen)
        ]
        if not free:
            break
        best = max(free, key=lambda start: (means[start], -start))
        begun = _begun(best, rated)
        chosen.append(begun if begun in free else best)
    return tuple(_window(start, means[start]) for start in chosen)


def _begun(start: int, rated: Curve) -> int:
    """Returns the window's first hour with rated work: smoothing spreads it to the hour before."""
    hours = ((start + away) % 24 for away in range(WINDOW_HOURS))
    return next((hour for hour in hours if rated[hour]), start)


def _window(start: int, level: float) -> Window:
    end = (start + WINDOW_HOURS) % 24
    return Window(clock_face(start * 60), clock_face(end * 60), round(level, 3))


RULE = Rule(
    NAME,
    METHOD,
    energy_patterns.COUNTING,
    fold,
    energy_patterns.says,
    (Question.MOST_PRODUCTIVE,),
)
