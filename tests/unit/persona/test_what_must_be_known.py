"""What must be known of a person before anything is said, and what is said of how they work."""

from dataclasses import replace
from datetime import time

from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import (
    EnergyPatterns,
    FocusDuration,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Situation,
    Window,
)
from tests.unit.persona.builders import (
    BERLIN,
    MORNING_PERSON,
    SENSITIVE,
    ada,
    advise,
    energy,
    meeting,
    mindscape,
    on_tuesday,
    the,
    trait,
    types,
)

NINE = PreferredStartTime(time(9))


def test_one_session_is_enough_to_begin() -> None:
    flat = tuple(0.9 if hour in (9, 10) else 0.3 for hour in range(24))
    first = mindscape(
        EnergyPatterns(flat, flat),
        PeakHours((Window(time(9), time(11)),)),
        FocusDuration(Quantiles(90, 90, 90)),
        n=1,
    )

    assert the("deep_work_window", advise(first, "09:05")).duration_minutes == 90


def test_answers_alone_are_enough_to_begin() -> None:
    answered = mindscape(
        PeakHours((Window(time(14), time(17)),)),
        FocusDuration(Quantiles(60, 75, 90)),
        PreferredStartTime(time(10)),
        n=0,
    )

    assert types(advise(answered, "14:30"))[0] == "deep_work_window"
    assert not advise(answered, "08:30").current_state.working_hours


def test_focus_alone_is_enough_to_begin() -> None:
    only_focus = mindscape(FocusDuration(Quantiles(60, 75, 90)), n=1)

    assert "deep_work_window" in types(advise(only_focus, "14:30"))


def test_without_any_trait_of_energy_or_focus_it_asks_for_one() -> None:
    optimizer = DailyWorkOptimizer()

    assert optimizer.lacks(mindscape(PreferredStartTime(time(9))))
    assert not optimizer.lacks(ada())


def test_a_day_that_may_as_well_be_flat_is_silent_but_to_newcomers() -> None:
    nearly_flat = tuple(0.9 if hour in (9, 10) else 0.7 for hour in range(24))
    flat = EnergyPatterns(nearly_flat, nearly_flat)

    assert "deep_work_window" in types(advise(mindscape(flat, NINE, n=4), "09:05"))
    assert types(advise(mindscape(flat, NINE, n=5), "09:05")) == []
    assert "deep_work_window" in types(advise(mindscape(flat, NINE, n=80), "09:05"))


def test_a_dip_that_was_hardly_seen_is_no_reason_for_a_break() -> None:
    low = tuple(0.5 if hour == 13 else 0.9 for hour in range(24))
    dip, now = EnergyPatterns(low, low), energy("medium", worked=200)

    assert "break" in types(advise(mindscape(dip, NINE, now, n=80), "13:30"))
    assert "break" not in types(advise(mindscape(dip, NINE, now, n=10), "13:30"))


def test_a_cost_of_interruptions_that_may_well_be_lower_protects_nobody() -> None:
    def told(confidence: float) -> list[str]:
        cost = replace(trait(SENSITIVE), confidence=confidence)
        who = Mindscape(7, BERLIN, {**ada().traits, SENSITIVE.NAME: cost})
        return types(advise(who, "09:30"))

    assert "protect_from_interruptions" in told(0.75)
    assert "protect_from_interruptions" not in told(0.7)


def test_a_buffer_is_for_those_who_surely_take_long_to_recover() -> None:
    def told(minutes: int, confidence: float) -> list[str]:
        recovery = replace(trait(MeetingRecovery(minutes, 30)), confidence=confidence)
        who = Mindscape(7, BERLIN, {**ada().traits, MeetingRecovery.NAME: recovery})
        return types(advise(who, "10:02", [meeting("09:00")]))

    assert "meeting_recovery" in told(10, 0.6)
    assert "meeting_recovery" not in told(9, 0.9)
    assert "meeting_recovery" not in told(20, 0.5)


def test_the_core_tells_how_the_person_works_and_what_to_plan_with() -> None:
    core, _ = DailyWorkOptimizer().map(
        ada(SENSITIVE), Situation(on_tuesday("09:30"), "Europe/Berlin")
    )

    assert core.work_style.focus_minutes == 50
    assert core.work_style.deep_work_minutes == 90
    assert core.work_style.peak_hours == ("09:00-12:00",)
    assert core.work_style.task_switching_cost == "high"
    assert core.work_style.usual_start == "09:00"
    assert core.preferences.default_focus_minutes == 50
    assert core.preferences.deep_work_minutes == 70
    assert core.preferences.meeting_buffer_minutes == 14
    assert core.preferences.break_every_minutes == 50


def test_what_is_unknown_is_not_made_up_in_the_core() -> None:
    core, _ = DailyWorkOptimizer().map(
        mindscape(EnergyPatterns(MORNING_PERSON, MORNING_PERSON)),
        Situation(on_tuesday("09:30"), "Europe/Berlin"),
    )

    assert core.work_style.focus_minutes == 0
    assert core.work_style.usual_start == ""
    assert core.preferences.meeting_buffer_minutes == 0
