"""The rows on made-up people: each family, each trait, each number of observations.

How far off a belief is, is judged in each family. How sure it is, is judged over all of them: a
probability is right of all of whom the same is known, and from a few days nobody can tell which
family somebody is of. How far each family is from it is told beside.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median, stdev

from clients.workbench.families import Family
from eval.made_up import changes, judging
from eval.made_up.changes import Changed, share_right
from eval.made_up.judging import PERSONAKIT, Judged
from eval.made_up.measuring import NOTHING, SIZES
from eval.rows import NOT_RUN, Estimate, Row

OFF_IN_A_BUCKET, OFF_IN_ALL = 0.05, 0.03
COVERED = 0.8
FOLLOWED_AT_LEAST = 0.9
"""Of those of whom the window is right, had they always been so."""


@dataclass(frozen=True)
class Error:
    """How the errors of one belief are told: by their median or mean, in a unit, with lines at
    some numbers of observations."""

    what: str
    middle: Callable[[Sequence[float]], float]
    unit: str
    at_most: Mapping[int, float]
    at_least: Mapping[int, float]

    def line(self, n: int) -> str:
        if n in self.at_most:
            return f"at most {self.at_most[n]:g}"
        return f"at least {self.at_least[n]:g}" if n in self.at_least else ""

    def met(self, n: int, value: float) -> bool | None:
        if n in self.at_most:
            return value <= self.at_most[n]
        return value >= self.at_least[n] if n in self.at_least else None


ERRORS = (
    Error(judging.CAPTURED, fmean, "share", {}, {}),
    Error(judging.NEAR, fmean, "rate", {}, {}),
    Error(judging.NEAR_TOLD, fmean, "rate", {}, {}),
    Error(judging.LEVELS, fmean, "mean difference", {}, {}),
    Error(judging.FOCUS, median, "median error", {20: 0.12, 100: 0.06}, {}),
    Error(judging.FOCUS_P90, median, "median error", {}, {}),
    Error(judging.RECOVERY, median, "median error, minutes", {20: 5.0}, {}),
    Error(judging.LABEL, fmean, "rate right", {}, {}),
    Error(judging.LABEL_OFTEN, fmean, "rate right", {}, {50: 0.8}),
    Error(judging.LOST, median, "median error, points", {}, {}),
    Error(judging.START, median, "median error, minutes", {}, {}),
    Error(judging.WORST, fmean, "rate right", {}, {}),
)
TOGETHER = Error(judging.LABEL, fmean, "rate right", {}, {50: 0.8})
"""Of all made-up people: a level is one of three, so that a hundred people of one family tell it to
0.04 only."""
CALIBRATED = (
    judging.NEAR,
    judging.NEAR_TOLD,
    judging.FOCUS,
    judging.RECOVERY,
    judging.LABEL,
    judging.START,
)
COVERING = (judging.FOCUS, judging.RECOVERY)


def rows(judged: Sequence[Judged], changed: Sequence[Changed]) -> Iterator[Row]:
    """Yields the rows of all families; without judgements they say that nothing was run."""
    for family in Family:
        mine = [one for one in judged if one.family == family]
        for error in ERRORS:
            for n in sizes(error.what):
                yield _error(error, f"made-up {family}", n, _select(mine, error.what, n))
        yield from _changes(family, [one for one in changed if one.family == family])
    for n in SIZES:
        yield _error(TOGETHER, "made-up people", n, _select(judged, TOGETHER.what, n))
    for what in CALIBRATED:
        for n in sizes(what):
            yield _calibration(f"{what}, n={n}", _select(judged, what, n), in_all=False)
        everything = [one for one in judged if one.what == what]
        yield _calibration(f"{what}, over all", everything, in_all=True)
    for what in COVERING:
        for n in SIZES:
            yield _coverage(what, n, _select(judged, what, n))


def sizes(what: str) -> tuple[int, ...]:
    """Returns after how many observations something is judged."""
    return (NOTHING, *SIZES) if what == judging.NEAR_TOLD else SIZES


def _select(judged: Sequence[Judged], what: str, n: int) -> list[Judged]:
    return [one for one in judged if one.what == what and one.n == n]


def _error(error: Error, who: str, n: int, found: Sequence[Judged]) -> Row:
    name = f"{who}: {error.what}, {error.unit}, n={n}"
    if not found:
        return Row(name, NOT_RUN, "", error.line(n), NOT_RUN)
    values = {
        predictor: error.middle([one.found[predictor] for one in found])
        for predictor in found[0].found
    }
    value = values.pop(PERSONAKIT)
    beside = ", ".join(f"{predictor} {other:.3f}" for predictor, other in values.items())
    return Row(name, f"{value:.3f}", beside, error.line(n), error.met(n, value))


def _calibration(what: str, found: Sequence[Judged], *, in_all: bool) -> Row:
    name = f"made-up people: stated confidence of {what}"
    allowed = f"{OFF_IN_ALL}" if in_all else f"{OFF_IN_A_BUCKET} + 2 standard errors"
    line = f"within {allowed} of how often it is right"
    if not found:
        return Row(name, NOT_RUN, "", line, NOT_RUN)
    off = _mean(found, _overconfidence)
    met = abs(off.value) <= (OFF_IN_ALL if in_all else OFF_IN_A_BUCKET + 2 * off.error)
    stated, right = fmean(one.stated for one in found), fmean(one.right for one in found)
    beside = f"right in {right:.3f}; off by {_by_family(found, _overconfidence)}"
    return Row(name, f"{stated:.3f} (off by {off})", beside, line, met)


def _coverage(what: str, n: int, found: Sequence[Judged]) -> Row:
    name = f"made-up people: share within the spread around {what}, n={n}"
    line = f"{COVERED} within {OFF_IN_A_BUCKET} + 2 standard errors"
    if not found:
        return Row(name, NOT_RUN, "", line, NOT_RUN)
    off = _mean(found, _overcoverage)
    met = abs(off.value) <= OFF_IN_A_BUCKET + 2 * off.error
    beside = f"stated {COVERED}; off by {_by_family(found, _overcoverage)}"
    return Row(name, f"{COVERED + off.value:.3f} ± {off.error:.3f}", beside, line, met)


def _overconfidence(one: Judged) -> float:
    return one.stated - one.right


def _overcoverage(one: Judged) -> float:
    return one.covered - COVERED


def _mean(found: Sequence[Judged], off: Callable[[Judged], float]) -> Estimate:
    """Returns the mean over people, each of whom counts once."""
    people: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for one in found:
        people[one.family, one.person].append(off(one))
    means = [fmean(each) for each in people.values()]
    return Estimate(fmean(means), stdev(means) / sqrt(len(means)))


def _by_family(found: Sequence[Judged], off: Callable[[Judged], float]) -> str:
    """Tells by how much it is off in each family."""
    each = {family: [one for one in found if one.family == family] for family in Family}
    return ", ".join(f"{family} {_mean(mine, off)}" for family, mine in each.items() if mine)


def _changes(family: Family, changed: Sequence[Changed]) -> Iterator[Row]:
    for what in (changes.MOVED, changes.PEAK_MOVED):
        yield _followed(what, family, [one for one in changed if one.what == what])
    yield _kept(family, [one for one in changed if one.what == changes.HOLIDAY])


def _followed(what: str, family: Family, found: Sequence[Changed]) -> Row:
    days = changes.FOLLOWED_WITHIN
    name = f"made-up {family}: {what} by {changes.HOURS} h, near after {days} days"
    line = f"at least {FOLLOWED_AT_LEAST} of the rate of those who were always so"
    if not found:
        return Row(name, NOT_RUN, "", line, NOT_RUN)
    rates = {after: share_right(found, after) for after in changes.DAYS_AFTER}
    always = fmean(one.always_so for one in found)
    beside = ", ".join(f"{rate:.2f} after {after}" for after, rate in rates.items() if after)
    met = rates[days] >= FOLLOWED_AT_LEAST * always
    return Row(name, f"{rates[days]:.3f}", f"{always:.3f} always so; {beside} days", line, met)


def _kept(family: Family, found: Sequence[Changed]) -> Row:
    name = f"made-up {family}: {changes.HOLIDAY} erases nothing, share of people"
    if not found:
        return Row(name, NOT_RUN, "", "all", NOT_RUN)
    value = share_right(found, changes.FORTNIGHT.days)
    return Row(name, f"{value:.3f}", "", "all", value == 1)
