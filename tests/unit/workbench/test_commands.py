"""The commands of the workbench."""

import json

import protovalidate
import pytest
from google.protobuf.json_format import ParseDict
from typer.testing import CliRunner

from clients.workbench.main import app
from personakit.ingest.v1 import ingest_pb2 as pb

GENERATE = ["generate", "--person", "ana", "--weeks", "2", "--now", "2026-11-17T12:00"]


def test_generate_prints_a_document_that_the_api_takes() -> None:
    result = CliRunner().invoke(app, [*GENERATE, "--time-zone", "Asia/Tokyo"])
    assert result.exit_code == 0
    request = ParseDict(json.loads(result.stdout), pb.RecordObservationsRequest())
    protovalidate.validate(request)
    assert {each.time_zone for each in request.observations} == {"Asia/Tokyo"}


def test_generate_prints_the_same_again_and_something_else_for_another_seed() -> None:
    first, again = (CliRunner().invoke(app, GENERATE).stdout for _ in range(2))
    assert first == again
    assert CliRunner().invoke(app, [*GENERATE, "--seed", "2"]).stdout != first


@pytest.mark.parametrize(
    "wrong", [["--time-zone", "Asia/Tokio"], ["--now", "soon"], ["--person", "two words"]]
)
def test_an_option_that_makes_no_sense_is_refused(wrong: list[str]) -> None:
    assert CliRunner().invoke(app, [*GENERATE, *wrong]).exit_code == 2


def test_loading_without_a_server_says_so() -> None:
    result = CliRunner().invoke(app, [*GENERATE, "--load", "--address", "127.0.0.1:1"])
    assert result.exit_code == 3
