"""Whom advice helps less in the fourth week than in the first, seen in two ways."""

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, mean

from eval.rows import NOT_RUN, Row
from eval.simulation.log import Log

FIRST_WEEK, FOURTH_WEEK = range(1, 8), range(22, 29)
FALL, MOST_FALLING = 0.05, 0.02
FEWEST = 30
"""Suggestions of a week; with fewer it is not said whether somebody fell."""

Weeks = tuple[float, float]


def falling(logs: Sequence[Log]) -> Row:
    """Returns it by what would have helped, without the flips, at all moments that were looked at:
    each week by its own days, which differ by chance as well."""
    weeks: list[Weeks] = []
    chance = 0.0
    for log in logs:
        first, fourth = (_weekly(log, week) for week in (FIRST_WEEK, FOURTH_WEEK))
        for person in first.keys() & fourth.keys():
            weeks.append((mean(first[person]), mean(fourth[person])))
            chance += _falls_by_chance(first[person], fourth[person])
    name = f"people whom less helps in week 4 than in week 1, by more than {FALL:.0%}"
    return _row(name, weeks, f"by chance alone {chance:.1f} people")


def falling_on_the_same_days(logs: Sequence[Log]) -> Row:
    """Returns it by what would help on the two weeks after the use, told by what was known in
    either week: what a week happened to bring makes no difference."""
    weeks = [week for log in logs for week in _relived(log)]
    name = f"the same, told on the same days by what was known in either week, by {FALL:.0%}"
    return _row(name, weeks, "the same moments for both weeks")


def _row(name: str, weeks: Sequence[Weeks], beside: str) -> Row:
    if not weeks:
        return Row(name, NOT_RUN, "", "", NOT_RUN)
    fell = sum(fourth < first - FALL for first, fourth in weeks)
    first, fourth = (mean(week) for week in zip(*weeks, strict=True))
    return Row(
        name,
        f"{fell / len(weeks):.1%} ({fell} of {len(weeks)})",
        f"{beside}; of what was said helped {first:.3f} in week 1, {fourth:.3f} in week 4",
        f"at most {MOST_FALLING:.0%}",
        fell <= MOST_FALLING * len(weeks),
    )


def _falls_by_chance(first: Sequence[bool], fourth: Sequence[bool]) -> float:
    """Returns how likely it looks like a fall though nothing got worse for them."""
    before, after = mean(first), max(mean(first), mean(fourth))
    variance = before * (1 - before) / len(first) + after * (1 - after) / len(fourth)
    return NormalDist(after - before, sqrt(variance)).cdf(-FALL) if variance else 0.0


def _weekly(log: Log, week: range) -> dict[str, list[bool]]:
    helped: defaultdict[str, list[bool]] = defaultdict(list)
    for one in log.said:
        if one.day in week:
            helped[one.person].append(one.helps)
    return {person: each for person, each in helped.items() if len(each) >= FEWEST}


def _relived(log: Log) -> list[Weeks]:
    first, fourth = (_relived_by(log, week) for week in (FIRST_WEEK, FOURTH_WEEK))
    return [(first[person], fourth[person]) for person in sorted(first.keys() & fourth.keys())]


def _relived_by(log: Log, week: range) -> dict[str, float]:
    """Returns the share that helps each person, by what was known in a week."""
    said, helps = defaultdict[str, int](int), defaultdict[str, int](int)
    for one in log.relived:
        if one.day in week:
            said[one.person] += one.said
            helps[one.person] += one.helps
    return {person: helps[person] / said[person] for person in said if said[person] >= FEWEST}
