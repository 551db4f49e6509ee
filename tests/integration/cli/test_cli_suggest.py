"""`suggest`, `feedback` and `analytics`, from the command line to the calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.persona.v1 import persona_pb2 as persona
from services.kit.errors import FailedPrecondition, ResourceExhausted
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World
from tests.unit.cli.protos import LONG_ID


def _asked(world: World) -> persona.GeneratePersonaRequest:
    (request,) = world.asked(persona.GeneratePersonaRequest)
    assert isinstance(request, persona.GeneratePersonaRequest)
    return request


def test_suggest_shows_the_local_time_the_state_and_numbered_suggestions(run: Run) -> None:
    result = run("suggest", "--now")
    assert result.exit_code == 0, result.output
    for part in ("10:40 (Asia/Tokyo)", "high", "deep work", "1. Deep Work", "2. Short Break"):
        assert part in result.stdout
    assert "Action" not in result.stdout


def test_suggest_why_tells_what_each_follows_from_and_no_more(run: Run) -> None:
    shown = run("suggest", "--why").stdout

    for part in (
        "Why: ",
        "observations",
        "daily_work_optimizer 1 from mindscape version 12",
        "break 0.80",
    ):
        assert part in " ".join(shown.split())
    assert "Action" not in shown
    assert "Id:" not in shown


def test_suggest_day_lays_out_the_rest_of_the_day(run: Run, world: World) -> None:
    result = run("suggest", "--day", "--time", "2026-11-17T10:40")

    assert result.exit_code == 0, result.output
    for part in ("10:40 (Asia/Tokyo)", "10:40-11:30", "deep work", "light work", "buffer", "0.82"):
        assert part in result.stdout
    (request,) = world.asked(persona.PlanDayRequest)
    assert isinstance(request, persona.PlanDayRequest)
    assert request.at.ToJsonString() == "2026-11-17T01:40:00Z"


def test_suggest_day_in_json_is_the_plan(run: Run) -> None:
    answer = json.loads(run("suggest", "--day", "--json").stdout)

    assert answer["deep_work_minutes"] == 50
    assert [block["kind"] for block in answer["blocks"]][:2] == ["DEEP_WORK", "LIGHT_WORK"]


def test_suggest_in_a_pipe_has_no_control_codes_and_keeps_to_80_columns(run: Run) -> None:
    lines = run("suggest").stdout.splitlines()
    assert not any("\x1b" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_verbose_adds_action_why_preferences_and_an_id_that_can_be_copied(run: Run) -> None:
    result = run("suggest", "--verbose")
    for part in ("Action: Walk.", "Why: deep work", "Meeting buffer", "15 min", LONG_ID):
        assert part in result.stdout


def test_a_local_time_is_the_persons_own(run: Run, world: World) -> None:
    assert run("suggest", "--time", "2026-01-15T13:30").exit_code == 0
    assert _asked(world).at.ToDatetime(UTC) == datetime(2026, 1, 15, 4, 30, tzinfo=UTC)


def test_now_is_left_to_the_server(run: Run, world: World) -> None:
    run("suggest")
    assert not _asked(world).HasField("at")


def test_json_is_the_persona_with_the_names_of_the_protos(run: Run) -> None:
    answer = json.loads(run("suggest", "--json").stdout)
    assert answer["core"]["preferences"]["default_focus_minutes"] == 50
    assert answer["overlay"]["suggestions"][0]["suggestion_id"] == LONG_ID
    assert answer["overlay"]["current_state"]["in_peak_hours"] is True
    assert answer["expire_time"] == "2026-11-17T02:40:00Z"


def test_too_little_known_says_what_to_do_and_fails(run: Run, world: World) -> None:
    world.refusals["GeneratePersona"] = FailedPrecondition("MINDSCAPE_MISSING", "too little")
    result = run("suggest")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "persona-kit observe" in result.stderr


@pytest.mark.parametrize("time", ["tomorrow", "2026-13-01T10:00", "9999-12-31T23:59-14:00"])
def test_a_time_that_cannot_be_understood_is_a_misuse(run: Run, time: str) -> None:
    result = run("suggest", "--time", time)
    assert result.exit_code == 2
    assert time in result.stderr


@pytest.mark.parametrize("option", [("--why",), ("--verbose",), ("--mapper", "sql_coach")])
def test_a_plan_takes_no_option_that_it_would_not_heed(run: Run, option: tuple[str, ...]) -> None:
    assert run("suggest", "--day", *option).exit_code == 2


def test_now_and_another_time_is_a_misuse(run: Run) -> None:
    assert run("suggest", "--now", "--time", "13:30").exit_code == 2


def test_a_suggestion_is_judged_by_the_number_it_was_shown_with(run: Run, world: World) -> None:
    run("suggest")
    result = run("feedback", "2", "--helpful")
    assert result.exit_code == 0, result.output
    (request,) = world.asked(feedback.SubmitFeedbackRequest)
    assert isinstance(request, feedback.SubmitFeedbackRequest)
    assert (request.suggestion_id, request.helpful) == ("id-of-break", True)
    assert request.request_id


def test_a_suggestion_is_judged_by_its_id(run: Run, world: World) -> None:
    assert run("feedback", LONG_ID, "--not-helpful").exit_code == 0
    (request,) = world.asked(feedback.SubmitFeedbackRequest)
    assert isinstance(request, feedback.SubmitFeedbackRequest)
    assert request.suggestion_id == LONG_ID
    assert request.HasField("helpful")
    assert not request.helpful


def test_a_number_that_was_not_shown_to_this_person_is_refused(run: Run, world: World) -> None:
    run("suggest", "--person", "ben")
    result = run("feedback", "1", "--helpful")
    assert result.exit_code == 1
    assert "persona-kit suggest" in result.stderr
    assert not world.asked(feedback.SubmitFeedbackRequest)


def test_a_verdict_has_to_be_given(run: Run) -> None:
    assert run("feedback", LONG_ID).exit_code == 2


def test_the_daily_limit_says_when_to_come_back(run: Run, world: World) -> None:
    world.refusals["SubmitFeedback"] = ResourceExhausted(
        "DAILY_LIMIT_REACHED", "ten today", retry_after=timedelta(hours=5, minutes=12)
    )
    result = run("feedback", LONG_ID, "--helpful")
    assert result.exit_code == 1
    assert "5 h 12 min" in result.stderr


def test_feedback_as_json_is_what_was_stored(run: Run) -> None:
    assert json.loads(run("feedback", LONG_ID, "--helpful", "--json").stdout)["helpful"] is True


def test_analytics_shows_totals_parts_and_weights(run: Run) -> None:
    result = run("analytics")
    assert result.exit_code == 0
    for part in ("4 verdicts by ana", "75 %", "morning", "2026-W47", "1.10"):
        assert part in result.stdout
    assert json.loads(run("analytics", "--json").stdout)["totals"]["helpful_rate"] == 0.75
