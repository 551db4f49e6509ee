"""What the README shows is what happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stack import Run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [content for name, content in BLOCK.findall(README) if name == language]


def run(command: list[str], stack: Run, folder: Path) -> str:
    (folder / ".venv").mkdir(exist_ok=True)
    if not (folder / ".venv" / "bin").exists():
        (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ
        | {"PERSONAKIT_HOME": str(folder / "home"), "PERSONAKIT_PORT": str(stack.port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


def test_the_commands_run_in_order_and_answer(stack: Run, folder: Path) -> None:
    said = [
        run(
            ["bash", "-euc", block.replace("localhost:8000", f"localhost:{stack.port}")],
            stack,
            folder,
        )
        for block in blocks("sh")
    ]
    everything = "\n".join(said)
    assert '"observation_id"' in said[0]
    assert '"provisional":true' in said[1]
    assert '"helpful":true' in said[2]
    assert '"total":1' in said[2]
    assert '"reason":"INVALID_FIELD"' in said[3]
    assert "personakit.persona.v1.PersonaService/Suggest" in said[4]
    assert "Energy on weekdays" in said[5]
    assert "50 minutes" in said[5]
    assert "Traceback" not in everything


def test_the_python_example_runs(stack: Run, folder: Path) -> None:
    (example,) = blocks("python")
    code = example.replace("localhost:8000", f"localhost:{stack.port}")
    assert "[" in run([sys.executable, "-c", code], stack, folder)


def test_every_link_leads_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")]:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
