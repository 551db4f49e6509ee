"""What the lines come to for people who had no say in the constants."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes

from eval import left_out, plots
from eval.calibrate import FOLDS, Case, Cases
from eval.left_out import TASKS
from eval.rows import NOT_RUN
from eval.samples import RANDOM, RANDOM_SIZES
from eval.variants import SHIPPED, VARIANTS, tried
from services.profiler.traits import energy_patterns, recall

PEOPLE = range(12)


def many_cases() -> Cases:
    """Returns windows that are right as often as their second feature says."""
    dice = np.random.default_rng(1)
    return Cases.of(
        Case(person, n, (1.0, feature, dice.normal()), dice.random() < 1 / (1 + np.exp(-feature)))
        for person in PEOPLE
        for n in RANDOM_SIZES
        for feature in dice.normal(size=200)
    )


def test_without_commit_times_no_row_is_met() -> None:
    rows = left_out.rows(None)
    assert len(rows) == len(TASKS) + len(RANDOM_SIZES) + 1
    assert {row.met for row in rows} == {NOT_RUN}


def test_constants_are_those_that_other_people_chose() -> None:
    # Variant 1 is best for all but one of them, who is never asked about themselves.
    ahead = {
        task: [
            {person: (0.1 if (variant == 1) != (person == 0) else 0.0) for person in PEOPLE}
            for variant in range(len(VARIANTS))
        ]
        for task in TASKS
    }
    rows = {row.row: row for row in left_out.rows((ahead, many_cases()))}
    row = rows[f"constants chosen on other people: captured, {RANDOM}, n=5"]
    assert row.value.startswith(f"{0.1 * 11 / 12:+.3f}")
    assert row.met is True


def test_confidence_fitted_on_others_is_found_right() -> None:
    cases = many_cases()
    assert cases.fitted() == pytest.approx([0, 1, 0], abs=0.15)
    assert len({int(person) % FOLDS for person in cases.person}) == FOLDS
    rows = left_out.rows(
        ({task: [dict.fromkeys(PEOPLE, 0.0)] * len(VARIANTS) for task in TASKS}, cases)
    )
    assert rows[-1].met is True


def test_a_variant_is_taken_back() -> None:
    with tried(VARIANTS[1]):
        assert VARIANTS[1].habits_share == energy_patterns.HABITS_SHARE
    assert SHIPPED.habits_share == energy_patterns.HABITS_SHARE
    assert SHIPPED.temper == recall.TEMPER


def test_a_picture_is_small_and_the_same_again(tmp_path: Path) -> None:
    def line(axes: Axes) -> None:
        axes.plot([1, 2, 3])

    first, second = tmp_path / "a" / "first.png", tmp_path / "second.png"
    plots.save(first, line)
    plots.save(second, line)
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) < 60_000
