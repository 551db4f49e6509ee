"""Laws that hold for every calendar, moment and person."""

from datetime import timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.persona.mappers import DailyWorkOptimizer
from services.persona.mappers.daily_work_optimizer.curve import Curve
from services.persona.mappers.daily_work_optimizer.day import working_day
from services.persona.mappers.daily_work_optimizer.ranking import AT_ONCE
from services.persona.model import Mindscape, Situation
from tests.unit.persona.strategies import days, mindscapes, situations


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_suggestion_collides_with_what_is_booked(data: st.DataObject) -> None:
    mindscape = data.draw(mindscapes())
    situation = data.draw(situations(mindscape.zone))

    _, overlay = DailyWorkOptimizer().map(mindscape, situation)

    for one, other in combinations(overlay.suggestions, 2):
        apart = one.end_at <= other.start_at or other.end_at <= one.start_at
        assert apart or {one.type, other.type} == AT_ONCE
    for suggestion in overlay.suggestions:
        assert situation.at <= suggestion.start_at < suggestion.end_at
        length = timedelta(minutes=suggestion.duration_minutes)
        assert timedelta() < length <= suggestion.end_at - suggestion.start_at
        assert 0 <= suggestion.priority <= 1
        for booked in situation.commitments:
            taken = booked.takes_time and booked.start_at < booked.end_at
            assert not (taken and booked.overlaps(suggestion.start_at, suggestion.end_at))


@settings(max_examples=200, deadline=None)
@given(days())
def test_every_suggestion_lies_in_the_working_day_or_just_after_it(
    day: tuple[Mindscape, Situation],
) -> None:
    mindscape, situation = day
    hours = working_day(mindscape, Curve.of(mindscape, ZoneInfo(situation.zone)), situation.at)

    _, overlay = DailyWorkOptimizer().map(mindscape, situation)

    for one in overlay.suggestions:
        assert hours is not None
        assert hours.start_at <= one.start_at
        assert one.end_at <= hours.end_at + timedelta(minutes=30)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_outside_working_hours_there_is_nothing_but_wrapping_up(data: st.DataObject) -> None:
    mindscape = data.draw(mindscapes())
    situation = data.draw(situations(mindscape.zone))

    _, overlay = DailyWorkOptimizer().map(mindscape, situation)

    if not overlay.current_state.working_hours:
        assert {one.type for one in overlay.suggestions} <= {"wrap_up"}
