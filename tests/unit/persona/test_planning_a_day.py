"""How the rest of a day is laid out, for Ada and for people unlike her."""

from datetime import UTC, datetime, time, timedelta

import pytest

from services.persona.model import (
    BlockKind,
    Commitment,
    DayPlan,
    EnergyPatterns,
    FocusDuration,
    Mindscape,
    PlanBlock,
    PreferredStartTime,
    Quantiles,
)
from tests.unit.persona.builders import (
    MORNING_PERSON,
    ada,
    energy,
    meeting,
    mindscape,
    on_tuesday,
    plan,
)

DEEP, LIGHT, BREAK, BUFFER, MEETING = BlockKind
STAND_UP = meeting("10:00", 30)


def of(kind: BlockKind, found: DayPlan) -> list[PlanBlock]:
    return [one for one in found.blocks if one.kind is kind]


def windows(kind: BlockKind, found: DayPlan) -> list[str]:
    return [one.local_window for one in of(kind, found)]


def test_the_best_free_stretches_go_to_deep_work() -> None:
    found = plan(ada(), "08:00", [STAND_UP])

    assert windows(DEEP, found) == ["09:00-09:50", "10:45-11:55", "12:05-12:55"]
    assert found.deep_work_minutes == 170
    assert windows(MEETING, found) == ["10:00-10:30"]


def test_a_meeting_is_prepared_and_digested_in_the_persons_own_minutes() -> None:
    assert windows(BUFFER, plan(ada(), "08:00", [STAND_UP])) == ["09:50-10:00", "10:30-10:45"]


def test_after_each_deep_work_comes_a_break() -> None:
    found = plan(ada(), "10:30", [STAND_UP])

    starts = [one.start_at for one in of(BREAK, found)]
    assert of(DEEP, found)
    assert all(one.end_at in starts for one in of(DEEP, found))


def test_time_too_short_for_deep_work_is_for_small_things_or_nothing() -> None:
    found = plan(ada(), "09:00", [meeting("09:35", 30), meeting("10:15", 150)])

    assert windows(LIGHT, found)[0] == "09:00-09:30"
    assert "10:05-10:15" in windows(BUFFER, found)


def test_tired_hours_are_for_small_things() -> None:
    afternoon = plan(ada(), "13:10")

    assert not of(DEEP, afternoon)
    assert of(LIGHT, afternoon)
    assert "No free stretch" in afternoon.summary


def test_whoever_has_worked_on_for_long_rests_first() -> None:
    found = plan(ada(energy(since_break=55, worked=55)), "09:55")

    assert [one.kind for one in found.blocks[:2]] == [BREAK, DEEP]
    assert "55 minutes" in found.blocks[0].reason


def test_a_run_that_is_under_way_is_not_made_longer_than_the_persons_longest() -> None:
    found = plan(ada(energy(since_break=45, worked=45)), "10:00")

    assert found.blocks[0].kind is DEEP
    assert found.blocks[0].minutes <= 90 - 45


def test_what_was_worked_today_leaves_less_deep_work_for_the_rest_of_it() -> None:
    keen = mindscape(EnergyPatterns(tuple(0.2 if h < 8 else 0.9 for h in range(24)), (0.1,) * 24))
    fresh = plan(keen, "12:00")
    worked = plan(mindscape(*(one.value for one in keen.traits.values()), energy(worked=400)))

    assert worked.deep_work_minutes < max(fresh.deep_work_minutes, 41)
    assert "400 minutes of work are behind you" in worked.summary


def test_who_is_tired_now_is_not_sent_into_deep_work_for_an_hour() -> None:
    found = plan(ada(energy("low")), "09:00")

    assert all(one.start_at >= on_tuesday("10:00") for one in of(DEEP, found))


def test_a_long_day_has_a_long_break_at_its_lowest_that_stays_where_it_is() -> None:
    assert "13:30-14:00" in windows(BREAK, plan(ada(), "08:00"))
    assert "13:30-14:00" in windows(BREAK, plan(ada(), "12:20"))
    assert not [one for one in of(BREAK, plan(ada(), "14:05")) if one.minutes >= 30]


def test_the_day_ends_with_a_note_for_tomorrow() -> None:
    last = plan(ada(), "08:00").blocks[-1]

    assert (last.kind, last.minutes) == (LIGHT, 15)
    assert "tomorrow" in last.reason


def test_planning_again_in_the_middle_keeps_the_rest_of_the_plan() -> None:
    first = plan(ada(), "08:00", [STAND_UP])
    again = plan(ada(energy(since_break=0, worked=50)), "10:45", [STAND_UP])

    assert [one for one in first.blocks if one.start_at >= on_tuesday("10:45")] == [*again.blocks]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (on_tuesday("22:00"), "over"),
        (on_tuesday("10:00") + timedelta(days=4), "Saturday is not a working day"),
    ],
)
def test_without_working_hours_ahead_nothing_is_laid_out_and_it_says_why(
    at: datetime, words: str
) -> None:
    found = plan(ada(), at)

    assert found.blocks == ()
    assert words in found.summary


def test_meetings_that_overlap_are_one_block_and_an_errand_needs_no_recovery() -> None:
    dentist = Commitment(on_tuesday("13:00"), on_tuesday("14:00"), meeting=False)
    found = plan(ada(), "08:00", [STAND_UP, meeting("10:15", 45), dentist])

    assert windows(MEETING, found) == ["10:00-11:00", "13:00-14:00"]
    assert not [one for one in of(BUFFER, found) if one.start_at == dentist.end_at]


def test_a_night_shift_is_planned_on_both_sides_of_midnight() -> None:
    night = (*MORNING_PERSON[-13:], *MORNING_PERSON[:-13])
    nurse = ada(EnergyPatterns(night, night), PreferredStartTime(time(21)))

    found = plan(nurse, "02:00")

    assert found.blocks[0].start_at == on_tuesday("02:00")
    assert found.blocks[-1].end_at == on_tuesday("23:00") + timedelta(hours=1)
    assert "past midnight" in found.summary


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_on_the_days_the_clocks_change_blocks_keep_to_the_wall_clock(day: datetime) -> None:
    always = ada(EnergyPatterns(MORNING_PERSON, MORNING_PERSON), PreferredStartTime(time(9)))
    seen = Mindscape(7, always.zone, {**always.traits})
    found = plan(ada(), day + timedelta(days=1, hours=5))

    assert found.blocks[0].local_window == "09:00-10:10"
    assert plan(seen, day).date == day.date()


def test_while_the_best_hours_are_unknown_everybodys_go_first() -> None:
    unsure = mindscape(FocusDuration(Quantiles(60, 75, 100)), PreferredStartTime(time(9)), n=0)

    found = plan(unsure, "08:00", [meeting("11:00", 30)])

    assert {"14:00-15:00", "09:00-10:00"} <= set(windows(DEEP, found))
    assert "not known yet" in of(DEEP, found)[0].reason
    assert found.deep_work_minutes <= 240
