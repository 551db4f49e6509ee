"""A command line in a clean environment, and a made-up PersonaKit to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from typer.testing import CliRunner, Result

from clients.cli.main import app
from tests.integration.cli.fakes import World, served

Run = Callable[..., Result]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with TemporaryDirectory(prefix="pk-") as folder, served(world, Path(folder) / "s") as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with nothing in its environment but a home."""
    for name in ("PERSON", "ADDRESS", "PORT", "TOKEN", "TIME_ZONE"):
        monkeypatch.delenv(f"PERSONAKIT_{name}", raising=False)
    monkeypatch.setenv("PERSONAKIT_HOME", str(tmp_path))

    def run(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(app, arguments, env=environment)

    return run


@pytest.fixture
def run(bare: Run, address: str) -> Run:
    """Runs a command for ana against the made-up PersonaKit."""

    def run(*arguments: str, **environment: str) -> Result:
        defaults = {"PERSONAKIT_ADDRESS": address, "PERSONAKIT_PERSON": "ana"}
        return bare(*arguments, **(defaults | environment))

    return run
