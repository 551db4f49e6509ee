"""Fits how sure a peak window is: `python -m eval.calibrate COMMIT_TIMES`.

Prints the constants of `services/profiler/traits/certainty.py`, and how far the stated confidence
is off for people who were left out when fitting.
"""

import sys
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from eval.believing import curve_after
from eval.commits import Committer, read
from eval.samples import RANDOM_SIZES, Others, random_splits
from eval.windows import best, is_near
from services.profiler.traits.certainty import MOST_SIGHTINGS, lead

DRAWS, FOLDS = 20, 6
Numbers = npt.NDArray[np.float64]


def main(path: str) -> None:
    """Prints constants and errors."""
    people = read(Path(path))
    table = np.array([row for index in range(len(people)) for row in _rows(people, index)])
    fold, n, features, right = table[:, 0], table[:, 1], table[:, 2:5], table[:, 5]
    print("constants", _fit(features, right).round(2))
    stated = np.zeros(len(table))
    for left_out in range(FOLDS):
        weights = _fit(features[fold != left_out], right[fold != left_out])
        stated[fold == left_out] = _probability(features[fold == left_out], weights)
    for size in RANDOM_SIZES:
        off = stated[n == size].mean() - right[n == size].mean()
        print(f"n={size}: stated less measured {off:+.3f}")


def _rows(people: Sequence[Committer], index: int) -> Iterator[tuple[float, ...]]:
    person, others = people[index], Others.of([*people[:index], *people[index + 1 :]])
    dice = Random(f"calibrate {person.name}")
    for _ in range(DRAWS):
        for n, shown, rest in random_splits(person, dice):
            curve, sightings = curve_after(shown, others.prior)
            seen = min(sightings, MOST_SIGHTINGS)
            right = is_near(best(np.array(curve)), best(rest))
            yield index % FOLDS, n, 1.0, log(seen + 5), lead(curve, seen), right


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
