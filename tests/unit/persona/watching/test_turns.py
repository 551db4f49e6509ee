"""When a person's suggestions may change next: meetings, energy, the working day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.rules import wrap_up
from services.persona.model import Commitment, Mindscape, PeakHours, Situation, Window
from services.persona.usecases.watching import Cause, Look, change, started, turns
from tests.unit.persona.builders import UNTIL_FIVE, ada, advise, energy, meeting, on_tuesday, types

HOUR = timedelta(hours=1)


def moment_at(clock: str | datetime, *booked: Commitment, who: Mindscape | None = None) -> Moment:
    at = clock if isinstance(clock, datetime) else on_tuesday(clock)
    return Moment.of(who or ada(), Situation(at, "Europe/Berlin", booked))


def told(moment: Moment, hours: float = 24) -> dict[str, list[Cause]]:
    """Returns the causes by local time, for so many hours."""
    found: dict[str, list[Cause]] = {}
    for turn in turns(moment, moment.at, moment.at + hours * HOUR):
        clock = f"{turn.at.astimezone(moment.zone):%H:%M}"
        found.setdefault(clock, []).append(turn.cause)
    return found


def of(cause: Cause, found: dict[str, list[Cause]]) -> list[str]:
    return [clock for clock, causes in found.items() if cause in causes]


def test_a_meeting_is_near_half_an_hour_before_then_begins_ends_and_is_digested() -> None:
    found = told(moment_at("13:00", meeting("15:00", 60)), hours=5)
    # It takes Ada 14 minutes.
    assert of(Cause.MEETING, found) == ["14:30", "15:00", "16:00", "16:14"]


def test_an_errand_begins_and_ends_but_is_nothing_to_prepare_for() -> None:
    dentist = Commitment(on_tuesday("15:00"), on_tuesday("16:00"), meeting=False)
    assert of(Cause.MEETING, told(moment_at("13:00", dentist), hours=5)) == ["15:00", "16:00"]


def test_a_meeting_that_is_near_already_is_not_near_once_more() -> None:
    found = told(moment_at("14:40", meeting("15:00", 60)), hours=0.5)
    assert of(Cause.MEETING, found) == ["15:00"]


def test_a_turn_at_the_moment_itself_is_over() -> None:
    assert "15:00" not in told(moment_at("15:00", meeting("15:00", 60)))


def test_windows_of_high_energy_open_and_close() -> None:
    found = of(Cause.ENERGY_WINDOW, told(moment_at("07:00"), hours=10))
    assert {"09:00", "12:00"} <= set(found)


def test_a_window_across_midnight_opens_and_closes() -> None:
    night = ada(PeakHours((Window(time(22), time(2)),)))
    found = of(Cause.ENERGY_WINDOW, told(moment_at("21:00", who=night), hours=10))
    assert {"22:00", "02:00"} <= set(found)


def test_weekends_have_windows_of_their_own() -> None:
    weekend = ada(PeakHours((Window(time(9), time(12)),), (Window(time(16), time(18)),)))
    saturday = on_tuesday("08:00") + timedelta(days=4)
    found = of(Cause.ENERGY_WINDOW, told(moment_at(saturday, who=weekend), hours=12))
    assert {"16:00", "18:00"} <= set(found)
    assert "09:00" not in found


def test_the_working_day_begins_nears_its_end_and_ends() -> None:
    moment = moment_at("08:00")
    assert moment.day is not None
    found = of(Cause.WORKING_DAY, told(moment, hours=14))
    assert found[0] == "09:00"
    assert f"{moment.day.end_at.astimezone(moment.zone):%H:%M}" in found


def test_there_is_a_turn_when_wrapping_up_comes_and_when_it_is_too_late_for_it() -> None:
    ends = ada(UNTIL_FIVE)
    moment = moment_at("08:00", who=ends)
    assert moment.day is not None
    near = [moment.day.end_at - timedelta(minutes=left) for left in (56, 55, 10, 9)]
    said = [wrap_up.propose(moment_at(at, who=ends)) is not None for at in near]
    assert said == [False, True, True, False]
    changes = {f"{at.astimezone(moment.zone):%H:%M}" for at in (near[1], near[3])}
    assert changes <= set(of(Cause.WORKING_DAY, told(moment, hours=14)))


def test_windows_follow_the_wall_clock_over_a_change_of_it() -> None:
    # The clocks of Berlin go back in the night to 25 October: a Sunday.
    weekend = ada(PeakHours((), (Window(time(9), time(12)),)))
    saturday_evening = datetime(2026, 10, 24, 20, tzinfo=UTC)
    moment = moment_at(saturday_evening, who=weekend)
    found = turns(moment, moment.at, moment.at + 20 * HOUR)
    opens = [turn.at for turn in found if turn.cause is Cause.ENERGY_WINDOW]
    assert datetime(2026, 10, 25, 8, tzinfo=UTC) in opens


def test_the_next_look_is_at_the_first_turn() -> None:
    moment = moment_at("13:50", meeting("15:00", 60))
    first = turns(moment, moment.at, moment.at + HOUR)[0]
    assert Look.at_moment(moment, ()).next_turn(HOUR) == first.at <= on_tuesday("14:30")


def test_without_a_turn_it_is_looked_again_when_the_time_is_over() -> None:
    look = Look.at_moment(moment_at("01:00"), ())
    assert look.next_turn(HOUR) == on_tuesday("02:00")


def test_of_somebody_unknown_time_alone_changes_nothing() -> None:
    assert Look.at_nobody(on_tuesday("09:00")).next_turn(HOUR) is None


@given(
    st.integers(0, 24 * 60 - 1),
    st.lists(st.tuples(st.integers(0, 24 * 60), st.integers(5, 180)), max_size=4),
)
def test_between_two_turns_nothing_is_seen_to_change(
    minute: int, booked: Iterable[tuple[int, int]]
) -> None:
    commitments = [
        Commitment(
            on_tuesday("00:00") + timedelta(minutes=start),
            on_tuesday("00:00") + timedelta(minutes=start + length),
        )
        for start, length in booked
    ]
    begin = moment_at(on_tuesday("00:00") + timedelta(minutes=minute), *commitments)
    look = Look.at_moment(begin, ())
    coming = look.next_turn(HOUR)
    assert coming is not None
    last = moment_at(coming - timedelta(seconds=1), *commitments)
    later = Look.at_moment(last, ())
    state = (look.seen.meeting, look.seen.working, begin.in_peak_hours)
    assert state == (later.seen.meeting, later.seen.working, last.in_peak_hours)


def look_at(clock: str, *booked: Commitment, version: int = 7) -> Look:
    moment = moment_at(clock, *booked)
    overlay = advise(ada(), clock, booked)
    look = Look.at_moment(moment, tuple(types(overlay)))
    return replace(look, seen=replace(look.seen, version=version))


def test_at_first_it_is_told_how_things_stand() -> None:
    look = look_at("09:30")
    first = started(look)
    assert (first.causes, first.types) == ((Cause.STARTED,), look.types)


def test_nothing_is_told_of_what_stays_the_same() -> None:
    before, after = look_at("09:30"), look_at("09:40")
    assert change(before.seen, before.seen.at, after) is None


def test_a_meeting_that_comes_near_is_told_with_the_moment_it_did() -> None:
    booked = meeting("15:00", 60)
    before, after = look_at("14:20", booked), look_at("14:31", booked)
    found = change(before.seen, before.seen.at, after)
    assert found is not None
    assert Cause.MEETING in found.causes
    assert found.changed_at == on_tuesday("14:30")
    assert "meeting_preparation" in found.types


def test_a_new_version_is_always_told() -> None:
    before, after = look_at("09:30"), look_at("09:40", version=8)
    found = change(before.seen, before.seen.at, after)
    assert found is not None
    assert found.causes == (Cause.TRAITS_CHANGED,)
    assert found.changed_at == on_tuesday("09:40")


def test_several_things_at_once_are_told_together_in_a_fixed_order() -> None:
    before, after = look_at("08:50"), look_at("09:00", version=8)
    found = change(before.seen, before.seen.at, after)
    assert found is not None
    assert found.causes == (Cause.TRAITS_CHANGED, Cause.ENERGY_WINDOW, Cause.WORKING_DAY)


def test_other_types_without_a_turn_have_no_cause_that_has_a_name() -> None:
    before = look_at("09:30")
    after = Look(before.seen, before.types, before.moment)
    other = Look.at_moment(moment_at("09:31"), ("break",))
    found = change(after.seen, after.seen.at, other)
    assert found is not None
    assert (found.causes, found.types) == ((), ("break",))


def test_what_was_missed_for_days_is_told_as_it_stands_now() -> None:
    before, after = look_at("09:30"), look_at("20:00")
    found = change(before.seen, before.seen.at - timedelta(days=9), after)
    assert found is not None
    assert {Cause.ENERGY_WINDOW, Cause.WORKING_DAY} <= set(found.causes)


@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_high_energy_of_the_moment_counts_as_a_window(level: str) -> None:
    look = Look.at_moment(moment_at("15:00", who=ada(energy(level))), ())
    assert look.seen.high_energy == (level == "high")
