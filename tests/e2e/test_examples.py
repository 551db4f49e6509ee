"""Every example runs, and so does what the guides show."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stack import Run

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TUESDAY = "2026-11-17T10:30:00+05:30"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(stack: Run, command: list[str], typed: str = "", folder: Path = ROOT) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ
        | {
            "PERSONAKIT_PORT": str(stack.port),
            "PERSONAKIT_HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def example(stack: Run, name: str, *arguments: str, typed: str = "") -> str:
    interpreter = sys.executable if name.endswith(".py") else "bash"
    return run(stack, [interpreter, str(EXAMPLES / name), *arguments], typed)


def test_the_coach_practises_and_reports_it(stack: Run) -> None:
    typed = "SELECT count(*) FROM orders\nSELECT nothing\n\ny\n"
    said = example(stack, "sql_coach.py", typed=typed)
    assert "Right." in said
    listed = stack.ask("GET", "/v1/observations?person_id=sample&source=sql-coach")
    (session,) = listed["observations"]
    assert 1 <= session["work_session"]["productivity_score"] <= 5


def test_the_rest_client_observes_and_judges(stack: Run) -> None:
    said = example(stack, "rest_client.py")
    assert "stored once: True" in said
    assert "its weight is now 1.10" in said
    assert "400 INVALID_FIELD" in said


def test_the_picture_is_drawn(stack: Run, tmp_path: Path) -> None:
    example(stack, "plot_mindscape.py", "sample", str(tmp_path / "mindscape.png"))
    assert (tmp_path / "mindscape.png").read_bytes().startswith(b"\x89PNG")


def test_curl_goes_from_an_observation_to_a_verdict(stack: Run) -> None:
    said = example(stack, "curl.sh")
    assert '"recorded":2' in said
    assert '"helpful":true' in said
    assert '"trait":"work.focus_duration"' in said


def test_buf_curl_does_the_same_over_grpc(stack: Run) -> None:
    assert '"deep_work_window"' in example(stack, "buf_curl.sh")


@pytest.mark.skipif(shutil.which("grpcurl") is None, reason="grpcurl is not installed")
def test_grpcurl_does_the_same_over_grpc(stack: Run) -> None:
    assert '"deep_work_window"' in example(stack, "grpcurl.sh")


def test_the_table_names_every_example() -> None:
    table = (EXAMPLES / "README.md").read_text()
    files = [each.name for each in EXAMPLES.iterdir() if each.suffix in {".py", ".sh"}]
    assert all(f"examples/{name}" in table for name in files)


@pytest.mark.parametrize("guide", ["quickstart.md", "integration.md", "mappers.md"])
def test_what_a_guide_shows_runs_in_order(stack: Run, guide: str, tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    for language, block in BLOCK.findall((ROOT / "docs" / guide).read_text()):
        shown = block.replace("localhost:8000", f"localhost:{stack.port}")
        if language == "sh":
            assert "Traceback" not in run(stack, ["bash", "-euc", shown], folder=tmp_path)
        elif language == "python":
            run(stack, [sys.executable, "-c", shown], folder=tmp_path)
