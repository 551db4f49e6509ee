"""The quality table: what is not measured is not met, and what is measured is measured fairly."""

from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest

from eval import peaks
from eval.believing import peak_after
from eval.commits import Committer
from eval.reference import reference
from eval.rows import NOT_RUN, Row, merged, over_people
from eval.samples import AHEAD, PERSONAKIT, RANDOM, RAW, Others, Sample, samples
from eval.windows import best, captured, histogram, is_near
from eval.working import each
from services.profiler.traits.habits import FEWEST_PEOPLE
from services.profiler.traits.prior import SHIPPED


def committer(name: str, middle: float, days: int = 300) -> Committer:
    """Returns somebody who commits twice a day around an hour."""
    dice = Random(name)
    first = datetime(2026, 1, 5)  # noqa: DTZ001
    times = [
        first + timedelta(days=day, hours=dice.gauss(middle, 1.5) % 24)
        for day in range(days)
        for _ in range(2)
    ]
    return Committer(name, tuple(sorted(times)))


def test_without_commit_times_no_row_is_met() -> None:
    rows = peaks.rows([])
    assert len(rows) > 20
    assert {row.met for row in rows} == {NOT_RUN}


def test_rows_that_were_found_anew_take_the_place_of_those_before() -> None:
    before = [Row("a", "1", "", "", None), Row("b", "1", "", "", None)]
    found = [Row("c", "2", "", "", None), Row("a", "2", "", "", None)]
    rows = merged(before, found)
    assert [(row.row, row.value) for row in rows] == [("a", "2"), ("b", "1"), ("c", "2")]


def test_what_many_processes_find_comes_in_the_order_it_was_asked_for() -> None:
    assert each(pow, [(base, 2) for base in range(5)], "squares") == [0, 1, 4, 9, 16]


def test_a_window_captures_all_where_it_is_best_and_midnight_is_no_edge() -> None:
    night = histogram([23, 0, 1, 1, 12])
    assert best(night) == 23
    assert captured(23, night) == 1
    assert captured(11, night) == pytest.approx(1 / 4)
    assert is_near(23, 0)
    assert not is_near(23, 1)


def test_the_reference_leans_on_everybody_until_it_has_seen_enough() -> None:
    everybody = histogram([15]) @ np.eye(24)
    assert best(reference(histogram([3]), everybody)) in (13, 14, 15)
    assert best(reference(histogram([3] * 100), everybody)) == 2


def test_errors_take_each_person_once() -> None:
    found = over_people({"one": [1.0] * 50, "other": [0.0]})
    assert found.value == 0.5
    assert found.error == pytest.approx(0.5)


def test_the_profiler_itself_is_asked() -> None:
    times = [datetime(2026, 1, day, 9, 30) for day in range(5, 30)]  # noqa: DTZ001
    assert peak_after(times, SHIPPED).start in (8, 9)


def test_all_predictors_are_judged_on_the_same_samples() -> None:
    dice = Random(1)
    people = [committer(str(index), dice.gauss(14, 2)) for index in range(FEWEST_PEOPLE)]
    found = list(samples(committer("somebody", 10), Others.of(people), 1))
    assert {one.task for one in found} >= {RANDOM, AHEAD}
    for one in found:
        assert set(one.captured) == set(one.near) >= {PERSONAKIT, RAW}
        assert 0 < one.captured[PERSONAKIT] <= 1
    rows = {row.row: row for row in peaks.rows(found * 2 + _of("other", found))}
    assert NOT_RUN not in {row.met for row in rows.values()}


def _of(name: str, found: list[Sample]) -> list[Sample]:
    return [Sample(name, one.task, one.n, one.captured, one.near, one.confidence) for one in found]
