"""`status`, `failed`, `retry`, and what every command does without a person or a server."""

from __future__ import annotations

import json

import pytest

from buf.validate.validate_pb2 import field
from clients.cli.options import NAME
from personakit.ingest.v1.ingest_pb2 import Person
from personakit.profiler.v1 import profiler_pb2
from services.kit.errors import NotFound, Unauthenticated, Unavailable
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World
from tests.unit.cli.protos import failed_task

OF_A_PERSON = [
    ("suggest",),
    ("observe", "--minutes", "5"),
    ("answer", "energy_now", "low"),
    ("mindscape",),
    ("explain", "peak_hours"),
    ("feedback", "some-id", "--helpful"),
    ("analytics",),
    ("failed",),
    ("retry",),
    ("export",),
    ("erase", "--yes"),
    ("retract", "some-id"),
]


def test_status_names_every_service_and_succeeds_when_all_serve(run: Run) -> None:
    result = run("status")
    assert result.exit_code == 0
    for part in ("ingest", "profiler", "database", "ana", "mindscape version 12"):
        assert part in result.stdout


def test_status_needs_no_person(bare: Run, address: str) -> None:
    result = bare("status", "--address", address)
    assert result.exit_code == 0
    assert "ana" not in result.stdout


def test_status_fails_when_something_does_not_serve(run: Run, world: World) -> None:
    world.serving = False
    result = run("status")
    assert result.exit_code == 3
    assert "not serving" in result.stdout


def test_without_a_token_the_services_are_shown_before_the_refusal(run: Run, world: World) -> None:
    world.refusals["GetProcessingStatus"] = Unauthenticated("TOKEN_MISSING", "send a token")
    result = run("status")
    assert result.exit_code == 1
    assert "ingest" in result.stdout
    assert "PERSONAKIT_TOKEN" in result.stderr


def test_status_as_json(run: Run, bare: Run, address: str) -> None:
    assert json.loads(run("status", "--json").stdout)["mindscape_version"] == 12
    answer = json.loads(bare("status", "--json", "--address", address).stdout)
    assert answer["services"]["ingest"] == "SERVING"


def test_failed_lists_every_page(run: Run, world: World) -> None:
    world.failed_tasks.extend(failed_task(str(number)) for number in range(5))
    tasks = json.loads(run("failed", "--json").stdout)["failed_tasks"]
    assert [task["observation_id"] for task in tasks] == ["0", "1", "2", "3", "4"]
    assert run("failed").stdout.count("ValueError") == 5


def test_failed_says_so_when_nothing_has(run: Run) -> None:
    assert run("failed").exit_code == 0


def test_retry_puts_tasks_back_and_waits(run: Run, world: World) -> None:
    world.failed_tasks.append(failed_task("1"))
    result = run("retry")
    assert result.exit_code == 0
    assert "1 task" in result.stdout
    assert not world.failed_tasks


def test_retry_of_nothing_does_not_wait(run: Run, world: World) -> None:
    assert run("retry").exit_code == 0
    assert not world.asked(profiler_pb2.WaitProcessedRequest)


def test_retry_of_what_is_no_task_id_is_refused(run: Run) -> None:
    assert run("retry", "no-such-task").exit_code == 1


@pytest.mark.parametrize("arguments", OF_A_PERSON)
def test_without_a_person_every_command_says_how_to_name_one(
    bare: Run, arguments: tuple[str, ...]
) -> None:
    result = bare(*arguments)
    assert result.exit_code == 2
    assert "PERSONAKIT_PERSON" in result.stderr


@pytest.mark.parametrize("name", ["two words", "ana\n", "añá", "a" * 129])
def test_what_nobody_can_be_called_is_a_misuse(run: Run, name: str) -> None:
    result = run("suggest", "--person", name)
    assert result.exit_code == 2
    assert "128" in result.stderr


def test_who_can_be_called_what_is_as_the_protos_have_it() -> None:
    rules = Person.DESCRIPTOR.fields_by_name["person_id"].GetOptions().Extensions[field]
    assert rules.string.pattern == f"^{NAME.pattern}$"


@pytest.mark.parametrize("arguments", [*OF_A_PERSON, ("status",)])
def test_without_a_server_every_command_says_how_to_start_it(
    bare: Run, arguments: tuple[str, ...]
) -> None:
    result = bare(*arguments, "--person", "ana", "--address", "unix:/nonexistent/socket")
    assert result.exit_code == 3
    assert "make run" in result.stderr
    assert "Traceback" not in result.output


def test_options_may_stand_before_the_command(bare: Run, address: str) -> None:
    result = bare("--person", "ben", "--address", address, "suggest")
    assert "─ ben ─" in result.stdout


def test_the_commands_own_options_go_first(run: Run) -> None:
    assert "─ ben ─" in run("--person", "cleo", "suggest", "--person", "ben").stdout


def test_a_token_and_one_request_id_go_with_every_call(run: Run, world: World) -> None:
    run("suggest", "--time", "2026-01-15T13:30", PERSONAKIT_TOKEN="a.b.c")
    assert [headers["authorization"] for headers in world.headers] == ["Bearer a.b.c"] * 2
    assert len({headers["x-request-id"] for headers in world.headers}) == 1


def test_without_a_token_none_is_sent(run: Run, world: World) -> None:
    run("suggest")
    assert "authorization" not in world.headers[0]


def test_a_refused_token_says_where_to_put_a_valid_one(run: Run, world: World) -> None:
    world.refusals["GeneratePersona"] = Unauthenticated("INVALID_TOKEN", "it has expired")
    result = run("suggest")
    assert result.exit_code == 1
    assert "PERSONAKIT_TOKEN" in result.stderr


def test_what_does_not_answer_is_asked_again(run: Run, world: World) -> None:
    world.refusals["GeneratePersona"] = Unavailable("DATABASE_UNAVAILABLE", "no answer")
    result = run("suggest")
    assert result.exit_code == 3
    assert len(world.requests) == 4
    assert len({str(request) for request in world.requests}) == 1


def test_a_person_who_is_not_there_fails_with_advice(run: Run, world: World) -> None:
    world.refusals["GetPerson"] = NotFound("PERSON_NOT_FOUND", "nothing was recorded")
    result = run("suggest", "--time", "13:30")
    assert result.exit_code == 1
    assert "persona-kit observe" in result.stderr


def test_the_version_is_told(bare: Run) -> None:
    assert bare("--version").stdout.startswith("persona-kit ")


def test_an_unknown_command_is_a_misuse(bare: Run) -> None:
    assert bare("dance").exit_code == 2
