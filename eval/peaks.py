"""The rows on commit times: what the peak window captures, how often it is right, how sure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

from eval.commits import read
from eval.rows import NOT_RUN, Estimate, Row, over_people
from eval.samples import (
    AHEAD,
    ALL_OF_IT,
    FIXED,
    HALVES,
    HALVES_SIZES,
    OTHER_DAYS,
    PERSONAKIT,
    RANDOM,
    RANDOM_SIZES,
    RAW,
    REFERENCE,
    STILL,
    Others,
    Sample,
    samples,
)
from eval.working import each

DRAWS = 20
ALLOWANCE = 0.003
BEATS_EVERYBODY_FROM = 20
OFF_IN_A_BUCKET, OFF_IN_ALL = 0.05, 0.03
NO_WORSE = f"at least the reference less {ALLOWANCE}"
NO_WORSE_THAN_ALL = f"{NO_WORSE}, and better than everybody's window"
CLEARLY_BETTER = "better than the reference by 2 standard errors"
CALIBRATED = f"within {OFF_IN_A_BUCKET} + 2 standard errors of the hit rate"
CALIBRATED_IN_ALL = f"within {OFF_IN_ALL} of the hit rate"


def measure(path: Path, draws: int = DRAWS) -> list[Sample]:
    """Returns all samples of all people."""
    jobs = [(path, index, draws) for index in range(len(read(path)))]
    return list(chain.from_iterable(each(_of_person, jobs, "commit times")))


def _of_person(path: Path, index: int, draws: int) -> list[Sample]:
    people = read(path)
    return list(samples(people[index], Others.of([*people[:index], *people[index + 1 :]]), draws))


def rows(measured: Sequence[Sample]) -> list[Row]:
    """Returns the rows; without samples they say that nothing was run."""
    return [
        *(_no_worse(measured, n) for n in RANDOM_SIZES),
        *(_clearly_better(measured, HALVES, n) for n in HALVES_SIZES),
        _clearly_better(measured, AHEAD, ALL_OF_IT),
        *(_hit_rate(measured, n) for n in RANDOM_SIZES),
        *(_calibration(measured, n) for n in RANDOM_SIZES),
        _calibration_in_all(measured),
        *(_ahead_of_time(measured, HALVES, n) for n in HALVES_SIZES),
        _ahead_of_time(measured, AHEAD, ALL_OF_IT),
    ]


def _no_worse(measured: Sequence[Sample], n: int) -> Row:
    name, line = f"captured, {RANDOM}, n={n}", NO_WORSE
    if n >= BEATS_EVERYBODY_FROM:
        line = NO_WORSE_THAN_ALL
    found = select(measured, RANDOM, n)
    if not found:
        return Row(name, NOT_RUN, "", line, NOT_RUN)
    ahead = _ahead_of(found, REFERENCE)
    met = ahead.value >= -ALLOWANCE
    if n >= BEATS_EVERYBODY_FROM:
        met = met and _ahead_of(found, FIXED).value > 0
    return Row(name, _captured(found, ahead), _yardstick(found), line, met)


def _clearly_better(measured: Sequence[Sample], task: str, n: int) -> Row:
    name = f"captured, {task}" + (f", n={n}" if n else "")
    found = select(measured, task, n)
    if not found:
        return Row(name, NOT_RUN, "", CLEARLY_BETTER, NOT_RUN)
    ahead = _ahead_of(found, REFERENCE)
    met = ahead.value > 2 * ahead.error
    return Row(name, _captured(found, ahead), _yardstick(found), CLEARLY_BETTER, met)


def _hit_rate(measured: Sequence[Sample], n: int) -> Row:
    name = f"within one hour, {RANDOM}, n={n}"
    found = select(measured, RANDOM, n)
    if not found:
        return Row(name, NOT_RUN, "", "", NOT_RUN)
    values = {one: _rate(found, one) for one in (PERSONAKIT, REFERENCE, RAW, FIXED)}
    yardstick = ", ".join(f"{one} {rate:.3f}" for one, rate in list(values.items())[1:])
    return Row(name, f"{values[PERSONAKIT]:.3f}", yardstick, "", None)


def _calibration(measured: Sequence[Sample], n: int) -> Row:
    name = f"stated confidence, {RANDOM}, n={n}"
    found = select(measured, RANDOM, n)
    if not found:
        return Row(name, NOT_RUN, "", CALIBRATED, NOT_RUN)
    off = by_person(found, overconfidence)
    met = abs(off.value) <= OFF_IN_A_BUCKET + 2 * off.error
    return Row(name, _stated(found, off), _hits(found), CALIBRATED, met)


def _calibration_in_all(measured: Sequence[Sample]) -> Row:
    name = f"stated confidence, {RANDOM}, over all"
    found = [one for one in measured if one.task == RANDOM]
    if not found:
        return Row(name, NOT_RUN, "", CALIBRATED_IN_ALL, NOT_RUN)
    off = by_person(found, overconfidence)
    met = abs(off.value) <= OFF_IN_ALL
    return Row(name, _stated(found, off), _hits(found), CALIBRATED_IN_ALL, met)


def _ahead_of_time(measured: Sequence[Sample], task: str, n: int) -> Row:
    """Returns a row without a line: the confidence is about the time that was seen."""
    name = f"stated confidence, {task}" + (f", n={n}" if n else "")
    found = select(measured, task, n)
    if not found:
        return Row(name, NOT_RUN, "", "", NOT_RUN)
    beside = _hits(found)
    if OTHER_DAYS in found[0].near:
        beside += f"; of a window that knows all other days {_rate(found, OTHER_DAYS):.3f}"
        beside += f", {STILL} {_rate(found, STILL):.3f}"
    return Row(name, _stated(found, by_person(found, overconfidence)), beside, "", None)


def select(measured: Sequence[Sample], task: str, n: int) -> list[Sample]:
    """Returns the samples of one task and size."""
    return [one for one in measured if one.task == task and one.n == n]


def by_person(found: Sequence[Sample], value: Callable[[Sample], float]) -> Estimate:
    """Returns the mean over people of a value of their samples."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for one in found:
        values[one.person].append(value(one))
    return over_people(values)


def overconfidence(one: Sample) -> float:
    """Returns the stated confidence less 1 if the window was right, less 0 if not."""
    return one.confidence - one.near[PERSONAKIT]


def _ahead_of(found: Sequence[Sample], other: str) -> Estimate:
    return by_person(found, lambda one: one.captured[PERSONAKIT] - one.captured[other])


def _captured(found: Sequence[Sample], ahead: Estimate) -> str:
    return f"{_share(found, PERSONAKIT):.3f} (paired {ahead})"


def _yardstick(found: Sequence[Sample]) -> str:
    return ", ".join(f"{one} {_share(found, one):.3f}" for one in (REFERENCE, RAW, FIXED))


def _share(found: Sequence[Sample], predictor: str) -> float:
    return by_person(found, lambda one: one.captured[predictor]).value


def _rate(found: Sequence[Sample], predictor: str) -> float:
    return by_person(found, lambda one: float(one.near[predictor])).value


def _stated(found: Sequence[Sample], off: Estimate) -> str:
    stated = by_person(found, lambda one: one.confidence)
    return f"{stated.value:.3f} (off by {off})"


def _hits(found: Sequence[Sample]) -> str:
    return f"hit rate {_rate(found, PERSONAKIT):.3f}"
