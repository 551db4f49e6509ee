"""`mapper` and `suggest --mapper`, from the command line to the calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from personakit.persona.v1 import mapper_pb2 as mapper
from personakit.persona.v1 import persona_pb2 as persona
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World


@pytest.fixture
def sound(tmp_path: Path) -> str:
    file = tmp_path / "sound.yaml"
    file.write_text("mapper_id: reading_coach\n")
    return str(file)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    file = tmp_path / "bad.yaml"
    file.write_text("bad\n")
    return str(file)


def test_a_sound_document_could_be_uploaded(run: Run, sound: str) -> None:
    result = run("mapper", "validate", sound)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{sound} could be uploaded.\n"


@pytest.mark.parametrize("command", ["validate", "upload", "try"])
def test_problems_are_shown_as_compilers_show_them(
    run: Run, world: World, bad: str, command: str
) -> None:
    result = run("mapper", command, bad)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{bad}:1:1: 'rules' is missing",
        f"{bad}:9:3: read:  [2Jno",
    ]
    assert not world.asked(mapper.UploadMapperRequest)
    assert not world.asked(mapper.TryMapperRequest)


def test_an_upload_says_which_version_it_is(run: Run, world: World, sound: str) -> None:
    result = run("mapper", "upload", sound)
    assert result.exit_code == 0, result.output
    assert "reading_coach is kept as version 2" in result.stdout
    (request,) = world.asked(mapper.UploadMapperRequest)
    assert request == mapper.UploadMapperRequest(source="mapper_id: reading_coach\n")


def test_a_trial_shows_what_would_be_suggested_at_a_local_time(
    run: Run, world: World, sound: str
) -> None:
    result = run("mapper", "try", sound, "--person", "ben", "--time", "2026-01-15T13:30")
    assert result.exit_code == 0, result.output
    assert "1. Deep Work" in result.stdout
    (request,) = world.asked(mapper.TryMapperRequest)
    assert isinstance(request, mapper.TryMapperRequest)
    assert request.person_id == "ben"
    assert request.at.ToDatetime(UTC) == datetime(2026, 1, 15, 4, 30, tzinfo=UTC)


def test_all_pages_are_listed(run: Run) -> None:
    lines = run("mapper", "list").stdout.splitlines()
    assert lines[1].split()[:2] == ["reading_coach", "3"]
    assert any(line.startswith("sql_coach") for line in lines)
    listed = json.loads(run("mapper", "list", "--json").stdout)["mappers"]
    assert [one["mapper_id"] for one in listed] == ["reading_coach", "sql_coach"]


def test_a_document_is_printed_as_it_is(run: Run, world: World) -> None:
    assert run("mapper", "show", "sql_coach", "--version", "4").stdout == "mapper_id: sql_coach\n"
    (request,) = world.asked(mapper.GetMapperRequest)
    assert request == mapper.GetMapperRequest(mapper_id="sql_coach", version=4)


def test_a_mapper_that_is_a_class_is_described(run: Run) -> None:
    assert "When to read, and when not." in run("mapper", "show", "daily_work_optimizer").stdout


def test_a_file_that_is_no_text_or_is_not_there_is_misuse(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert run("mapper", "validate", str(tmp_path / "bytes")).exit_code == 2
    assert run("mapper", "validate", str(tmp_path / "nothing")).exit_code == 2


def test_suggestions_are_asked_of_the_mapper_that_is_named(run: Run, world: World) -> None:
    assert run("suggest", "--mapper", "sql_coach").exit_code == 0
    (request,) = world.asked(persona.GeneratePersonaRequest)
    assert isinstance(request, persona.GeneratePersonaRequest)
    assert request.mapper_id == "sql_coach"
