"""`observe` and `answer`: what is recorded, and that the command waits until it counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.profiler.v1 import profiler_pb2
from services.kit.errors import Invalid
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World


def _recorded(world: World) -> pb.Observation:
    (observation,) = world.observations.values()
    return observation


def test_a_session_is_recorded_with_what_was_said_of_it(run: Run, world: World) -> None:
    result = run(
        *("observe", "--start", "2026-01-15T09:00", "--minutes", "90"),
        *("--score", "4", "--interruptions", "0"),
    )
    assert result.exit_code == 0, result.output
    session = _recorded(world).work_session
    assert session.start_time.ToDatetime(UTC) == datetime(2026, 1, 15, 0, 0, tzinfo=UTC)
    assert session.end_time.seconds - session.start_time.seconds == 90 * 60
    assert session.productivity_score == 4
    assert session.HasField("interruptions")
    assert _recorded(world).request_id
    assert world.asked(profiler_pb2.WaitProcessedRequest)
    assert "2026-01-15 09:00 (Asia/Tokyo)" in result.stdout


def test_what_was_recorded_is_taken_back_with_the_command_that_it_says(
    run: Run, world: World
) -> None:
    said = run("observe", "--minutes", "90", "--no-wait").stderr
    retract = said.split("`persona-kit ")[1].split("`")[0]
    assert run(*retract.split(), PERSONAKIT_PERSON="").exit_code == 0
    assert world.asked(pb.RetractObservationRequest)
    assert not world.observations


def test_what_was_not_counted_is_absent(run: Run, world: World) -> None:
    run("observe", "--minutes", "25")
    session = _recorded(world).work_session
    assert not session.HasField("interruptions")
    assert not session.HasField("productivity_score")
    ago = datetime.now(UTC) - session.end_time.ToDatetime(UTC)
    assert timedelta() <= ago < timedelta(minutes=1)


def test_a_zone_of_its_own_is_used_and_recorded(run: Run, world: World) -> None:
    times = ("--start", "2026-07-01T09:00", "--end", "2026-07-01T10:00")
    run("observe", *times, "--zone", "America/New_York")
    assert _recorded(world).time_zone == "America/New_York"
    start = _recorded(world).work_session.start_time.ToDatetime(UTC)
    assert start == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)


def test_somebody_new_gets_the_zone_of_this_machine(run: Run, world: World) -> None:
    world.zone = ""
    run("observe", "--minutes", "50", PERSONAKIT_TIME_ZONE="Europe/Berlin")
    assert _recorded(world).time_zone == "Europe/Berlin"


def test_a_meeting_is_an_entry_of_the_calendar(run: Run, world: World) -> None:
    result = run("observe", "meeting", "--start", "2026-01-15T13:00", "--minutes", "30")
    assert result.exit_code == 0, result.output
    assert _recorded(world).calendar_event.kind == pb.CalendarEvent.MEETING
    assert "meeting of 30 min" in result.stdout


def test_without_waiting_the_queue_is_not_asked(run: Run, world: World) -> None:
    run("observe", "--minutes", "25", "--no-wait")
    assert not world.asked(profiler_pb2.WaitProcessedRequest)


def test_what_still_waits_is_said(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.pending = 3
    monkeypatch.setattr("clients.cli.recording.PATIENCE", timedelta(seconds=1))
    result = run("observe", "--minutes", "25")
    assert result.exit_code == 0
    assert "3 observations still waiting" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--start", "10:00", "--end", "09:00"),
        ("--start", "09:00", "--end", "10:00", "--minutes", "5"),
        ("--score", "9", "--minutes", "5"),
        ("meeting", "--minutes", "5", "--score", "4"),
        ("--minutes", "5", "--zone", "Mars/Base"),
    ],
)
def test_what_makes_no_sense_is_a_misuse(
    run: Run, world: World, arguments: tuple[str, ...]
) -> None:
    assert run("observe", *arguments).exit_code == 2
    assert not world.observations


def test_json_is_the_observation_as_recorded(run: Run) -> None:
    answer = json.loads(run("observe", "--minutes", "25", "--json").stdout)
    assert answer["person_id"] == "ana"
    assert answer["observation_id"]


@pytest.mark.parametrize("question", ["most_productive", "most-productive", "MOST_PRODUCTIVE"])
def test_an_answer_is_recorded(run: Run, world: World, question: str) -> None:
    result = run("answer", question, "morning")
    assert result.exit_code == 0, result.output
    given = _recorded(world).user_input
    assert (given.question, given.answer) == (pb.UserInput.MOST_PRODUCTIVE, "morning")


def test_the_time_zone_answered_is_recorded_with_it(run: Run, world: World) -> None:
    run("answer", "time_zone", "Europe/Paris")
    assert _recorded(world).time_zone == "Europe/Paris"


def test_an_unknown_question_names_those_that_are_there(run: Run) -> None:
    result = run("answer", "favourite_colour", "blue")
    assert result.exit_code == 2
    assert "focus_length" in result.stderr


def test_an_answer_that_breaks_a_rule_is_refused_with_its_field(run: Run) -> None:
    result = run("answer", "focus_length", "forever")
    assert result.exit_code == 1
    assert "user_input" in result.stderr


def test_a_refusal_of_the_server_fails_the_command(run: Run, world: World) -> None:
    world.refusals["RecordObservation"] = Invalid("OBSERVATION_IN_FUTURE", "it is in the future")
    result = run("observe", "--minutes", "25")
    assert result.exit_code == 1
    assert "in the future" in result.stderr
