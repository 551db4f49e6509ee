"""The rule by which verdicts move a weight."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import (
    Standing,
    TraitWeight,
    judged,
    standings,
    unanswered_refusals,
)

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
NEW = TraitWeight("break", "work.focus_duration")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def after(verdicts: Iterable[bool], new: TraitWeight = NEW, every: timedelta = HOUR) -> TraitWeight:
    weights: tuple[TraitWeight, ...] = (new,)
    for turn, helpful in enumerate(verdicts):
        weights = judged(weights, new, helpful, NOW + turn * every)
    return weights[0]


def test_five_refusals_within_a_week_lower_the_weight_by_a_fifth() -> None:
    assert after([False] * 5).weight == 0.8


def test_fewer_than_five_refusals_change_nothing() -> None:
    assert [after([False] * count).weight for count in range(1, 5)] == [1.0] * 4


def test_the_count_starts_over_after_the_fifth() -> None:
    assert after([False] * 9).weight == 0.8
    assert after([False] * 10).weight == 0.64


def test_the_count_starts_over_even_when_the_clock_stands_still() -> None:
    assert after([False] * 9, every=timedelta()).weight == 0.8


def test_refusals_never_halve_the_weight_twice() -> None:
    assert [after([False] * 5 * times).weight for times in (3, 4, 5)] == [0.512, 0.5, 0.5]


def test_helpful_raises_the_weight_by_a_tenth_of_itself() -> None:
    assert [after([True] * count).weight for count in (1, 2, 3)] == [1.1, 1.21, 1.331]


def test_helpful_never_more_than_doubles_the_weight() -> None:
    assert after([True] * 8).weight == 2.0


def test_the_bounds_are_those_of_the_original() -> None:
    newcomer = TraitWeight("break", "work.focus_duration", weight=1.4, original=1.4)
    assert after([True] * 20, newcomer).weight == 2.8
    assert after([False] * 50, newcomer).weight == 0.7


def test_five_refusals_over_more_than_a_week_change_nothing() -> None:
    assert after([False] * 40, every=timedelta(days=1, hours=18)).weight == 1.0


def test_five_refusals_in_just_under_a_week_count() -> None:
    assert after([False] * 5, every=timedelta(hours=41)).weight == 0.8


def test_helpful_in_between_does_not_reset_the_count() -> None:
    assert after([False, True] * 4 + [False]).weight == pytest.approx(1.1**4 * 0.8)


def test_refusals_are_counted_per_type_and_not_per_trait() -> None:
    weights: tuple[TraitWeight, ...] = ()
    for trait in ("a", "b", "a", "b", "a"):
        weights = judged(weights, TraitWeight("break", trait), helpful=False, at=NOW)
    assert {weight.trait: weight.weight for weight in weights} == {"a": 0.8, "b": 1.0}
    assert unanswered_refusals(weights, NOW) == 0


def test_a_standing_tells_how_many_refusals_of_its_type_count() -> None:
    refused = TraitWeight("break", "a", refused_at=(NOW - 8 * DAY, NOW - DAY))
    other = TraitWeight("wrap_up", "a")
    assert standings([other, refused], NOW) == (Standing(refused, 1), Standing(other, 0))


@given(st.lists(st.booleans(), max_size=80), st.floats(0.5, 2), st.integers(0, 72))
def test_the_weight_stays_between_half_and_double_its_original(
    verdicts: list[bool], original: float, hours: int
) -> None:
    new = TraitWeight("break", "t", weight=original, original=original)
    weight = after(verdicts, new, every=hours * HOUR)
    assert 0.5 * original <= weight.weight <= 2 * original
    assert len(weight.refused_at) < 5


@given(st.lists(st.booleans(), max_size=40))
def test_fewer_than_five_refusals_in_all_never_lower_a_weight(verdicts: list[bool]) -> None:
    refusals = 0
    kept = [verdict for verdict in verdicts if verdict or (refusals := refusals + 1) < 5]
    weights = [after(kept[:count]).weight for count in range(len(kept) + 1)]
    assert weights == sorted(weights)


@given(st.integers(0, 60), st.booleans())
def test_alternating_verdicts_do_not_make_the_weight_swing(count: int, first: bool) -> None:
    verdicts = [first ^ bool(turn % 2) for turn in range(count)]
    weights = [after(verdicts[:turn]).weight for turn in range(count + 1)]
    falls = sum(later < earlier for earlier, later in pairwise(weights))
    assert falls <= count // 9
    assert min(weights) >= 1.0


@given(st.permutations([True] * 6 + [False] * 12))
def test_the_weight_follows_from_the_verdicts_as_they_came(verdicts: list[bool]) -> None:
    halfway = after(verdicts[:9])
    resumed: tuple[TraitWeight, ...] = (halfway,)
    for turn, helpful in enumerate(verdicts[9:], start=9):
        resumed = judged(resumed, NEW, helpful, NOW + turn * HOUR)
    assert resumed[0] == after(verdicts)


@pytest.mark.parametrize(("share", "expected"), [(0.4, 1.6), (0.5, 1.85), (0.9, 2.0)])
def test_one_verdict_a_day_saturates_as_stated(share: float, expected: float) -> None:
    dice = random.Random(7)
    month = [[dice.random() < share for _ in range(28)] for _ in range(3000)]
    mean = fmean(after(verdicts, every=DAY).weight for verdicts in month)
    assert mean == pytest.approx(expected, abs=0.03)
