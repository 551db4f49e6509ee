"""`work.peak_hours`: the best three hours in a row of the energy curve."""

from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import PeakHours, Question, Trait, Window
from services.profiler.traits import energy_patterns
from services.profiler.traits.certainty import peak_hit_rate
from services.profiler.traits.energy_patterns import Curve
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Rule, trait

NAME = "work.peak_hours"
METHOD = (
    "The three hours in a row with the most energy on the curve of work.energy_patterns, and a "
    "second window if it is nearly as good. A window begins with an hour in which you worked. The "
    "confidence is the probability that the first window is within one hour of the truth."
)
WINDOW_HOURS = 3
MOST_WINDOWS = 2
NEARLY_AS_GOOD = 0.75
"""Of the best window's mean level; below that a further window is no peak."""


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the windows, once there is an energy curve."""
    seen = energy_patterns.picture(memory, prior)
    if seen is None:
        return None
    at_weekends = best_windows(seen.weekend, seen.worked_weekend) if seen.weekend_seen else ()
    return trait(
        energy_patterns.GROUP,
        memory,
        prior,
        PeakHours(best_windows(seen.weekday, seen.worked_weekday), at_weekends),
        n=seen.n,
        effective_n=seen.effective_n,
        spread=seen.spread,
        confidence=peak_hit_rate(seen.sightings),
        enough=energy_patterns.ENOUGH,
        question=seen.question,
    )


def best_windows(curve: Curve, worked: Curve) -> tuple[Window, ...]:
    """Returns windows that do not overlap, best first; of equals, the earliest."""
    levels = energy_patterns.levels(curve)
    means = [total / WINDOW_HOURS for total in _totals(levels)]
    least = NEARLY_AS_GOOD * max(means)
    chosen: list[int] = []
    while len(chosen) < MOST_WINDOWS:
        free = [
            start
            for start in range(24)
            if means[start] >= least and not any(_meet(start, one) for one in chosen)
        ]
        if not free:
            break
        best = max(free, key=lambda start: (means[start], -start))
        begun = _begun(best, worked)
        chosen.append(begun if begun in free else best)
    return tuple(_window(start, means[start]) for start in chosen)


def _begun(start: int, worked: Curve) -> int:
    """Returns the window's first hour with work: smoothing spreads work into the hour before."""
    hours = ((start + away) % 24 for away in range(WINDOW_HOURS))
    return next((hour for hour in hours if worked[hour]), start)


def _totals(hours: Curve) -> list[float]:
    """Returns what each window adds up to, by the hour in which it begins."""
    return [sum(hours[(start + away) % 24] for away in range(WINDOW_HOURS)) for start in range(24)]


def _meet(start: int, other: int) -> bool:
    return min((start - other) % 24, (other - start) % 24) < WINDOW_HOURS


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
