"""`weights`, and what `feedback` and `analytics` say beside the bare verdict."""

import json

import pytest

from personakit.feedback.v1 import feedback_pb2 as feedback
from services.kit.errors import FailedPrecondition
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World


def test_weights_are_shown_with_their_start_and_when_each_type_helps(run: Run) -> None:
    result = run("weights")
    assert result.exit_code == 0, result.output
    for part in ("break", "1.10", "1.00", "2 of 5", "work.focus_duration", "2.5 of 3.0"):
        assert part in result.stdout
    assert json.loads(run("weights", "--json").stdout)["weights"][0]["negative_count"] == 2


def test_the_history_tells_each_move_with_its_cause_on_the_persons_clock(run: Run) -> None:
    result = run("weights", "--history")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    moves = [line for line in lines if "break" in line]
    assert ["put back" in moves[0], "0.88" in moves[1], "helpful" in moves[2]] == [True] * 3
    assert "2026-11-17" in moves[0]


def test_one_type_can_be_put_back(run: Run, world: World) -> None:
    result = run("weights", "--reset", "break")
    assert result.exit_code == 0, result.output
    (request,) = world.asked(feedback.ResetWeightsRequest)
    assert request == feedback.ResetWeightsRequest(person_id="ana", suggestion_type="break")
    assert "break is back" in result.stdout


def test_all_types_can_be_put_back(run: Run, world: World) -> None:
    assert run("weights", "--reset", "all").exit_code == 0
    assert world.asked(feedback.ResetWeightsRequest) == [
        feedback.ResetWeightsRequest(person_id="ana")
    ]


def test_a_type_that_was_never_judged_is_said_to_be_none(run: Run) -> None:
    result = run("weights", "--reset", "brake")
    assert result.exit_code == 0
    assert "no verdict on brake" in result.stdout


def test_history_and_reset_at_once_is_a_misuse(run: Run) -> None:
    assert run("weights", "--history", "--reset", "all").exit_code == 2


def test_analytics_tells_how_sure_a_rate_is_and_what_a_weight_did(run: Run) -> None:
    shown = run("analytics").stdout
    for part in ("30 to 95 %", "as it began", "3 of 4"):
        assert part in shown


@pytest.mark.parametrize(
    ("reason", "advice"),
    [("SUGGESTION_EXPIRED", "persona-kit suggest"), ("ALREADY_JUDGED", "first verdict stands")],
)
def test_a_refused_verdict_says_what_to_do(
    run: Run, world: World, reason: str, advice: str
) -> None:
    world.refusals["SubmitFeedback"] = FailedPrecondition(reason, "no")
    result = run("feedback", "an-id-that-is-long-enough", "--helpful")
    assert result.exit_code == 1
    assert advice in result.stderr


def test_a_refusal_says_that_the_type_is_left_out_that_day(run: Run) -> None:
    result = run("feedback", "an-id-that-is-long-enough", "--not-helpful")
    assert "not suggested again that day" in result.stdout
