"""Asks the profiler itself what it believes: statements to days, days to weeks, weeks to traits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from services.profiler.days import merge
from services.profiler.ledger import Books, enter, weeks_from
from services.profiler.model import Fact, ObservationId, PeakHours, Statement, Traits, WorkSession
from services.profiler.traits import energy_patterns, fold, peak_hours, remembered
from services.profiler.traits.curves import Curve
from services.profiler.traits.prior import SHIPPED, Prior
from services.profiler.traits.recall import Recall

COMMIT_SECONDS = 600
"""A commit stands for so much work, from its time on."""


@dataclass(frozen=True)
class Peak:
    """The hour at which the first window begins, and the trait's confidence."""

    start: int
    confidence: float


def peak_after(times: Sequence[datetime], prior: Prior) -> Peak:
    """Returns the peak that is believed after these commits and nothing else."""
    return _peak(enter(Books({}, {}), statements(map(_work, times)), prior).belief.traits)


def traits_after(facts: Iterable[Fact], prior: Prior = SHIPPED) -> Traits:
    """Returns what is believed after these facts and nothing else."""
    return Believer(prior).after(facts)


def statements(facts: Iterable[Fact], numbers: Iterator[int] | None = None) -> list[Statement]:
    """Returns one statement for each fact, numbered from 1, or further."""
    numbered = zip(numbers or count(1), facts, strict=False)
    return [Statement(one, ObservationId(f"o{one}"), fact) for one, fact in numbered]


class Believer:
    """Keeps books of one person, and believes more with every fact."""

    def __init__(self, prior: Prior = SHIPPED) -> None:
        self._books = Books({}, {})
        self._numbers = count(1)
        self._prior = prior

    def after(self, facts: Iterable[Fact]) -> Traits:
        """Returns what is believed after these facts as well."""
        said = statements(facts, self._numbers)
        books, entered = self._books, enter(self._books, said, self._prior)
        self._books = Books({**books.days, **entered.days}, {**books.weeks, **entered.weeks})
        return entered.belief.traits


def curve_after(times: Sequence[datetime], prior: Prior) -> tuple[Curve, float]:
    """Returns the weekday curve after these commits, and the sightings that it rests on."""
    weeks = list(weeks_from(merge({}, statements(map(_work, times)))).values())
    seen = energy_patterns.picture(remembered(weeks, Recall(prior.habits)), prior)
    assert seen is not None
    return seen.weekday, seen.sightings


class History:
    """All commits of a person, believed up to any day."""

    def __init__(self, times: Sequence[datetime], prior: Prior) -> None:
        self._days = merge({}, statements(map(_work, times)))
        self._prior = prior

    def peak_before(self, end: date) -> Peak:
        """Returns the peak that is believed after the days before `end`."""
        before = {day: entries for day, entries in self._days.items() if day < end}
        return _peak(fold(list(weeks_from(before).values()), self._prior).traits)


def _work(time: datetime) -> WorkSession:
    """Returns a commit as a short session without a score, in a zone in which local time is UTC."""
    start = int(time.replace(tzinfo=UTC).timestamp())
    return WorkSession(start, start + COMMIT_SECONDS, "UTC")


def _peak(traits: Traits) -> Peak:
    trait = traits[peak_hours.NAME]
    assert isinstance(trait.value, PeakHours)
    return Peak(int(trait.value.windows[0].start[:2]), trait.confidence)
