"""What is true of made-up people."""

import math

import pytest

from clients.workbench.families import draw_person
from clients.workbench.people import Amount, Chronotype

ZONE = "Europe/Berlin"
SEEDS = range(40)


def test_a_seed_makes_the_same_person_again_and_another_seed_another() -> None:
    assert draw_person(1, ZONE) == draw_person(1, ZONE)
    assert len({draw_person(seed, ZONE) for seed in SEEDS}) == len(SEEDS)


def test_a_wish_changes_only_what_it_is_about() -> None:
    quiet = draw_person(1, ZONE, meetings=Amount.LOW)
    busy = draw_person(1, ZONE, meetings=Amount.HIGH)
    assert quiet.focus_minutes == busy.focus_minutes
    assert quiet.peaks == busy.peaks
    assert sum(quiet.meetings_a_day) < sum(busy.meetings_a_day)


@pytest.mark.parametrize("seed", SEEDS)
def test_energy_is_a_level_at_every_hour_and_lowest_at_night(seed: int) -> None:
    person = draw_person(seed, ZONE)
    levels = [person.energy(quarter / 4) for quarter in range(96)]
    assert all(0 <= level <= 1 for level in levels)
    assert person.energy(3) < person.energy(person.peaks[0].hour)
    assert math.isclose(person.energy(0), person.energy(24))


def test_early_people_are_at_their_best_before_late_people() -> None:
    early = [draw_person(seed, ZONE, Chronotype.EARLY).best_window() for seed in SEEDS]
    late = [draw_person(seed, ZONE, Chronotype.LATE).best_window() for seed in SEEDS]
    assert max(early) < min(late)


def test_the_best_window_holds_the_highest_energy() -> None:
    person = draw_person(3, ZONE)
    assert person.best_window() <= person.peaks[0].hour <= person.best_window() + 3


def test_half_of_the_uncut_sessions_are_shorter_than_the_focus_length() -> None:
    person = draw_person(1, ZONE)
    assert math.isclose(person.focus.quantile(0.5), person.focus_minutes)
    assert person.focus.quantile(0.9) > person.focus.quantile(0.75) > person.focus_minutes


def test_energy_in_words_follows_the_persons_own_day() -> None:
    person = draw_person(2, ZONE, Chronotype.MIDDLE)
    assert person.energy_in_words(person.peaks[0].hour) == "high"
    assert person.energy_in_words(23) == "low"
