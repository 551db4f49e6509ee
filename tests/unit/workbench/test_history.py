"""What made-up people leave behind."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from zoneinfo import ZoneInfo

import protovalidate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.importers.plan import span
from clients.workbench.days import local_hour, meetings_on, sessions_on
from clients.workbench.families import draw_person
from clients.workbench.history import write_history
from clients.workbench.people import Amount, Person
from clients.workbench.sample import sample_history, zone_at_work
from personakit.ingest.v1 import ingest_pb2 as pb

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
DAYS = [date(2026, 1, 1) + timedelta(days=each) for each in range(300)]


def written(now: datetime = NOW, weeks: int = 6, seed: int = 1) -> dict[str, pb.Observation]:
    person = draw_person(seed, "Europe/Berlin")
    return {each.source_id: each for each in write_history(person, "ana", now, weeks)}


def of_kind(history: dict[str, pb.Observation], kind: str) -> list[pb.Observation]:
    return [each for each in history.values() if each.WhichOneof("kind") == kind]


@pytest.mark.parametrize("seed", range(5))
def test_every_observation_keeps_the_rules_of_the_api(seed: int) -> None:
    person = draw_person(seed, "America/New_York")
    history = write_history(person, "ana", NOW, 4)
    for observation in history:
        protovalidate.validate(observation)
    assert len({each.source_id for each in history}) == len(history)


def test_all_three_kinds_are_there_and_only_the_calendar_knows_the_future() -> None:
    history = written()
    sessions, meetings = of_kind(history, "work_session"), of_kind(history, "calendar_event")
    assert min(map(len, (sessions, meetings, of_kind(history, "user_input")))) > 5
    assert max(span(each)[1] for each in sessions) <= NOW
    ahead = {span(each)[0].date() for each in meetings if span(each)[0] > NOW}
    assert ahead >= {date(2026, 11, 18), date(2026, 11, 19)}
    assert max(ahead) <= date(2026, 11, 20)


def test_the_wizards_questions_are_answered_once() -> None:
    questions = [each.user_input.question for each in of_kind(written(), "user_input")]
    others = [each for each in questions if each != pb.UserInput.ENERGY_NOW]
    assert sorted(others) == [1, 2, 3, 4, 6]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 20), st.integers(0, 60 * 24 * 20))
def test_writing_later_or_for_longer_changes_nothing_that_was_written(
    weeks: int, minutes: int
) -> None:
    early, late = written(weeks=2), written(NOW + timedelta(minutes=minutes), weeks + 5)
    dated = {key: each for key, each in early.items() if key[0].isdigit()}
    assert all(late[key] == each for key, each in dated.items())
    assert set(early) <= set(late)


def test_sessions_never_overlap_each_other_or_a_meeting_that_was_attended() -> None:
    person = draw_person(4, "Europe/Berlin", meetings=Amount.HIGH)
    for day in DAYS:
        sessions, meetings = list(sessions_on(person, day)), meetings_on(person, day)
        assert all(a.end <= b.start for a, b in [*pairwise(sessions), *pairwise(meetings)])
        assert all(
            session.end <= meeting.start or session.start >= meeting.end
            for session in sessions
            for meeting in meetings
        )


def mean_over(seeds: range, measure: Callable[[Person], float]) -> float:
    return fmean(measure(draw_person(seed, "Europe/Berlin")) for seed in seeds)


def test_lengths_follow_the_hidden_focus_length() -> None:
    def error(person: Person) -> float:
        lengths = [
            (each.end - each.start) / timedelta(minutes=1)
            for day in DAYS
            for each in sessions_on(person, day)
            if not each.cut
        ]
        return abs(median(lengths) / person.focus_minutes - 1)

    assert mean_over(range(10), error) < 0.12


def test_scores_are_higher_when_energy_is_and_lower_when_interrupted() -> None:
    person = draw_person(2, "Europe/Berlin", interruptions=Amount.HIGH)
    sessions = [each for day in DAYS for each in sessions_on(person, day) if each.score]
    levels = {each: person.energy(local_hour(person, each.start)) for each in sessions}
    middle = median(levels.values())
    high = fmean(each.score or 0 for each in sessions if levels[each] > middle)
    low = fmean(each.score or 0 for each in sessions if levels[each] <= middle)
    assert high > low
    calm = fmean(each.score or 0 for each in sessions if each.interruptions == 0)
    hectic = fmean(each.score or 0 for each in sessions if each.interruptions > 2)
    assert calm > hectic


def test_days_keep_their_local_hours_over_a_change_of_clocks() -> None:
    person = draw_person(1, "America/New_York")
    zone = ZoneInfo("America/New_York")
    stand_ups = {
        meetings_on(person, day)[0].start.astimezone(zone).time()
        for day in (date(2026, 10, 30), date(2026, 11, 2))
    }
    assert len(stand_ups) == 1


def test_some_sessions_are_forgotten_and_some_have_no_score() -> None:
    person = draw_person(1, "Europe/Berlin")
    sessions = [each for day in DAYS for each in sessions_on(person, day)]
    assert any(not each.logged for each in sessions)
    assert any(each.score is None for each in sessions)
    assert any(each.score is not None for each in sessions)


@pytest.mark.parametrize("month", [1, 4, 7, 10])
@pytest.mark.parametrize("half_hour", range(48))
def test_the_sample_person_is_somewhere_at_work(half_hour: int, month: int) -> None:
    hour, half = divmod(half_hour, 2)
    now = NOW.replace(month=month, hour=hour, minute=45 * half)
    for own in ("UTC", "Asia/Tokyo", "America/Detroit"):
        local = now.astimezone(ZoneInfo(zone_at_work(now, own)))
        assert 9 <= local.hour < 16


def test_the_sample_person_has_weeks_of_everything() -> None:
    history = {each.source_id: each for each in sample_history("sample", NOW, "Asia/Tokyo")}
    assert len(of_kind(history, "work_session")) > 100
    assert len(of_kind(history, "calendar_event")) > 30
    assert {each.time_zone for each in history.values()} == {"Asia/Tokyo"}
