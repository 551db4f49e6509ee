"""`import`: counts, nothing doubled, what vanished is retracted, titles stay here."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.profiler.v1 import profiler_pb2
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World

DAYS = 5


def _calendar(path: Path, days: int = DAYS) -> Path:
    """A file with an hour's meeting on each of the last days, and one event that takes no time."""
    today = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    events = [(f"e{day}", today - timedelta(days=day), 60) for day in range(days)]
    broken = ("broken", today - timedelta(days=1), -60)
    lines = [line for event in [*events, broken] for line in _event(*event)]
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN")
    path.write_text("\r\n".join([*head, *lines, "END:VCALENDAR", ""]))
    return path


def _event(name: str, start: datetime, minutes: int) -> list[str]:
    end = start + timedelta(minutes=minutes)
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@test",
        f"SUMMARY:Secret {name}",
        f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        "END:VEVENT",
    ]


def _activity(path: Path) -> Path:
    """An export with an hour in one window, yesterday."""
    start = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
    window = {"timestamp": start.isoformat(), "duration": 3600}
    present = {**window, "data": {"status": "not-afk"}}
    shown = {**window, "data": {"app": "editor", "title": "Secret"}}
    buckets = {
        "aw-watcher-afk_box": {"type": "afkstatus", "hostname": "box", "events": [present]},
        "aw-watcher-window_box": {"type": "currentwindow", "hostname": "box", "events": [shown]},
    }
    for name, bucket in buckets.items():
        bucket["id"] = name
    path.write_text(json.dumps({"buckets": buckets}))
    return path


def _count(output: str, name: str) -> int:
    (line,) = [line for line in output.splitlines() if line.strip().startswith(name)]
    return int(line.split()[-1])


def test_a_calendar_is_recorded_and_what_is_skipped_is_named(
    run: Run, world: World, tmp_path: Path
) -> None:
    result = run("import", "ics", str(_calendar(tmp_path / "work.ics")))
    assert result.exit_code == 0, result.output
    assert _count(result.stdout, "recorded") == DAYS
    assert _count(result.stdout, "skipped") == 1
    assert "Secret broken" in result.stdout
    assert len(world.observations) == DAYS
    assert world.asked(profiler_pb2.WaitProcessedRequest)


def test_titles_stay_here_unless_asked_for(run: Run, world: World, tmp_path: Path) -> None:
    file = str(_calendar(tmp_path / "work.ics"))
    run("import", "ics", file)
    assert "Secret" not in str(world.requests)
    run("import", "ics", file, "--keep-titles", "--calendar", "another")
    assert "Secret" in str(world.requests)


def test_importing_again_records_nothing_twice(run: Run, world: World, tmp_path: Path) -> None:
    file = str(_calendar(tmp_path / "work.ics"))
    run("import", "ics", file)
    result = run("import", "ics", file)
    assert _count(result.stdout, "recorded") == 0
    assert _count(result.stdout, "already there") == DAYS
    assert len(world.observations) == DAYS


def test_what_vanished_from_the_file_is_retracted(run: Run, world: World, tmp_path: Path) -> None:
    run("import", "ics", str(_calendar(tmp_path / "work.ics")))
    result = run("import", "ics", str(_calendar(tmp_path / "work.ics", days=3)))
    assert _count(result.stdout, "retracted") == DAYS - 3
    assert len(world.observations) == 3


def test_a_dry_run_counts_and_changes_nothing(run: Run, world: World, tmp_path: Path) -> None:
    file = str(_calendar(tmp_path / "work.ics"))
    result = run("import", "ics", file, "--dry-run")
    assert result.exit_code == 0
    assert _count(result.stdout, "recorded") == DAYS
    assert not world.observations
    assert not world.asked(pb.RecordObservationsRequest)


def test_a_window_leaves_out_what_is_older(run: Run, world: World, tmp_path: Path) -> None:
    since = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    file = str(_calendar(tmp_path / "work.ics"))
    result = run("import", "ics", file, "--from", since, "--time-zone", "UTC")
    assert result.exit_code == 0, result.output
    assert len(world.observations) == 3


def test_an_activitywatch_export_becomes_sessions(run: Run, world: World, tmp_path: Path) -> None:
    file = str(_activity(tmp_path / "aw.json"))
    again = ("import", "activitywatch", file, "--time-zone", "America/Detroit")
    result = run(*again)
    assert result.exit_code == 0, result.output
    (observation,) = world.observations.values()
    assert observation.HasField("work_session")
    assert observation.time_zone == "America/Detroit"
    assert "Secret" not in str(world.requests)
    assert _count(run(*again).stdout, "recorded") == 0


@pytest.mark.parametrize("kind", ["ics", "activitywatch"])
def test_a_file_that_is_something_else_is_refused(run: Run, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(b"Dear \xff\x00 all")
    result = run("import", kind, str(file))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_a_misuse(run: Run) -> None:
    assert run("import", "ics", "/nonexistent.ics").exit_code == 2


def test_an_import_without_a_server_says_how_to_start_it(bare: Run, tmp_path: Path) -> None:
    file = str(_calendar(tmp_path / "work.ics"))
    result = bare("import", "ics", file, "-p", "ana", "--address", "unix:/nonexistent/socket")
    assert result.exit_code == 3
    assert "make run" in result.stderr
