"""The judge of advice, rule by rule, on one day of one made-up mind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clients.workbench.days import Stretch
from clients.workbench.families import draw_person
from clients.workbench.shapes import LogNormal, Peak
from eval.simulation.days import MINUTE, Day
from eval.simulation.judge import ANSWERED, FLIPPED, Advice, best, helps, judge
from eval.simulation.people import TYPES, Family, Mind, draw, named

MONDAY = date(2026, 9, 7)
# Energy is highest at 10 and lowest at the end of the day; typical focus 60, recovery 20 minutes.
PERSON = replace(
    draw_person(1, "UTC"),
    peaks=(Peak(10.0, 0.8, 8.0),),
    start_hour=9.0,
    end_hour=17.0,
    focus=LogNormal(60.0, 0.3),
    recovery=LogNormal(20.0, 0.3),
    score_lost_per_interruption=0.4,
)
MIND = Mind("office-1", PERSON, frozenset(), MONDAY)


def at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 9, 7, int(hour), int(minute), tzinfo=UTC)


def stretch(start: str, end: str) -> Stretch:
    return Stretch(at(start), at(end))


def day(
    mind: Mind = MIND, meetings: tuple[Stretch, ...] = (), work: tuple[Stretch, ...] = ()
) -> Day:
    return Day(mind, stretch("09:00", "17:00"), meetings, work)


def advice(type_: str, start: str, minutes: float = 15) -> Advice:
    return Advice(type_, at(start), at(start) + minutes * MINUTE, minutes)


def test_deep_work_helps_where_energy_is_high_and_the_length_is_theirs() -> None:
    assert helps(day(), advice("deep_work_window", "09:30", 60), ())
    assert not helps(day(), advice("deep_work_window", "15:00", 60), ())
    assert helps(day(), advice("deep_work_window", "09:30", 36), ())
    assert not helps(day(), advice("deep_work_window", "09:30", 35), ())
    assert helps(day(), advice("deep_work_window", "09:30", 102), ())
    assert not helps(day(), advice("deep_work_window", "09:00", 103), ())


def test_deep_work_is_cut_by_a_meeting_and_waits_for_half_the_recovery() -> None:
    assert not helps(
        day(meetings=(stretch("10:00", "10:30"),)), advice("deep_work_window", "09:30", 60), ()
    )
    after = day(meetings=(stretch("09:00", "09:30"),))
    assert not helps(after, advice("deep_work_window", "09:39", 60), ())
    assert helps(after, advice("deep_work_window", "09:40", 60), ())


def test_light_work_helps_with_little_energy_or_a_meeting_near() -> None:
    assert helps(day(), advice("light_work", "15:00"), ())
    assert not helps(day(), advice("light_work", "10:00"), ())
    assert helps(day(meetings=(stretch("10:30", "11:00"),)), advice("light_work", "10:00"), ())
    assert not helps(day(meetings=(stretch("10:31", "11:00"),)), advice("light_work", "10:00"), ())


def test_a_break_helps_after_enough_work_or_with_the_least_energy() -> None:
    assert helps(day(work=(stretch("09:10", "10:10"),)), advice("break", "09:58"), ())
    assert not helps(day(work=(stretch("09:10", "10:10"),)), advice("break", "09:57"), ())
    assert helps(day(), advice("break", "16:30"), ())
    assert not helps(day(), advice("break", "10:00"), ())


@pytest.mark.parametrize(("pause", "worked"), [(4, 64), (5, 30)])
def test_a_rest_of_five_minutes_is_a_break(pause: int, worked: float) -> None:
    begun = at("09:30") + pause * MINUTE
    today = day(work=(stretch("09:00", "09:30"), Stretch(begun, begun + 40 * MINUTE)))
    assert today.minutes_without_break(begun + 30 * MINUTE) == worked


def test_after_a_rest_or_a_meeting_nothing_was_worked() -> None:
    met = day(meetings=(stretch("10:00", "10:02"),), work=(stretch("09:00", "10:00"),))
    assert met.minutes_without_break(at("10:02")) == 0
    rested = day(work=(stretch("09:00", "10:00"),))
    assert [rested.minutes_without_break(at(one)) for one in ("10:04", "10:05")] == [60, 0]


def test_preparation_helps_half_an_hour_before_a_meeting() -> None:
    today = day(meetings=(stretch("11:00", "11:30"),))
    assert helps(today, advice("meeting_preparation", "10:30"), ())
    assert not helps(today, advice("meeting_preparation", "10:29"), ())
    assert not helps(today, advice("meeting_preparation", "11:15"), ())


def test_a_recovery_buffer_helps_while_a_slow_recovery_lasts() -> None:
    meetings = (stretch("11:00", "11:30"),)
    assert helps(day(meetings=meetings), advice("meeting_recovery", "11:50"), ())
    assert not helps(day(meetings=meetings), advice("meeting_recovery", "11:51"), ())
    quick = replace(MIND, person=replace(PERSON, recovery=LogNormal(7.9, 0.3)))
    assert not helps(day(quick, meetings), advice("meeting_recovery", "11:30"), ())


def test_protection_helps_the_sensitive_while_energy_is_near_the_median() -> None:
    assert helps(day(), advice("protect_from_interruptions", "10:00"), ())
    assert not helps(day(), advice("protect_from_interruptions", "16:00"), ())
    calm = replace(MIND, person=replace(PERSON, score_lost_per_interruption=0.33))
    assert not helps(day(calm), advice("protect_from_interruptions", "10:00"), ())


def test_wrapping_up_helps_within_75_minutes_of_the_end() -> None:
    assert [
        helps(day(), advice("wrap_up", start), ()) for start in ("15:44", "15:45", "17:15", "17:16")
    ] == [False, True, True, False]


def test_nothing_helps_half_an_hour_outside_the_day_or_on_a_free_one() -> None:
    early = day(meetings=(stretch("08:45", "08:50"),))
    assert helps(early, advice("meeting_preparation", "08:30"), ())
    assert not helps(early, advice("meeting_preparation", "08:29"), ())
    free = Day(MIND, None, (stretch("10:00", "11:00"),), ())
    assert not helps(free, advice("meeting_preparation", "09:50"), ())


def test_what_was_refused_today_and_what_never_helps_does_not_help() -> None:
    assert not helps(day(), advice("light_work", "15:00"), {"light_work"})
    assert not helps(
        day(replace(MIND, never=frozenset({"light_work"}))), advice("light_work", "15:00"), ()
    )


def test_as_many_verdicts_are_flipped_and_told_as_it_is_said() -> None:
    moments = [at("15:00") + timedelta(seconds=each) for each in range(4000)]
    found = [judge(day(), each, advice("light_work", "15:00"), ()) for each in moments]
    assert all(each.helps for each in found)
    assert sum(not each.felt for each in found) / 4000 == pytest.approx(FLIPPED, abs=0.015)
    assert sum(each.told for each in found) / 4000 == pytest.approx(ANSWERED, abs=0.03)
    assert judge(day(), moments[0], advice("light_work", "15:00"), ()) == found[0]


def test_what_the_oracle_says_always_helps() -> None:
    today = day(meetings=(stretch("11:00", "11:30"),), work=(stretch("09:00", "10:05"),))
    for minutes in range(0, 480, 7):
        moment = at("09:00") + minutes * MINUTE
        found = best(today, moment, {"wrap_up"})
        assert found is None or helps(today, found, {"wrap_up"})
    assert best(today, at("11:10"), ()) is None
    never = day(replace(MIND, never=frozenset(TYPES)))
    assert best(never, at("10:00"), ()) is None


def test_people_are_the_same_whenever_they_are_drawn() -> None:
    for family in Family:
        for seed in range(30):
            mind = draw(family, seed)
            again = named(mind.name)
            assert (again.person, again.never, again.first_day) == (
                mind.person,
                mind.never,
                mind.first_day,
            )
            assert mind.never <= set(TYPES)
            assert mind.working_levels[0] <= mind.median_level <= mind.working_levels[-1]
