"""Fits how sure a peak window is: `python -m eval.calibrate COMMIT_TIMES`.

Prints the constants of `services/profiler/traits/certainty.py`, and how far the stated confidence
is off for people who were left out when fitting.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log
from pathlib import Path
from random import Random
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from eval.believing import curve_after
from eval.commits import Committer, read
from eval.samples import RANDOM_SIZES, Others, random_splits
from eval.windows import best, is_near
from services.profiler.traits.certainty import MOST_SIGHTINGS, lead

DRAWS, FOLDS = 20, 6
Numbers = npt.NDArray[np.float64]


class Case(NamedTuple):
    """One window: of whom, after how many commits, what its confidence follows from, and whether
    it was right."""

    person: int
    n: int
    features: tuple[float, float, float]
    right: bool


@dataclass(frozen=True)
class Cases:
    """Many windows, as columns."""

    person: Numbers
    n: Numbers
    features: Numbers
    right: Numbers

    @classmethod
    def of(cls, cases: Iterable[Case]) -> Self:
        """Makes columns of cases."""
        person, n, features, right = zip(*cases, strict=True)
        return cls(np.array(person), np.array(n), np.array(features), np.array(right, float))

    def fitted(self) -> Numbers:
        """Returns the constants for all of them."""
        return _fit(self.features, self.right)

    def stated_by_others(self) -> Numbers:
        """Returns the confidence by constants that were fitted on other people."""
        stated = np.zeros(len(self.right))
        for left_out in range(FOLDS):
            among = self.person % FOLDS == left_out
            weights = _fit(self.features[~among], self.right[~among])
            stated[among] = _probability(self.features[among], weights)
        return stated


def main(path: str) -> None:
    """Prints constants and errors."""
    people = read(Path(path))
    found = Cases.of(
        case
        for index, person in enumerate(people)
        for case in cases(person, index, Others.of([*people[:index], *people[index + 1 :]]), DRAWS)
    )
    print("constants", found.fitted().round(2))
    stated = found.stated_by_others()
    for size in RANDOM_SIZES:
        off = stated[found.n == size].mean() - found.right[found.n == size].mean()
        print(f"n={size}: stated less measured {off:+.3f}")


def cases(person: Committer, index: int, others: Others, draws: int) -> Iterator[Case]:
    """Yields the windows of one person after random splits, the same ones every time."""
    dice = Random(f"calibrate {person.name}")
    for _ in range(draws):
        for n, shown, rest in random_splits(person, dice):
            curve, sightings = curve_after(shown, others.prior)
            seen = min(sightings, MOST_SIGHTINGS)
            right = is_near(best(np.array(curve)), best(rest))
            yield Case(index, n, (1.0, log(seen + 5), lead(curve, seen)), right)


def _fit(features: Numbers, right: Numbers) -> Numbers:
    """Returns the weights of a logistic regression (Newton's method)."""
    weights = np.zeros(features.shape[1])
    for _ in range(25):
        stated = _probability(features, weights)
        slope = features.T @ (right - stated)
        curvature = features.T @ (features * (stated * (1 - stated))[:, None])
        weights = weights + np.linalg.solve(curvature, slope)
    return weights


def _probability(features: Numbers, weights: Numbers) -> Numbers:
    stated: Numbers = 1 / (1 + np.exp(-features @ weights))
    return stated


if __name__ == "__main__":
    main(sys.argv[1])
