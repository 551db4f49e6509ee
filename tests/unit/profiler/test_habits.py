"""What is learned from many people, and what it makes of a few sightings of one."""

from random import Random

import pytest

from services.profiler.traits.eigen import eigenvectors
from services.profiler.traits.habits import FEWEST_PEOPLE, Habits, learn
from services.profiler.traits.shipped import SHIPPED_HABITS

DICE = Random(5)


def somebody(middle: float, dice: Random, n: int = 300) -> tuple[list[float], float]:
    """Returns the shares of somebody who works around an hour, and how many sightings they are."""
    hours = [round(dice.gauss(middle, 2)) % 24 for _ in range(n)]
    return [hours.count(hour) / n for hour in range(24)], n


@pytest.fixture(scope="module")
def habits() -> Habits:
    """Half of these people work around 10:00, half around 16:00."""
    dice = Random(3)
    return learn([somebody(dice.choice((10, 16)), dice) for _ in range(80)])


def test_eigenvectors_make_the_matrix_again() -> None:
    dice = Random(1)
    rows = [[dice.gauss(0, 1) for _ in range(6)] for _ in range(6)]
    matrix = [[sum(a * b for a, b in zip(p, q, strict=True)) for q in rows] for p in rows]
    found = eigenvectors(matrix)
    assert [value for value, _ in found] == sorted((value for value, _ in found), reverse=True)
    for row in range(6):
        for column in range(6):
            again = sum(value * vector[row] * vector[column] for value, vector in found)
            assert again == pytest.approx(matrix[row][column])


def test_of_nobody_the_mean_is_expected(habits: Habits) -> None:
    assert habits.expected([0.0] * 24, 0) == list(habits.mean)


def test_one_sighting_tells_which_kind_of_day_it_is(habits: Habits) -> None:
    early = habits.expected([float(hour == 9) for hour in range(24)], 3)
    assert sum(early[7:13]) > 1.5 * sum(early[13:19])


def test_many_sightings_speak_for_themselves(habits: Habits) -> None:
    owl = [0.25 if hour in (0, 1, 2, 3) else 0.0 for hour in range(24)]
    assert sum(habits.expected(owl, 5000)[:4]) > 0.7


def test_everybody_counts_once(habits: Habits) -> None:
    dice = Random(3)
    people = [somebody(dice.choice((10, 16)), dice) for _ in range(80)]
    louder = [(shares, n * (9 if index == 0 else 1)) for index, (shares, n) in enumerate(people)]
    assert learn(louder).mean == habits.mean


def test_too_few_people_teach_nothing() -> None:
    with pytest.raises(ValueError, match="few"):
        learn([somebody(10, DICE) for _ in range(FEWEST_PEOPLE - 1)])


def test_the_shipped_habits_are_whole() -> None:
    assert sum(SHIPPED_HABITS.mean) == pytest.approx(1, abs=1e-4)
    for way in SHIPPED_HABITS.ways:
        assert way.variance > SHIPPED_HABITS.rest
        assert sum(part * part for part in way.direction) == pytest.approx(1, abs=0.01)
