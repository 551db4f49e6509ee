"""What the lines on commit times come to for people who had no say in the constants.

The model's constants and its confidence were chosen on the same 58 people that the table judges. So
both are chosen again on one half of them, at random and many times, and judged on the other half.

Leads in later days are about as large as their errors, and have no line here: what is shipped has
one in the table, and these rows tell how much of it was owed to who was looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import sqrt
from pathlib import Path
from random import Random
from statistics import fmean, stdev

import numpy as np

from eval import calibrate
from eval.commits import read
from eval.rows import NOT_RUN, Estimate, Row
from eval.samples import (
    AHEAD,
    ALL_OF_IT,
    HALVES,
    HALVES_SIZES,
    PERSONAKIT,
    RANDOM,
    RANDOM_SIZES,
    REFERENCE,
    Others,
    samples,
)
from eval.variants import VARIANTS, tried
from eval.working import each

HALVINGS = 200
ALLOWANCE, OFF_IN_A_BUCKET, OFF_IN_ALL = 0.003, 0.05, 0.03
Task = tuple[str, int]
Ahead = Mapping[Task, Sequence[Mapping[int, float]]]
"""By task and variant: how far PersonaKit is ahead of the reference, by person."""

TASKS: tuple[Task, ...] = (
    *((RANDOM, n) for n in RANDOM_SIZES),
    *((HALVES, n) for n in HALVES_SIZES),
    (AHEAD, ALL_OF_IT),
)


def measure(path: Path, draws: int) -> tuple[Ahead, calibrate.Cases]:
    """Returns the lead of every variant, and the cases on which confidence is fitted."""
    jobs = [(path, index, draws) for index in range(len(read(path)))]
    found = each(_of_person, jobs, "constants chosen on other people")
    ahead: dict[Task, list[dict[int, float]]] = {task: [{} for _ in VARIANTS] for task in TASKS}
    for index, (leads, _) in enumerate(found):
        for (variant, task), lead in leads.items():
            ahead[task][variant][index] = lead
    return ahead, calibrate.Cases.of(chain.from_iterable(cases for _, cases in found))


def _of_person(
    path: Path, index: int, draws: int
) -> tuple[dict[tuple[int, Task], float], list[calibrate.Case]]:
    people = read(path)
    others = Others.of([*people[:index], *people[index + 1 :]])
    leads: defaultdict[tuple[int, Task], list[float]] = defaultdict(list)
    for number, variant in enumerate(VARIANTS):
        with tried(variant):
            for one in samples(people[index], others, draws):
                lead = one.captured[PERSONAKIT] - one.captured[REFERENCE]
                leads[number, (one.task, one.n)].append(lead)
    means = {key: fmean(values) for key, values in leads.items()}
    return means, list(calibrate.cases(people[index], index, others, draws))


def rows(measured: tuple[Ahead, calibrate.Cases] | None) -> list[Row]:
    """Returns the rows; with nothing measured they say that nothing was run."""
    if measured is None:
        return [Row(name, NOT_RUN, "", line, NOT_RUN) for name, line in _all_lines()]
    ahead, cases = measured
    return [*_leads(ahead), *_confidence(cases)]


def _all_lines() -> Iterator[tuple[str, str]]:
    yield from ((_name(task), _line(task)) for task in TASKS)
    yield from ((_stated(n), _calibrated(n)) for n in (*RANDOM_SIZES, 0))


def _leads(ahead: Ahead) -> Iterator[Row]:
    chosen = _chosen_on_others(ahead)
    for task in TASKS:
        people = [fmean(values) for values in chosen[task].values()]
        found = Estimate(fmean(people), stdev(people) / sqrt(len(people)))
        shipped = fmean(ahead[task][0].values())
        met = found.value >= -ALLOWANCE if task[0] == RANDOM else None
        yield Row(_name(task), str(found), f"as shipped {shipped:+.3f}", _line(task), met)


def _chosen_on_others(ahead: Ahead) -> Mapping[Task, Mapping[int, Sequence[float]]]:
    """Returns by task and person the leads of the variants that other people chose."""
    dice, everybody = Random("halves"), sorted(ahead[RANDOM, RANDOM_SIZES[0]][0])
    judged: dict[Task, defaultdict[int, list[float]]] = {task: defaultdict(list) for task in TASKS}
    for _ in range(HALVINGS):
        choosing = set(dice.sample(everybody, len(everybody) // 2))
        best = max(range(len(VARIANTS)), key=lambda variant: _merit(ahead, variant, choosing))
        for task in TASKS:
            for person, lead in ahead[task][best].items():
                if person not in choosing:
                    judged[task][person].append(lead)
    return judged


def _merit(ahead: Ahead, variant: int, people: set[int]) -> float:
    """Returns the mean lead over all tasks."""
    return fmean(
        fmean(lead for person, lead in ahead[task][variant].items() if person in people)
        for task in TASKS
    )


def _confidence(cases: calibrate.Cases) -> Iterator[Row]:
    off = cases.stated_by_others() - cases.right
    for n in (*RANDOM_SIZES, 0):
        among = cases.n == n if n else np.full(len(off), fill_value=True)
        people = [float(off[among & (cases.person == one)].mean()) for one in set(cases.person)]
        found = Estimate(fmean(people), stdev(people) / sqrt(len(people)))
        most = OFF_IN_A_BUCKET + 2 * found.error if n else OFF_IN_ALL
        yield Row(_stated(n), str(found), "", _calibrated(n), abs(found.value) <= most)


def _name(task: Task) -> str:
    what, n = task
    return f"constants chosen on other people: captured, {what}" + (f", n={n}" if n else "")


def _line(task: Task) -> str:
    return f"at least the reference less {ALLOWANCE}" if task[0] == RANDOM else ""


def _stated(n: int) -> str:
    size = f"n={n}" if n else "over all"
    return f"constants chosen on other people: stated less measured confidence, {size}"


def _calibrated(n: int) -> str:
    return f"within {OFF_IN_A_BUCKET} + 2 standard errors" if n else f"within {OFF_IN_ALL}"
