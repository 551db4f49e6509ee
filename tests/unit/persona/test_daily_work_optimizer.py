"""What the daily work optimizer tells people, moment by moment."""

from datetime import UTC, datetime, time, timedelta

import pytest

from services.persona.model import (
    Commitment,
    Disruptor,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    TaskSwitchingCost,
    Window,
)
from tests.unit.persona.builders import (
    ADAS,
    MORNING_PERSON,
    SENSITIVE,
    ada,
    advise,
    energy,
    meeting,
    on_tuesday,
    the,
    trait,
    types,
)

SLEEPY = (*MORNING_PERSON[:13], 0.1, *MORNING_PERSON[14:])
AFTER_LUNCH = EnergyPatterns(SLEEPY, SLEEPY)


def test_a_sharp_free_morning_is_for_deep_work() -> None:
    overlay = advise(ada(), "09:30")

    deep = the("deep_work_window", overlay)
    assert (deep.duration_minutes, deep.local_window) == (70, "09:30-10:40")
    assert "70 minutes" in deep.description
    assert "50" in deep.description
    assert overlay.current_state.in_peak_hours
    assert overlay.current_state.recommended_task_type == "deep work"


def test_outside_best_hours_a_block_is_as_long_as_the_usual_focus() -> None:
    late = PeakHours((Window(time(14), time(17)),))

    assert the("deep_work_window", advise(ada(late), "09:30")).duration_minutes == 50


def test_a_tired_early_afternoon_is_for_light_work_and_keeps_no_deep_work() -> None:
    overlay = advise(ada(), "13:10")

    assert types(overlay) == ["light_work"]
    assert overlay.current_state.recommended_task_type == "light work"


def test_an_evening_person_hears_the_opposite_in_the_morning() -> None:
    shifted = (*MORNING_PERSON[-5:], *MORNING_PERSON[:-5])
    evening = ada(EnergyPatterns(shifted, shifted), PeakHours((Window(time(14), time(17)),)))

    assert "deep_work_window" not in types(advise(evening, "09:10"))
    assert "deep_work_window" in types(advise(evening, "14:30"))


def test_forty_free_minutes_before_a_meeting_become_a_block_of_forty() -> None:
    deep = the("deep_work_window", advise(ada(), "09:30", [meeting("10:10")]))

    assert (deep.duration_minutes, deep.end_at) == (40, on_tuesday("10:10"))
    assert "free from 09:30 until your meeting at 10:10" in deep.description


def test_too_little_time_before_a_meeting_is_for_light_work_and_preparation() -> None:
    overlay = advise(ada(), "09:30", [meeting("09:55")])

    assert set(types(overlay)) >= {"light_work", "meeting_preparation"}
    assert the("light_work", overlay).local_window == "09:30-09:40"
    assert the("meeting_preparation", overlay).local_window == "09:40-09:55"
    assert overlay.current_state.minutes_to_next_meeting == 25


def test_a_long_focus_is_not_squeezed_into_forty_minutes_and_nothing_else_is_made_up() -> None:
    long = ada(FocusDuration(Quantiles(90, 120, 150)))

    overlay = advise(long, "09:30", [meeting("10:10")])

    assert "deep_work_window" not in types(overlay)
    assert overlay.current_state.recommended_task_type == ""


def test_half_an_hour_before_a_meeting_is_for_small_things() -> None:
    long = ada(FocusDuration(Quantiles(90, 120, 150)))

    overlay = advise(long, "09:40", [meeting("10:10")])

    assert the("light_work", overlay).end_at <= on_tuesday("10:10")


def test_when_now_is_taken_up_the_best_free_stretch_ahead_is_named() -> None:
    overlay = advise(ada(), "09:30", [meeting("09:50", 10)])

    ahead = the("deep_work_window", overlay)
    assert ahead.start_at >= on_tuesday("10:00") + timedelta(minutes=14)
    assert ahead.duration_minutes == 50


def test_after_a_meeting_comes_the_persons_own_recovery_and_then_deep_work() -> None:
    overlay = advise(ada(), "10:04", [meeting("09:00")])

    recovery = the("meeting_recovery", overlay)
    assert (recovery.duration_minutes, recovery.local_window) == (10, "10:04-10:14")
    assert the("deep_work_window", overlay).start_at == on_tuesday("10:14")


def test_in_a_meeting_nothing_is_said() -> None:
    overlay = advise(ada(), "10:30", [meeting("10:00")])

    assert overlay.suggestions == ()
    assert overlay.current_state.recommended_task_type == "meetings"


