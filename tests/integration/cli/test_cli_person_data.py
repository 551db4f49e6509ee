"""`export`, `erase`, `retract` and `import export` against a made-up PersonaKit."""

import json
import stat
from pathlib import Path

from clients.trouble import REFUSED
from personakit.ingest.v1 import ingest_pb2 as ingest
from services.kit.errors import Aborted, NotFound
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World

SESSION = {"start_time": "2026-11-17T00:00:00Z", "end_time": "2026-11-17T01:30:00Z"}
KEPT, KNOWN, GONE = (f"0190{number}b5e-0000-7000-8000-000000000000" for number in "789")
DOCUMENT = {
    "format": "personakit.person/1",
    "person_id": "ana",
    "export_time": "2026-11-20T00:00:00Z",
    "ingest": {
        "person": [{"person_id": "ana", "time_zone": "Asia/Tokyo"}],
        "observations": [{"observation_id": KEPT, "work_session": {**SESSION, "label": "mine"}}],
        "tasks": [],
    },
    "profiler": {
        "facts": [
            {"observation_id": KEPT, "retracted": False, "work_session": SESSION},
            {"observation_id": KNOWN, "retracted": False, "work_session": SESSION},
            {"observation_id": GONE, "retracted": True},
        ],
        "mindscapes": [],
    },
}


def written(folder: Path, document: object = None) -> str:
    file = folder / "ana.json"
    file.write_text(json.dumps(document or DOCUMENT))
    return str(file)


def test_an_export_is_a_file_for_the_person_only(run: Run, world: World, tmp_path: Path) -> None:
    world.export = [b'{"person_id": ', b'"ana"}\n']
    file = tmp_path / "mine.json"
    result = run("export", str(file))
    assert result.exit_code == 0, result.output
    assert json.loads(file.read_text()) == {"person_id": "ana"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["mine.json"]


def test_an_export_that_cannot_be_written_says_so(run: Run, world: World) -> None:
    world.export = [b"{}"]
    result = run("export", "/nonexistent/export.json")
    assert result.exit_code == 2
    assert "/nonexistent/export.json" in result.stderr
    assert not world.asked(ingest.ExportPersonRequest)


def test_an_export_goes_to_standard_output_without_a_file(run: Run, world: World) -> None:
    world.export = [b'{"person_id": ', b'"ana"}\n']
    assert json.loads(run("export").stdout) == {"person_id": "ana"}


def test_a_refused_export_leaves_what_was_there(run: Run, world: World, tmp_path: Path) -> None:
    world.refusals["ExportPerson"] = NotFound("PERSON_NOT_FOUND", "nobody")
    file = tmp_path / "mine.json"
    file.write_text("older")
    assert run("export", str(file)).exit_code == REFUSED
    assert [one.name for one in tmp_path.iterdir()] == ["mine.json"]
    assert file.read_text() == "older"


def test_nothing_is_erased_before_the_person_says_yes(run: Run, world: World) -> None:
    assert run("erase").exit_code == REFUSED
    assert world.asked(ingest.ErasePersonRequest) == []
    run("observe", "--minutes", "50", "--no-wait")
    result = run("erase", "--yes")
    assert result.exit_code == 0, result.output
    (request,) = world.asked(ingest.ErasePersonRequest)
    assert request == ingest.ErasePersonRequest(person_id="ana")
    assert "1 row" in result.stdout
    assert "observations" in result.stdout


def test_who_is_erased_is_forgotten_on_this_machine_too(run: Run, tmp_path: Path) -> None:
    remembered = tmp_path / "shown_suggestions.json"
    run("suggest")
    assert "ana" in json.loads(remembered.read_text())
    run("erase", "--yes")
    assert json.loads(remembered.read_text()) == {}


def test_what_is_refused_while_somebody_is_erased_says_what_to_do(run: Run, world: World) -> None:
    world.refusals["ErasePerson"] = Aborted("PERSON_BEING_ERASED", "the person is being erased")
    result = run("erase", "--yes")
    assert result.exit_code == REFUSED
    assert "persona-kit erase" in result.stderr


def test_an_observation_is_retracted_by_its_id(run: Run, world: World) -> None:
    result = run("retract", KEPT)
    assert result.exit_code == 0, result.output
    (request,) = world.asked(ingest.RetractObservationRequest)
    assert request == ingest.RetractObservationRequest(person_id="ana", observation_id=KEPT)
    assert KEPT in result.stdout


def test_an_export_is_brought_back_with_the_ids_that_it_had(
    run: Run, world: World, tmp_path: Path
) -> None:
    result = run("import", "export", written(tmp_path), PERSONAKIT_PERSON="")
    assert result.exit_code == 0, result.output
    kept = {one.source_id: one for one in world.observations.values()}
    assert set(kept) == {KEPT, KNOWN}
    assert {one.source for one in kept.values()} == {"personakit"}
    assert {one.person_id for one in kept.values()} == {"ana"}
    assert kept[KEPT].work_session.label == "mine"
    (moved,) = world.asked(ingest.UpdatePersonRequest)
    assert isinstance(moved, ingest.UpdatePersonRequest)
    assert (moved.person.person_id, moved.person.time_zone) == ("ana", "Asia/Tokyo")


def test_an_export_can_become_somebody_else(run: Run, world: World, tmp_path: Path) -> None:
    result = run("import", "export", written(tmp_path), "--person", "ben")
    assert result.exit_code == 0, result.output
    assert {one.person_id for one in world.observations.values()} == {"ben"}


def test_what_is_no_export_is_refused(run: Run, world: World, tmp_path: Path) -> None:
    others: list[object] = ["text", {"format": ""}, {**DOCUMENT, "format": "other/1"}]
    for document in [*others, {**DOCUMENT, "ingest": None}]:
        result = run("import", "export", written(tmp_path, document))
        assert result.exit_code == REFUSED
    assert world.observations == {}
