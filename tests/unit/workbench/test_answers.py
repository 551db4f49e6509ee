"""The first questions: how answers are read, told, and explained."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import protovalidate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.cli.times import BadTime
from clients.workbench.answers import (
    Answers,
    BadAnswer,
    Disruptor,
    Focus,
    Part,
    clock_time,
    zone_name,
)
from clients.workbench.bootstrap import moments_ahead
from clients.workbench.following import because
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.persona.v1 import persona_pb2 as persona

ANA = Answers("Europe/Berlin", "09:00", Part.EVENING, Focus.AN_HOUR, Disruptor.SLACK)
EVERYBODY = st.builds(
    Answers,
    st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Chatham"]),
    st.times().map("{:%H:%M}".format),
    st.sampled_from(Part),
    st.sampled_from(Focus),
    st.sampled_from(Disruptor),
)

HOURS = st.integers(0, 366 * 24).map(
    lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)


@pytest.mark.parametrize(
    ("text", "time"), [("9", "09:00"), ("9:05", "09:05"), (" 23.59 ", "23:59"), ("0:00", "00:00")]
)
def test_a_time_is_read_as_people_write_it(text: str, time: str) -> None:
    assert clock_time(text) == time


@pytest.mark.parametrize("text", ["", "soon", "24:00", "9:60", "9:5", "-1", "09:00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadAnswer):
        clock_time(text)


def test_a_zone_that_nobody_knows_is_refused() -> None:
    assert zone_name(" Asia/Tokyo ") == "Asia/Tokyo"
    with pytest.raises(BadTime):
        zone_name("Asia/Tokio")


@given(EVERYBODY)
def test_every_answer_keeps_the_rules_of_the_api(answers: Answers) -> None:
    told = list(answers.observations("ana"))
    for observation in told:
        protovalidate.validate(observation)
    assert len({each.source_id for each in told}) == len(told) == 5
    assert told[0].user_input.question == ingest.UserInput.TIME_ZONE


@given(EVERYBODY, HOURS)
def test_the_moments_ahead_are_on_working_days_of_the_coming_ones(
    answers: Answers, now: datetime
) -> None:
    for moment in moments_ahead(now, answers):
        assert now < moment <= now + timedelta(days=4)
        assert moment.astimezone(ZoneInfo(answers.time_zone)).weekday() < 5


def test_on_a_saturday_the_next_working_day_is_monday_in_the_persons_zone() -> None:
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)
    local = [each.astimezone(ZoneInfo("Europe/Berlin")) for each in moments_ahead(saturday, ANA)]
    assert [f"{each:%A %H:%M}" for each in local] == ["Monday 09:00", "Monday 17:00"]


def suggestion(n: int, *traits: str) -> persona.Suggestion:
    used = [persona.TraitUsed(name=name, n=n) for name in traits]
    return persona.Suggestion(why=persona.Why(traits=used))


def test_a_suggestion_names_the_answers_it_leans_on_once_each() -> None:
    said = because(
        suggestion(0, "work.energy_patterns", "work.peak_hours", "work.focus_duration"), ANA
    )
    assert said.count("evening") == said.count("hour") == 1
    assert "chat" not in said


def test_a_suggestion_that_was_also_seen_says_so() -> None:
    assert "40 observations" in because(suggestion(40, "work.focus_duration"), ANA)


def test_a_suggestion_without_an_answer_behind_it_claims_none() -> None:
    assert "said" not in because(suggestion(7, "work.meeting_recovery"), ANA)
