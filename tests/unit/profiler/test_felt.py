"""What an interruption costs, read from scores that hold feelings within a scale."""

from collections import Counter
from collections.abc import Iterable
from math import sin, sqrt
from random import Random
from statistics import fmean, pstdev

import pytest

from services.profiler.traits import felt
from services.profiler.traits.felt import Cost, Rated

USUAL = 0.3


def given(feelings: Iterable[tuple[int, int, float]]) -> list[Rated]:
    """What people say who felt so, by half hour and interruptions."""
    told = Counter((slot, x, min(5, max(1, round(feeling)))) for slot, x, feeling in feelings)
    return [Rated(*one, float(times)) for one, times in sorted(told.items())]


def lived(dice: Random, lost: float, level: float, sessions: int) -> list[Rated]:
    """Sessions over a working day on which energy rises and falls."""
    feelings = []
    for _ in range(sessions):
        slot, x = dice.randrange(18, 36), dice.choice((0, 0, 1, 2, 3))
        energy = level + sin((slot - 18) / 5)
        feelings.append((slot, x, dice.gauss(energy - lost * x, 0.5)))
    return given(feelings)


@pytest.mark.parametrize("lost", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("level", [2.2, 3.3, 4.6], ids=["often 1", "in between", "often 5"])
def test_the_cost_is_found_wherever_on_the_scale_somebody_rates(lost: float, level: float) -> None:
    dice = Random(f"{lost} {level}")
    found = [felt.cost(lived(dice, lost, level, 200), USUAL) for _ in range(20)]
    assert fmean(one.points for one in found) == pytest.approx(lost, abs=0.04)


def test_the_error_is_as_large_as_the_cost_is_off() -> None:
    dice = Random(5)
    found = [felt.cost(lived(dice, USUAL, 3.6, 60), USUAL) for _ in range(120)]
    off = [(one.points - USUAL) / one.error for one in found]
    assert 0.7 < sqrt(fmean(one * one for one in off)) < 1.2
    assert pstdev(one.points for one in found) < felt.COSTS_APART / 2


def test_low_hours_are_not_taken_for_the_work_of_interruptions() -> None:
    calm_mornings = [(20, 0, 4.4)] * 30 + [(20, 2, 4.4)] * 3
    broken_afternoons = [(30, 2, 2.4)] * 30 + [(30, 0, 2.4)] * 3
    found = felt.cost(given(calm_mornings + broken_afternoons), USUAL)
    assert abs(found.points) < 2 * found.error


@pytest.mark.parametrize("expected", [0.1, 0.3, 0.5])
def test_who_was_never_interrupted_is_taken_for_people_in_general(expected: float) -> None:
    found = felt.cost(given([(20, 0, 4.0)] * 30), expected)
    assert (found.points, found.error) == pytest.approx((expected, felt.COSTS_APART))
    assert found.unmixed(expected)[1] == pytest.approx(0, abs=1e-9)


def test_what_was_presumed_can_be_taken_out_again() -> None:
    sessions = lived(Random(3), 0.5, 3.4, 100)
    points = {felt.cost(sessions, usual).unmixed(usual)[0] for usual in (0.1, 0.3, 0.9)}
    assert max(points) - min(points) < 0.05


def test_all_scores_at_one_end_leave_the_cost_open() -> None:
    found = felt.cost(given([(20, x % 3, 9.0) for x in range(60)]), USUAL)
    assert isinstance(found, Cost)
    assert found.error > felt.COSTS_APART / 4


def test_the_order_in_which_sessions_are_told_makes_no_difference() -> None:
    sessions = lived(Random(8), 0.4, 3.4, 80)
    found, turned = felt.cost(sessions, USUAL), felt.cost(sessions[::-1], USUAL)
    assert found == pytest.approx(turned)
