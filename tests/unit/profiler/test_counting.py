"""A day is counted again by what changed on it, as far as that is enough."""

import pytest

from services.profiler.counting import BY_SESSION, Change
from services.profiler.days import Day, Entry
from services.profiler.model import Fact, ObservationId
from services.profiler.weeks import UNMARKED
from tests.unit.profiler.build import TUESDAY, meeting, work

MORNING: list[Fact] = [work("08:00", 30), work("09:00", 30, 4, 1), meeting("12:00", 30)]


def day(*facts: Fact) -> Day:
    return Day(TUESDAY, {ObservationId(f"o{number}"): fact for number, fact in enumerate(facts)})


def test_what_came_to_a_day_is_all_that_is_new_beside_its_meetings() -> None:
    grown = day(*MORNING, work("14:00", 30)).since(day(*MORNING))
    assert grown
    assert [session.observation_id for session in grown.sessions] == ["o3"]
    assert [name for name, _ in grown.meeting_events] == ["o2"]


@pytest.mark.parametrize(
    "now",
    [
        [*MORNING, meeting("09:30", 30)],  # cuts short what was there
        MORNING[:-1],
        MORNING[1:],
        [work("08:00", 45), *MORNING[1:]],
    ],
)
def test_what_went_or_may_matter_to_the_rest_needs_the_whole_day(now: list[Fact]) -> None:
    assert day(*now).since(day(*MORNING)) is None


def test_a_session_that_was_there_before_is_neither_made_nor_counted_again() -> None:
    now = day(*MORNING, work("14:00", 30))
    entries = {name: Entry(1, now.facts[name]) for name in list(now.facts)[:3]}
    was, change = now.before(entries), Change()
    change.of(was, now, UNMARKED)
    assert all(one is other for one, other in zip(was.sessions, now.sessions, strict=False))
    assert change.gone.keys().isdisjoint(BY_SESSION)
    assert change.come["focus"] == {"ae30": 1, "na": 1}
