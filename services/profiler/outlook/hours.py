"""What would move the energy curve, and the best hours on it."""

from collections.abc import Callable, Iterator, Sequence

from services.profiler.localtime import clock_face
from services.profiler.model import EnergyPatterns, PeakHours, Question, Trait
from services.profiler.outlook.stage import SESSION_MINUTES, Idea, Stage, answered, repeated
from services.profiler.outlook.trial import Trial
from services.profiler.traits import energy_patterns
from services.profiler.traits.certainty import NEAR, WINDOW_HOURS
from services.profiler.traits.curves import HOURS, apart, totals
from services.profiler.words.numbers import many

BEST_SCORE = 5
PARTS = ("morning", "afternoon", "evening")
DEAF_FROM = 50 * energy_patterns.ANSWER_WORTH
"""Sessions beside which an answer is a fiftieth."""
WORTH = many(round(energy_patterns.ANSWER_WORTH), "session")


def of_patterns(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would move the best hour."""
    now = best_hour(trial.now)
    rival = _rival(_weekdays(trial.now), now)

    def moves(trait: Trait) -> bool:
        return best_hour(trait) != now

    def says(trait: Trait) -> str:
        hours = _clock(now), _clock(best_hour(trait))
        return f"would move the best hour of weekdays from {hours[0]} to {hours[1]}"

    yield from _answers(trial, stage, moves, says)
    yield _rated(stage, rival, 1, lambda trait: best_hour(trait) == rival, says)


def of_peaks(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would move the first window."""
    now = first_window(trial.now)
    levels = _weekdays(trial.also(energy_patterns.RULE))
    rival = _rival(totals(levels, WINDOW_HOURS), _hour(now))

    def moves(trait: Trait) -> bool:
        return first_window(trait) != now

    def is_there(trait: Trait) -> bool:
        return apart(_hour(first_window(trait)), rival) <= NEAR

    def says(trait: Trait) -> str:
        return f"would move the first window from {now} to {first_window(trait)}"

    yield from _answers(trial, stage, moves, says)
    yield _rated(stage, rival, WINDOW_HOURS, is_there, says)


def best_hour(trait: Trait | None) -> int:
    """Returns the hour of weekdays with the highest level."""
    levels = _weekdays(trait)
    return max(range(HOURS), key=levels.__getitem__)


def first_window(trait: Trait | None) -> str:
    """Returns the first window of weekdays, such as "09:00-12:00"."""
    value = trait.value if trait else None
    assert isinstance(value, PeakHours)  # noqa: S101
    return f"{value.windows[0].start}-{value.windows[0].end}"


def _hour(window: str) -> int:
    return int(window[:2])


def _weekdays(trait: Trait | None) -> Sequence[float]:
    value = trait.value if trait else None
    assert isinstance(value, EnergyPatterns)  # noqa: S101
    return value.weekday


def _rival(levels: Sequence[float], best: int) -> int:
    """Returns the best place that does not overlap with the best of all."""
    free = [hour for hour in range(HOURS) if apart(hour, best) >= WINDOW_HOURS]
    return max(free, key=lambda hour: (levels[hour], -hour))


def _answers(
    trial: Trial, stage: Stage, works: Callable[[Trait], bool], says: Callable[[Trait], str]
) -> Iterator[Idea]:
    """Yields answers, unless so much was seen that none is heard: that need not be tried."""
    heard = trial.now is not None and trial.now.effective_n < DEAF_FROM
    for part in PARTS if heard else ():
        yield answered(stage.answer(Question.MOST_PRODUCTIVE, part), WORTH, works, says)


def _rated(
    stage: Stage,
    start: int,
    hours: int,
    works: Callable[[Trait], bool],
    says: Callable[[Trait], str],
) -> Idea:
    """Sessions of the best score in the middle of so many hours."""
    minute = (start * 60 + (hours * 60 - SESSION_MINUTES) // 2) % (HOURS * 60)
    when = f"between {_clock(start)} and {_clock(start + hours)} rated {BEST_SCORE}"
    return repeated(
        lambda times: f"{many(times, 'session')} of {SESSION_MINUTES} minutes {when}",
        lambda number: [stage.work(number, minute, score=BEST_SCORE)],
        works,
        says,
    )


def _clock(hour: int) -> str:
    return clock_face(hour % HOURS * 60)