def test_a_break_is_due_after_the_usual_focus_and_deep_work_waits_for_it() -> None:
    overlay = advise(ada(energy(since_break=55, worked=55)), "09:55")

    assert overlay.current_state.recommended_task_type == "rest"
    assert the("break", overlay).duration_minutes == 10
    assert "55 minutes" in the("break", overlay).description
    assert the("deep_work_window", overlay).start_at == on_tuesday("10:05")


def test_a_break_grows_more_urgent_the_longer_one_has_worked() -> None:
    soon = the("break", advise(ada(energy(since_break=52)), "09:55"))
    late = the("break", advise(ada(energy(since_break=90)), "09:55"))

    assert soon.priority < late.priority


def test_no_break_is_suggested_to_somebody_who_has_just_begun() -> None:
    assert "break" not in types(advise(ada(energy(since_break=20, worked=20)), "09:25"))


def test_low_energy_by_the_persons_own_word_outdoes_the_curve() -> None:
    overlay = advise(ada(energy("low", worked=30)), "09:30")

    assert types(overlay)[0] == "light_work"
    assert the("deep_work_window", overlay).start_at > on_tuesday("09:30")
    assert overlay.current_state.energy == "low"


def test_people_whom_interruptions_cost_much_hear_of_protection_while_sharp() -> None:
    assert "protect_from_interruptions" in types(advise(ada(SENSITIVE), "09:30"))
    assert "protect_from_interruptions" not in types(advise(ada(), "09:30"))
    assert "protect_from_interruptions" not in types(advise(ada(SENSITIVE), "13:10"))


def test_focus_is_protected_while_energy_stays_good() -> None:
    whole, shorter = (
        the("protect_from_interruptions", advise(ada(SENSITIVE), at)) for at in ("09:30", "11:20")
    )

    assert whole.local_window == "09:30-10:40"
    assert shorter.local_window == "11:20-12:20"


def test_what_was_answered_about_disruptors_counts_until_the_cost_is_measured() -> None:
    chatty = FlowDisruptors((Disruptor("slack", 0.8), Disruptor("meetings", 0.2)))
    crowded = FlowDisruptors((Disruptor("meetings", 1.0),))

    assert "protect_from_interruptions" in types(advise(ada(chatty), "09:30"))
    assert "protect_from_interruptions" not in types(advise(ada(crowded), "09:30"))


def test_a_first_guess_of_what_meetings_and_interruptions_cost_is_kept_to_oneself() -> None:
    guesses = {
        **ada(SENSITIVE).traits,
        MeetingRecovery.NAME: trait(MeetingRecovery(14, 30), 1, True),
    }
    unsure = Mindscape(7, "Europe/Berlin", guesses)
    somewhat = TaskSwitchingCost("medium", 0.35, 5)
    early = Mindscape(
        7, "Europe/Berlin", {**ada().traits, SENSITIVE.NAME: trait(SENSITIVE, 9, True)}
    )

    assert "meeting_recovery" not in types(advise(unsure, "10:04", [meeting("09:00")]))
    assert "protect_from_interruptions" not in types(advise(ada(somewhat), "09:30"))
    assert "protect_from_interruptions" not in types(advise(early, "09:30"))
    chatty = FlowDisruptors((Disruptor("slack", 1.0),))
    early = Mindscape(7, "Europe/Berlin", {**early.traits, chatty.NAME: trait(chatty)})
    assert "protect_from_interruptions" not in types(advise(early, "09:30"))


def test_the_kind_of_task_is_that_of_what_is_suggested_first() -> None:
    for minute in range(0, 24 * 60, 10):
        overlay = advise(ada(SENSITIVE), on_tuesday("00:00") + timedelta(minutes=minute))
        if overlay.current_state.recommended_task_type == "light work":
            assert "light_work" in types(overlay)
        if not overlay.suggestions and overlay.current_state.working_hours:
            assert overlay.current_state.recommended_task_type == ""


@pytest.mark.parametrize("clock", ["03:00", "07:30", "21:30"])
def test_outside_working_hours_nothing_is_suggested(clock: str) -> None:
    overlay = advise(ada(SENSITIVE), clock)

    assert overlay.suggestions == ()
    assert not overlay.current_state.working_hours
    assert overlay.current_state.recommended_task_type == "off work"


def test_a_night_shift_goes_on_after_midnight() -> None:
    night = (*MORNING_PERSON[-13:], *MORNING_PERSON[:-13])
    nurse = ada(EnergyPatterns(night, night), PreferredStartTime(time(21)))

    assert advise(nurse, "02:00").current_state.working_hours
    assert not advise(nurse, "12:00").current_state.working_hours


