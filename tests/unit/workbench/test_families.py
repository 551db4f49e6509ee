"""Four families of made-up people: other shapes and numbers, one truth about each person."""

import math
from datetime import date
from random import Random
from statistics import median

import pytest

from clients.workbench.families import Family, draw_person
from clients.workbench.people import Amount
from clients.workbench.shapes import (
    AtLeast,
    Gamma,
    Lengths,
    LogLogistic,
    LogNormal,
    Peak,
    Plateau,
    Tent,
    TwoKinds,
    Wave,
    Weibull,
)
from clients.workbench.truth import Truth

ZONE = "Europe/Berlin"
DAY = date(2026, 3, 2)
SEEDS = range(60)


@pytest.mark.parametrize("family", Family)
def test_a_seed_makes_the_same_person_again_and_another_seed_another(family: Family) -> None:
    people = [draw_person(seed, ZONE, family=family) for seed in SEEDS]
    assert people == [draw_person(seed, ZONE, family=family) for seed in SEEDS]
    assert len(set(map(repr, people))) == len(SEEDS)


def test_the_families_share_no_shape() -> None:
    shapes = {
        family: {
            type(shape)
            for person in (draw_person(seed, ZONE, family=family) for seed in SEEDS)
            for shape in (*person.peaks, person.focus, person.recovery)
        }
        for family in Family
    }
    assert shapes == {
        Family.OFFICE: {Peak, LogNormal},
        Family.STUDIO: {Plateau, Weibull, LogLogistic},
        Family.WORKSHOP: {Wave, Gamma},
        Family.CLINIC: {Tent, TwoKinds, AtLeast},
    }


@pytest.mark.parametrize(
    "lengths",
    [
        LogNormal(50, 0.4),
        Weibull(50, 2.2),
        LogLogistic(50, 3.5),
        Gamma(50, 4),
        TwoKinds((20, 60), (40, 80), 0.5),
        AtLeast(50 - 20 * math.log(2), 20),
    ],
    ids=repr,
)
def test_lengths_have_the_quantiles_that_they_tell(lengths: Lengths) -> None:
    dice = Random(3)
    drawn = sorted(lengths.draw(dice) for _ in range(20_000))
    assert lengths.quantile(0.5) == pytest.approx(50)
    for share in (0.25, 0.5, 0.75, 0.9):
        assert drawn[int(share * len(drawn))] == pytest.approx(lengths.quantile(share), rel=0.04)


def test_a_plateau_is_flat_on_top_and_may_rise_slower_than_it_falls() -> None:
    top = Plateau(23.5, 0.6, 2, 4, 1)
    assert top.at(23) == top.at(0.4) == 0.6
    assert top.at(21) == pytest.approx(0.6 * 0.625)
    assert top.at(1.5) == top.at(11) == 0
    assert top.moved(2).at(1.5) == 0.6


def test_a_tent_has_one_point_and_two_slopes() -> None:
    tent = Tent(23, 0.8, 4, 2)
    assert tent.at(23) == 0.8
    assert tent.at(21) == tent.at(0) == pytest.approx(0.4)
    assert tent.at(19) == tent.at(1) == tent.at(12) == 0
    assert tent.moved(2).at(1) == 0.8


def test_a_wave_rises_once_a_day() -> None:
    wave = Wave(1, 0.7, 5)
    assert wave.at(1) == wave.at(25) == 0.7
    assert 0 < wave.at(23) < wave.at(0) < 0.7
    assert {wave.at(hour) for hour in range(4, 22)} == {0}


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("seed", range(10))
def test_people_are_at_their_best_while_they_work(family: Family, seed: int) -> None:
    person = draw_person(seed, ZONE, family=family)
    middle = person.best_window() + 1.5
    assert person.start_hour <= middle <= person.end_hour


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("seed", range(10))
def test_the_truth_is_that_of_the_hidden_self(family: Family, seed: int) -> None:
    person = draw_person(seed, ZONE, family=family)
    truth = Truth.of(person, DAY)
    assert all(0 <= level <= 1 for level in truth.levels)
    held = [sum(truth.levels[(first + away) % 24] for away in range(3)) for first in range(24)]
    assert held[truth.best_window] == max(held)
    assert truth.focus_p50 < truth.focus_p75 < truth.focus_p90
    assert truth.recovery_p50 < truth.recovery_p90
    assert math.isclose(truth.focus_p50, person.focus_minutes)


@pytest.mark.parametrize("family", Family)
def test_classes_of_sensitivity_are_apart(family: Family) -> None:
    lost: dict[Amount, list[float]] = {each: [] for each in Amount}
    for seed in SEEDS:
        person = draw_person(seed, ZONE, family=family)
        lost[person.sensitivity].append(person.score_lost_per_interruption)
    low, medium, high = (lost[each] for each in Amount)
    assert max(low) < median(medium) / 2
    assert max(medium) < median(high) * 0.6
    assert max(medium) < min(high)
