"""What somebody is told of whom nothing is known but answers."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from services.persona.mappers.daily_work_optimizer.curve import Curve
from services.persona.mappers.daily_work_optimizer.day import working_day
from services.persona.model import (
    Disruptor,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    Mindscape,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Window,
)
from tests.unit.persona.builders import BERLIN, advise, mindscape, on_tuesday, the, types

FOCUS = FocusDuration(Quantiles(60, 75, 100))
LONG_FOCUS = FocusDuration(Quantiles(120, 145, 180))
NINE = PreferredStartTime(time(9))
SLACK = FlowDisruptors((Disruptor("slack", 1.0),))
AFTERNOON = PeakHours((Window(time(14), time(17)),))


def varies(*more: FlowDisruptors) -> Mindscape:
    """Somebody whose best hours are not known: they vary."""
    return mindscape(FOCUS, NINE, *more, n=0)


@pytest.mark.parametrize("clock", ["09:00", "10:40", "12:30", "14:30", "16:00"])
def test_without_hours_of_their_own_nobody_is_called_tired(clock: str) -> None:
    overlay = advise(varies(), clock)

    assert overlay.current_state.energy == "medium"
    assert overlay.current_state.recommended_task_type == "deep work"
    assert types(overlay) == ["deep_work_window"]


def test_what_is_not_known_of_the_hours_is_not_claimed() -> None:
    deep = the("deep_work_window", advise(varies(), "09:00"))

    assert (deep.duration_minutes, deep.local_window) == (60, "09:00-10:00")
    assert "%" not in deep.description


def test_the_afternoon_goes_first_while_nothing_is_known_of_the_hours() -> None:
    morning = the("deep_work_window", advise(varies(), "09:30"))
    afternoon = the("deep_work_window", advise(varies(), "14:30"))

    assert morning.priority < afternoon.priority


def test_the_answered_disruptor_is_kept_away_also_without_known_hours() -> None:
    assert "protect_from_interruptions" in types(advise(varies(SLACK), "09:30"))


@pytest.mark.parametrize(("clock", "energy"), [("09:30", "medium"), ("15:00", "high")])
def test_words_and_numbers_of_energy_agree_without_a_curve(clock: str, energy: str) -> None:
    state = advise(mindscape(AFTERNOON, NINE, n=0), clock).current_state

    assert state.energy == energy
    assert (state.energy_level >= 0.66) == (energy == "high")


def test_small_things_take_an_hour_at_most() -> None:
    tired = tuple(0.9 if hour in range(14, 17) else 0.3 for hour in range(24))
    who = mindscape(EnergyPatterns(tired, tired), AFTERNOON, LONG_FOCUS, NINE, n=0)

    assert the("light_work", advise(who, "09:30")).duration_minutes == 60


def test_light_work_is_over_when_the_better_time_begins() -> None:
    rising = tuple(0.9 if hour in range(14, 17) else 0.3 for hour in range(24))
    overlay = advise(
        mindscape(EnergyPatterns(rising, rising), AFTERNOON, FOCUS, NINE, n=0), "13:00"
    )

    ahead, light = the("deep_work_window", overlay), the("light_work", overlay)
    assert light.end_at <= ahead.start_at


def test_the_day_of_somebody_who_is_best_in_the_evening_lasts_until_then() -> None:
    evening = PeakHours((Window(time(19), time(22)),))
    overlay = advise(mindscape(evening, FOCUS, NINE, n=0), "19:30")

    assert overlay.current_state.working_hours
    assert overlay.suggestions[0].type == "deep_work_window"


def test_best_hours_before_the_usual_start_make_no_day_longer() -> None:
    early = PeakHours((Window(time(6), time(8)),))

    assert not advise(mindscape(early, FOCUS, NINE, n=0), "18:30").current_state.working_hours


def test_a_day_is_believed_to_end_early_sooner_than_late() -> None:
    usual, early, late = time(18), time(15), time(21)

    def end(ended: time, days: int) -> time:
        who = mindscape(PreferredStartTime(time(9), ended), n=days)
        day = working_day(who, Curve.of(who, ZoneInfo(BERLIN)), on_tuesday("10:00"))
        assert day is not None
        return day.end_at.astimezone(ZoneInfo(BERLIN)).time()

    assert [end(usual, days) for days in (1, 80)] == [usual, usual]
    assert [end(early, days) for days in (1, 2, 80)] == [time(16, 30), time(16), time(15)]
    assert [end(late, days) for days in (1, 2, 80)] == [time(19), time(19, 30), time(20, 55)]
