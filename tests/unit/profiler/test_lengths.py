"""Distributions of lengths: what is typical of them, and how far further ones stay from it."""

from collections.abc import Callable
from random import Random
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiler.traits.lengths import Length, half_middle_80, survival

Draw = Callable[[Random], float]
LENGTHS: dict[str, Draw] = {
    "log-normal": lambda dice: 50 * dice.lognormvariate(0, 0.4),
    "weibull": lambda dice: dice.weibullvariate(60, 2),
    "gamma": lambda dice: dice.gammavariate(4, 14),
}


def seen(lengths: list[float], cut_after: list[float]) -> list[Length]:
    """Returns lengths of which each is cut short, or ends before."""
    return [
        Length(min(length, cut), float(length <= cut), float(length > cut))
        for length, cut in zip(lengths, cut_after, strict=True)
    ]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40), st.floats(0.05, 0.95))
def test_what_is_typical_lies_among_what_was_seen(lengths: list[int], share: float) -> None:
    curve = survival(Length(minutes, 1.0) for minutes in lengths)
    typical = curve.typical(share, len(lengths))
    assert min(lengths) - 1e-6 <= typical <= max(lengths) + 1e-6


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40))
def test_what_is_typical_grows_with_the_share(lengths: list[int]) -> None:
    curve = survival(Length(minutes, 1.0) for minutes in lengths)
    middle, most = curve.typical(0.5, len(lengths)), curve.typical(0.9, len(lengths))
    assert middle <= most + 1e-6


def test_of_a_tie_the_cut_ones_go_first() -> None:
    tied = [Length(30, 1.0), Length(30, 0.0, 1.0), Length(60, 1.0)]
    assert survival(tied) == survival(reversed(tied))
    assert survival(tied).steps[0][1] == pytest.approx(0.5)


def test_of_equal_lengths_that_length_is_typical() -> None:
    curve = survival([Length(40, 7.0), Length(40, 0.0, 2.0)])
    assert curve.typical(0.5, 9) == pytest.approx(40)


@pytest.mark.parametrize("draw", LENGTHS.values(), ids=LENGTHS)
def test_the_typical_length_is_closer_to_the_truth_than_the_quantile(draw: Draw) -> None:
    dice = Random(3)
    truth = median(draw(dice) for _ in range(20_000))
    plain, typical = [], []
    for _ in range(400):
        lengths = [draw(dice) for _ in range(15)]
        curve = survival(seen(lengths, [dice.uniform(10, 200) for _ in lengths]))
        plain.append(abs(curve.quantile(0.5) - truth))
        typical.append(abs(curve.typical(0.5, len(lengths)) - truth))
    assert fmean(typical) < fmean(plain)


@pytest.mark.parametrize("n", [10, 30, 200])
@pytest.mark.parametrize("draw", LENGTHS.values(), ids=LENGTHS)
def test_four_of_five_further_lengths_stay_within_the_spread(draw: Draw, n: int) -> None:
    dice, shares = Random(n), []
    for _ in range(150):
        curve = survival(Length(draw(dice), 1.0) for _ in range(n))
        spread = half_middle_80(curve, n, 0.4 * curve.quantile(0.5), 5)
        middle = curve.typical(0.5, n)
        shares.append(fmean(abs(draw(dice) - middle) <= spread for _ in range(50)))
    assert fmean(shares) == pytest.approx(0.8, abs=0.06)


def test_the_spread_lies_between_the_lengths_around_its_share() -> None:
    curve = survival(Length(minutes, 1.0) for minutes in range(40, 51))
    assert half_middle_80(curve, 11, 0.0, 0.0) == pytest.approx(4.6)
