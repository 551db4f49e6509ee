"""How much each week counts: habits that changed are followed, pauses erase nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.profiler.model import Fact, PeakHours, WorkSession
from services.profiler.traits import peak_hours, recall
from services.profiler.traits.recall import Recall
from services.profiler.traits.shipped import SHIPPED_HABITS
from tests.unit.profiler.build import believed, entered, work, workdays

MONDAY = date(2026, 1, 5)
HALF_A_YEAR = workdays(MONDAY, 130)


def days_of(clock: str, days: list[date]) -> list[WorkSession]:
    return [work(clock, 90, day=day) for day in days]


def weights_of(facts: list[Fact]) -> list[float]:
    weeks = sorted(entered(*facts).weeks.values(), key=lambda week: week.start)
    return list(recall.weights(weeks, SHIPPED_HABITS).values())


def first_window(facts: list[Fact]) -> int:
    value = believed(*facts)[peak_hours.NAME].value
    assert isinstance(value, PeakHours)
    return int(value.windows[0].start[:2])


def test_of_who_never_changes_old_weeks_count_nearly_as_much_as_new_ones() -> None:
    weights = weights_of([*days_of("09:00", list(HALF_A_YEAR))])
    assert weights[-1] == pytest.approx(1)
    assert weights[0] > 0.6


def test_who_changes_is_believed_within_45_days() -> None:
    changed = workdays(HALF_A_YEAR[-1] + timedelta(days=3), 32)
    facts: list[Fact] = [*days_of("09:00", list(HALF_A_YEAR)), *days_of("14:00", list(changed))]
    assert (changed[-1] - HALF_A_YEAR[-1]).days <= 46
    assert abs(first_window(facts) - 14) <= 1
    assert weights_of(facts)[0] < 0.1


def test_who_works_on_at_the_same_hours_is_followed_by_how_they_rate_them() -> None:
    def rated(days: list[date], morning: int, afternoon: int) -> list[WorkSession]:
        return [
            work(clock, 90, score, day=day)
            for day in days
            for clock, score in (("09:00", morning), ("14:00", afternoon))
        ]

    changed = list(workdays(HALF_A_YEAR[-1] + timedelta(days=3), 32))
    facts: list[Fact] = [*rated(list(HALF_A_YEAR), 5, 2), *rated(changed, 2, 5)]
    assert abs(first_window(facts[: 2 * len(HALF_A_YEAR)]) - 9) <= 1
    assert abs(first_window(facts) - 14) <= 1


def test_scores_that_move_are_followed_and_scores_that_stay_are_remembered() -> None:
    def rated(days: list[date], morning: int, afternoon: int) -> list[Fact]:
        return [
            work(clock, 90, score, day=day)
            for day in days
            for clock, score in (("09:00", morning), ("14:00", afternoon))
        ]

    before, changed = list(HALF_A_YEAR), workdays(HALF_A_YEAR[-1] + timedelta(days=3), 32)
    narrow = rated(before, 4, 3)
    assert weights_of([*narrow, *rated(list(changed), 3, 4)])[0] < 0.1
    assert weights_of([*narrow, *rated(list(changed), 4, 3)])[0] > 0.6


def test_a_fortnight_away_erases_nothing() -> None:
    before: list[Fact] = [*days_of("09:00", list(HALF_A_YEAR))]
    back = work("09:00", 90, day=HALF_A_YEAR[-1] + timedelta(days=15))
    old, new = believed(*before)[peak_hours.NAME], believed(*before, back)[peak_hours.NAME]
    assert new.effective_n > 0.95 * old.effective_n
    assert first_window([*before, back]) == first_window(before)


def test_nothing_worked_needs_no_weights() -> None:
    assert recall.weights([], SHIPPED_HABITS) == {}


def test_going_on_from_weeks_that_were_weighed_before_comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = list(entered(*days_of("09:00", list(HALF_A_YEAR))).weeks.values())
    later = workdays(HALF_A_YEAR[-1] + timedelta(days=3), 15)
    gone_through: list[date] = []
    onward = recall._next

    def noted(before: recall._Held, week: recall.Worked, *rest: Any) -> recall._Held:
        gone_through.append(week.start)
        return onward(before, week, *rest)

    monkeypatch.setattr(recall, "_next", noted)
    same = Recall(SHIPPED_HABITS)
    same.weights(old)
    for clock in ("09:00", "09:10", "14:00"):
        new = list(entered(*days_of(clock, list(later))).weeks.values())
        gone_through.clear()
        assert same.weights([*old, *new]) == recall.weights([*old, *new], SHIPPED_HABITS)
        once = len(old) + len(new)
        # Work at an hour at which there was none before concerns all weeks.
        assert len(gone_through) == once + (once if clock == "14:00" else len(new))
