"""What happens to made-up people over months."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clients.workbench.days import meetings_on, sessions_on
from clients.workbench.families import Family, draw_person
from clients.workbench.history import write_history
from clients.workbench.lives import moved, share_cut, with_changes, with_cuts
from clients.workbench.people import Person, Stay, Trip
from clients.workbench.truth import Truth
from tests.unit.workbench.test_history import NOW

ZONE = "Europe/Berlin"
MONDAY = date(2026, 3, 2)
DAYS = [MONDAY + timedelta(days=each) for each in range(60)]


@pytest.fixture(params=Family)
def person(request: pytest.FixtureRequest) -> Person:
    return draw_person(5, ZONE, family=request.param)


def test_nobody_works_or_meets_on_holiday_and_other_days_stay_as_they_were(person: Person) -> None:
    away = replace(person, holidays=(Stay(DAYS[7], DAYS[20]),))
    for day in DAYS[7:21]:
        assert not [*sessions_on(away, day), *meetings_on(away, day)]
    for day in (DAYS[1], DAYS[22]):
        assert [*sessions_on(away, day)] == [*sessions_on(person, day)]


def test_a_traveller_lives_by_the_zone_where_they_are_and_says_so(person: Person) -> None:
    today = NOW.date()
    away = replace(
        person, trips=(Trip(today - timedelta(days=20), today - timedelta(days=12), "Asia/Tokyo"),)
    )
    zones = {each.time_zone for each in write_history(away, "ana", NOW, 4)}
    assert zones == {ZONE, "Asia/Tokyo"}
    tokyo = today - timedelta(days=15)
    assert away.on(tokyo).start_hour == person.start_hour
    assert away.on(tokyo).on(tokyo) == away.on(tokyo)


def test_a_move_shifts_the_best_hours_and_the_work_if_it_goes_along(person: Person) -> None:
    before, after = DAYS[10], DAYS[30]
    whole = moved(person, DAYS[20], 5)
    best = moved(person, DAYS[20], 5, with_the_work=False)
    start = Truth.of(person, before).best_window
    assert Truth.of(whole, before).best_window == start
    assert Truth.of(whole, after).best_window == (start + 5) % 24
    assert Truth.of(best, after).best_window == (start + 5) % 24
    assert Truth.of(whole, after).start_hour == person.start_hour + 5
    assert Truth.of(best, after).start_hour == person.start_hour


def test_drift_is_slow_and_begins_at_its_day(person: Person) -> None:
    drifting = replace(person, drift_from=DAYS[30], drift_hours_a_month=0.5)
    assert drifting.on(DAYS[20]) == drifting
    assert drifting.on(DAYS[59]).start_hour == pytest.approx(person.start_hour + 0.5, abs=0.02)


def test_a_life_has_trips_and_holidays(person: Person) -> None:
    life = with_changes(person, MONDAY, 365)
    assert len(life.trips) >= 4
    assert len(life.holidays) >= 2
    assert abs(life.drift_hours_a_month) <= 0.1


@pytest.mark.parametrize("seed", range(4))
def test_as_many_sessions_are_cut_as_asked_for(seed: int) -> None:
    cut = with_cuts(draw_person(seed, ZONE), 1 / 3)
    assert share_cut(cut) == pytest.approx(1 / 3, abs=0.06)