def test_clock_times_are_the_persons_in_tokyo() -> None:
    tokyo = Mindscape(7, "Asia/Tokyo", ada().traits)

    deep = the("deep_work_window", advise(tokyo, "09:30"))

    assert deep.start_at == datetime(2026, 11, 17, 0, 30, tzinfo=UTC)
    assert deep.local_window == "09:30-10:40"


def test_a_long_entry_that_is_no_meeting_does_not_take_the_day() -> None:
    trip = Commitment(on_tuesday("08:00"), on_tuesday("18:00"), meeting=False)
    dentist = Commitment(on_tuesday("09:00"), on_tuesday("10:00"), meeting=False)

    assert "deep_work_window" in types(advise(ada(), "09:30", [trip]))
    assert types(advise(ada(), "09:30", [dentist])) == []


def test_at_most_three_are_shown_best_first() -> None:
    crowded = ada(SENSITIVE, energy("medium", since_break=95, worked=300))
    for minute in range(0, 24 * 60, 10):
        at = on_tuesday("00:00") + timedelta(minutes=minute)
        shown = advise(crowded, at, [meeting("10:00"), meeting("14:20", 30)]).suggestions
        assert len(shown) <= 3
        assert [one.priority for one in shown] == sorted(one.priority for one in shown)[::-1]
        assert len({one.type for one in shown}) == len(shown)


def test_every_suggestion_says_why_with_the_traits_as_they_were() -> None:
    deep = the("deep_work_window", advise(ada(), "09:30"))

    assert deep.related_traits[0] == "work.energy_patterns"
    assert [used.name for used in deep.why.traits] == list(deep.related_traits)
    focus = deep.why.traits[1]
    assert (focus.value, focus.n, focus.confidence) == (
        "p50 50 min, p75 70 min, p90 90 min",
        80,
        0.8,
    )
    assert focus.last_evidence_at is not None
    assert deep.why.rule


def test_a_first_guess_says_so() -> None:
    known = {value.NAME: trait(value) for value in ADAS}
    energy_of_one = trait(ADAS[0], n=1, provisional=True)
    guess = Mindscape(1, "Europe/Berlin", {**known, ADAS[0].NAME: energy_of_one})

    deep = the("deep_work_window", advise(guess, "09:30"))

    assert "a first guess from 1 observation" in deep.description
    assert deep.why.traits[0].provisional


def test_in_the_lowest_hours_somebody_who_has_worked_hears_of_a_break() -> None:
    assert "break" in types(advise(ada(AFTER_LUNCH, energy("low", worked=200)), "13:30"))
    assert "break" not in types(advise(ada(AFTER_LUNCH, energy("low", worked=40)), "13:30"))


def test_small_things_follow_the_break_of_the_lowest_hour() -> None:
    overlay = advise(ada(AFTER_LUNCH, energy("low", worked=200)), "13:30")

    assert the("light_work", overlay).start_at == the("break", overlay).end_at


def test_a_break_before_an_entry_ends_with_its_start() -> None:
    errand = Commitment(on_tuesday("10:00"), on_tuesday("11:00"), meeting=False)
    overlay = advise(ada(energy(since_break=60, worked=60)), "09:52", [errand])

    assert the("break", overlay).duration_minutes == 8


def test_of_what_would_fill_the_same_minutes_only_the_best_is_said() -> None:
    overlay = advise(ada(energy(since_break=60, worked=60)), "09:52", [meeting("10:00")])

    assert types(overlay)[0] == "meeting_preparation"
    assert "break" not in types(overlay)


def test_sessions_of_a_few_minutes_do_not_make_blocks_of_a_few_minutes() -> None:
    hasty = ada(FocusDuration(Quantiles(4, 6, 9)))

    assert the("deep_work_window", advise(hasty, "09:30")).duration_minutes >= 15


def test_the_focus_of_this_part_of_the_day_counts_before_that_of_all_day() -> None:
    brief = Quantiles(30, 40, 50)
    split = ada(FocusDuration(Quantiles(60, 80, 90), {"morning": brief}))

    deep = the("deep_work_window", advise(split, "09:30"))

    assert deep.duration_minutes == 40
    assert deep.why.traits[1].value.endswith("in the morning p50 30 min")


def test_no_block_runs_past_the_end_of_the_day() -> None:
    blocks = [
        one
        for minute in range(9 * 60, 18 * 60, 10)
        for one in advise(ada(), on_tuesday("00:00") + timedelta(minutes=minute)).suggestions
        if one.type == "deep_work_window"
    ]

    assert blocks
    assert all(one.end_at <= on_tuesday("17:30") for one in blocks)
