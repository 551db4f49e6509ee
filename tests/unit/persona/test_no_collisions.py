"""Laws that hold for every calendar, moment and person."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.persona.mappers import DailyWorkOptimizer
from tests.unit.persona.strategies import mindscapes, situations


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_suggestion_collides_with_what_is_booked(data: st.DataObject) -> None:
    mindscape = data.draw(mindscapes())
    situation = data.draw(situations(mindscape.zone))

    _, overlay = DailyWorkOptimizer().map(mindscape, situation)

    for suggestion in overlay.suggestions:
        assert situation.at <= suggestion.start_at < suggestion.end_at
        length = timedelta(minutes=suggestion.duration_minutes)
        assert timedelta() < length <= suggestion.end_at - suggestion.start_at
        assert 0 <= suggestion.priority <= 1
        for one in situation.commitments:
            taken = one.takes_time and one.start_at < one.end_at
            assert not (taken and one.overlaps(suggestion.start_at, suggestion.end_at))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_outside_working_hours_there_is_nothing_but_wrapping_up(data: st.DataObject) -> None:
    mindscape = data.draw(mindscapes())
    situation = data.draw(situations(mindscape.zone))

    _, overlay = DailyWorkOptimizer().map(mindscape, situation)

    if not overlay.current_state.working_hours:
        assert {one.type for one in overlay.suggestions} <= {"wrap_up"}
