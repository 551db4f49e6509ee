"""Whom advice helps less in the fourth week than in the first."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import sqrt
from statistics import NormalDist, mean

from eval.rows import NOT_RUN, Row
from eval.simulation.log import Log

FIRST_WEEK, FOURTH_WEEK = range(1, 8), range(22, 29)
FALL, MOST_FALLING = 0.05, 0.02
FEWEST = 30
"""Suggestions of a week; with fewer it is not said whether somebody fell."""

NAME = f"people whom less helps in week 4 than in week 1, by more than {FALL:.0%}"

Weeks = tuple[float, float]


def falling(lives: Collection[Sequence[Log]]) -> Row:
    """Returns it by what would have helped, without the flips, at all moments that were looked at.

    `lives` has a family's lives: the same people in other months. A week is the mean over them,
    since one week differs from another by what its days happen to bring.
    """
    weeks = [week for family in lives for week in _over_lives(family)]
    if not weeks:
        return Row(NAME, NOT_RUN, "", "", NOT_RUN)
    each = max(len(family) for family in lives)
    met = sum(_fell(week) for week in weeks) <= MOST_FALLING * len(weeks)
    share = f"at most {MOST_FALLING:.0%}"
    return Row(NAME, _share(weeks), f"each over {each} months; {_means(weeks)}", share, met)


def falling_in_one_month(logs: Collection[Log]) -> Row:
    """Returns it of one life each, beside how many would seem to fall by chance."""
    name = f"{NAME}, in one month each"
    both = [week for log in logs for week in _by_person(log).values()]
    if not both:
        return Row(name, NOT_RUN, "", "", NOT_RUN)
    weeks = [(mean(first), mean(fourth)) for first, fourth in both]
    chance = sum(_falls_by_chance(first, fourth) for first, fourth in both)
    beside = f"through the API; by chance alone {chance:.1f} people; {_means(weeks)}"
    return Row(name, _share(weeks), beside, "", None)


def _over_lives(lives: Sequence[Log]) -> Iterator[Weeks]:
    """Yields who said enough to be counted in each of the lives."""
    seen: defaultdict[str, list[Weeks]] = defaultdict(list)
    for log in lives:
        for person, (first, fourth) in _by_person(log).items():
            seen[person].append((mean(first), mean(fourth)))
    for weeks in seen.values():
        if len(weeks) == len(lives):
            first, fourth = zip(*weeks, strict=True)
            yield mean(first), mean(fourth)


def _by_person(log: Log) -> Mapping[str, tuple[Sequence[bool], Sequence[bool]]]:
    first, fourth = (_weekly(log, week) for week in (FIRST_WEEK, FOURTH_WEEK))
    return {one: (first[one], fourth[one]) for one in first if one in fourth}


def _weekly(log: Log, week: range) -> dict[str, list[bool]]:
    helped: defaultdict[str, list[bool]] = defaultdict(list)
    for one in log.said:
        if one.day in week:
            helped[one.person].append(one.helps)
    return {person: each for person, each in helped.items() if len(each) >= FEWEST}


def _fell(week: Weeks) -> bool:
    first, fourth = week
    return fourth < first - FALL


def _falls_by_chance(first: Sequence[bool], fourth: Sequence[bool]) -> float:
    """Returns how likely it looks like a fall though nothing got worse for them."""
    before, after = mean(first), max(mean(first), mean(fourth))
    variance = before * (1 - before) / len(first) + after * (1 - after) / len(fourth)
    return NormalDist(after - before, sqrt(variance)).cdf(-FALL) if variance else 0.0


def _share(weeks: Sequence[Weeks]) -> str:
    fell = sum(map(_fell, weeks))
    return f"{fell / len(weeks):.1%} ({fell} of {len(weeks)})"


def _means(weeks: Sequence[Weeks]) -> str:
    first, fourth = (mean(week) for week in zip(*weeks, strict=True))
    return f"of what was said helped {first:.3f} in week 1, {fourth:.3f} in week 4"
