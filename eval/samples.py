"""Splits each person's commits into what is shown and what is held out, and lets all predict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

import numpy as np

from eval.believing import History, Peak, peak_after
from eval.commits import Committer
from eval.reference import EVERYBODY, reference
from eval.windows import Histogram, best, captured, histogram, is_near
from services.profiler.traits.habits import learn
from services.profiler.traits.prior import SHIPPED, Prior

RANDOM, HALVES, AHEAD = "random split", "earlier half to later half", "next 60 days"
RANDOM_SIZES = (5, 10, 20, 50, 100, 200)
HALVES_SIZES = (10, 20, 50, 100)
ALL_OF_IT = 0
"""The size of a sample that shows all that happened before."""
FIRST_CUT, BETWEEN_CUTS, HORIZON = timedelta(days=60), timedelta(days=30), timedelta(days=60)
FEWEST_SHOWN = FEWEST_HELD_OUT = 20

PERSONAKIT, REFERENCE, RAW, FIXED = "personakit", "reference", "raw histogram", "everybody"
OTHER_DAYS = "all other days"
"""Who knows all that came before and comes after, and not how months differ."""
STILL = "if months were alike"
"""The same, of as many commits drawn from all months."""


@dataclass(frozen=True)
class Sample:
    """One prediction task: by predictor, the share captured and whether the window was near."""

    person: str
    task: str
    n: int
    captured: Mapping[str, float]
    near: Mapping[str, bool]
    confidence: float


@dataclass(frozen=True)
class Others:
    """What all people but one teach: to the reference their mean, to PersonaKit a prior."""

    mean: Histogram
    prior: Prior

    @classmethod
    def of(cls, people: Sequence[Committer]) -> "Others":
        learned = learn([(one.shares, len(one.times)) for one in people])
        shares = [histogram(one.hours) / len(one.hours) for one in people]
        mean: Histogram = np.mean(shares, axis=0)
        return cls(mean, replace(SHIPPED, version="leave one out", habits=learned))


def samples(person: Committer, others: Others, draws: int) -> Iterator[Sample]:
    """Yields all tasks on one person, the same ones every time."""
    dice = Random(person.name)
    for _ in range(draws):
        for n, shown, rest in random_splits(person, dice):
            yield _sample(person, RANDOM, n, shown, rest, others)
        yield from _halves(person, others, dice)
    yield from _ahead(person, others)


def random_splits(
    person: Committer, dice: Random
) -> Iterator[tuple[int, Sequence[datetime], Histogram]]:
    """Yields n, what is shown, and what is held out, for every size."""
    order = dice.sample(range(len(person.times)), len(person.times))
    for n in RANDOM_SIZES:
        shown = [person.times[index] for index in sorted(order[:n])]
        yield n, shown, histogram(person.hours[index] for index in order[n:])


def _halves(person: Committer, others: Others, dice: Random) -> Iterator[Sample]:
    middle = len(person.times) // 2
    later = histogram(person.hours[middle:])
    for n in HALVES_SIZES:
        shown = [person.times[index] for index in sorted(dice.sample(range(middle), n))]
        yield _sample(person, HALVES, n, shown, later, others)


def _sample(
    person: Committer,
    task: str,
    n: int,
    shown: Sequence[datetime],
    held_out: Histogram,
    others: Others,
) -> Sample:
    seen = histogram(time.hour for time in shown)
    return _judged(person, task, n, seen, peak_after(shown, others.prior), held_out, others)


def _ahead(person: Committer, others: Others) -> Iterator[Sample]:
    history = History(person.times, others.prior)
    cut, last = person.days[0] + FIRST_CUT, person.days[-1]
    while cut <= last - BETWEEN_CUTS:
        before = [hour for hour, day in zip(person.hours, person.days, strict=True) if day < cut]
        after = _between(person, cut, cut + HORIZON)
        if len(before) >= FEWEST_SHOWN and after.sum() >= FEWEST_HELD_OUT:
            peak = history.peak_before(cut)
            sample = _judged(person, AHEAD, ALL_OF_IT, histogram(before), peak, after, others)
            sample = _with(sample, OTHER_DAYS, best(histogram(person.hours) - after), after)
            drawn = histogram(Random(f"{person.name} {cut}").sample(person.hours, int(after.sum())))
            yield _with(sample, STILL, best(histogram(person.hours) - drawn), drawn)
        cut += BETWEEN_CUTS


def _with(sample: Sample, predictor: str, start: int, held_out: Histogram) -> Sample:
    near = {**sample.near, predictor: is_near(start, best(held_out))}
    share = {**sample.captured, predictor: captured(start, held_out)}
    return replace(sample, captured=share, near=near)


def _between(person: Committer, first: date, end: date) -> Histogram:
    hours = zip(person.hours, person.days, strict=True)
    return histogram(hour for hour, day in hours if first <= day < end)


def _judged(
    person: Committer,
    task: str,
    n: int,
    seen: Histogram,
    peak: Peak,
    held_out: Histogram,
    others: Others,
) -> Sample:
    truth = best(held_out)
    starts = {
        PERSONAKIT: peak.start,
        REFERENCE: best(reference(seen, others.mean)),
        RAW: best(seen),
        FIXED: EVERYBODY,
    }
    return Sample(
        person.name,
        task,
        n,
        {name: captured(start, held_out) for name, start in starts.items()},
        {name: is_near(start, truth) for name, start in starts.items()},
        peak.confidence,
    )
