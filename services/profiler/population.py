"""What people have in common, learned from many of them, each counted once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from operator import mul
from statistics import fmean

from services.profiler.traits import energy_patterns, remembered, task_switching_cost
from services.profiler.traits.habits import FEWEST_PEOPLE, Habits, Way, learn
from services.profiler.traits.prior import SHIPPED, Prior
from services.profiler.traits.recall import Recall
from services.profiler.weeks import Week

FEWEST_SESSIONS = 30.0
"""Sessions, old ones counting for less, below which a person's hours are mostly chance."""
FEWEST_SQUARES = 20.0
"""Of interruptions, as many as of twenty sessions that are one interruption off the mean."""
SCORE_LOST, MINUTES_LOST = (-1.0, 1.5), (-30.0, 60.0)
"""Nobody's cost counts for less or more, so that no wild one shows in the mean."""
FARTHEST = 1.0
"""How far a person may be from the mean, in the unit in which habits are learned: 55 of the 58
people of the shipped habits are nearer."""
MOST_OF_A_WAY = 0.25
"""What one person may make up of a way in which people differ. Of the shipped ones nobody makes up
more than a fifth."""
LEAST_SHARE = 0.0004
"""Of an hour in which nobody works, for that distance."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one person tells of people: shares of work by hour, from how many sessions, and what
    an interruption cost, in score and in minutes, if that was seen."""

    shares: tuple[float, ...]
    sessions: float
    score_lost: float | None = None
    minutes_lost: float | None = None


def sample_of(weeks: Sequence[Week]) -> Sample | None:
    """Returns what a person's recent weeks tell; None if that is too little."""
    memory = remembered(weeks, Recall(SHIPPED.habits))
    worked, sessions = energy_patterns.worked(memory)
    if sessions < FEWEST_SESSIONS:
        return None
    score, minutes = task_switching_cost.measured(memory, FEWEST_SQUARES)
    return Sample(
        tuple(worked), sessions, _within(score, *SCORE_LOST), _within(minutes, *MINUTES_LOST)
    )


def _within(value: float | None, least: float, most: float) -> float | None:
    return None if value is None else min(max(value, least), most)


def learned(people: Sequence[Sample], number: int) -> Prior | None:
    """Returns the prior that these people teach, rounded; None for fewer than `FEWEST_PEOPLE`.

    What an interruption costs is learned from those of whom it is known, if they are as many.
    """
    if len(people) < FEWEST_PEOPLE:
        return None
    shares = _tempered(people)
    habits = learn([(own, one.sessions) for own, one in zip(shares, people, strict=True)])
    score = _mean([one.score_lost for one in people], SHIPPED.score_lost_per_interruption)
    minutes = _mean([one.minutes_lost for one in people], SHIPPED.minutes_lost_per_interruption)
    return replace(
        SHIPPED,
        version=f"{SHIPPED.version}+{number}",
        habits=_rounded(replace(habits, ways=tuple(_shared(habits, shares)))),
        score_lost_per_interruption=round(max(0.0, score), 2),
        minutes_lost_per_interruption=round(max(0.0, minutes), 1),
    )


def _mean(values: Sequence[float | None], otherwise: float) -> float:
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) >= FEWEST_PEOPLE else otherwise


def _tempered(people: Sequence[Sample]) -> list[Sequence[float]]:
    """Returns everybody's shares, those of people far from the rest moved towards the mean: one
    who is like nobody else must not be a way in which people differ."""
    mean = [fmean(hour) for hour in zip(*(one.shares for one in people), strict=True)]
    return [_nearer(one.shares, mean) for one in people]


def _nearer(shares: Sequence[float], mean: Sequence[float]) -> list[float]:
    away = sqrt(sum((x - m) ** 2 / (m + LEAST_SHARE) for x, m in zip(shares, mean, strict=True)))
    kept = min(1.0, FARTHEST / away) if away else 1.0
    return [m + kept * (x - m) for x, m in zip(shares, mean, strict=True)]


def _shared(habits: Habits, people: Sequence[Sequence[float]]) -> Iterator[Way]:
    """Yields the ways of which nobody alone makes up more than `MOST_OF_A_WAY`."""
    roots = [sqrt(share) for share in habits.mean]
    for way in habits.ways:
        scaled = [part / root for part, root in zip(way.direction, roots, strict=True)]
        along = [sum(map(mul, scaled, one)) - sum(map(mul, scaled, habits.mean)) for one in people]
        squares = [one * one for one in along]
        if max(squares) <= MOST_OF_A_WAY * sum(squares):
            yield way


def _rounded(habits: Habits) -> Habits:
    """Returns the habits without the digits in which a single person would show."""
    return Habits(
        tuple(max(0.001, round(share, 3)) for share in habits.mean),
        tuple(
            Way(round(way.variance, 4), tuple(round(one, 2) for one in way.direction))
            for way in habits.ways
        ),
        round(habits.rest, 5),
    )
