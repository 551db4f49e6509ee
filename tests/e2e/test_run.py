"""`make run`, as a person runs it: the whole stack in a home of its own, on a port of its own."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from deploy.local.cluster import PASSWORD
from deploy.local.home import Home
from deploy.local.marked_processes import of_cluster, of_stack
from deploy.local.postgres import EmbeddedPostgres
from tests.e2e.stack import START_SECONDS, Run, free_port, wait_until

pytestmark = pytest.mark.timeout(240)

Start = Callable[..., Run]


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts stacks, in `home` unless told otherwise, and stops them in the end."""
    runs: list[Run] = []

    def start_one(at: Path = home, port: int = 0, **environment: str) -> Run:
        at.parent.mkdir(parents=True, exist_ok=True)
        runs.append(Run(at, port or free_port(), **environment))
        return runs[-1]

    yield start_one
    for run in runs:
        run.stop()


def processes_of(home: Path) -> list[psutil.Process]:
    """Every process that a stack in this home started and that still runs."""
    marks = (of_stack(home), of_cluster(home / "data" / "postgres"))
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(mark(process) for mark in marks):
                found.append(process)
    return found


def program_of(home: Path, words: str) -> psutil.Process:
    """The oldest process of the stack that has these words in its command line."""
    named = [each for each in processes_of(home) if words in " ".join(each.cmdline())]
    return min(named, key=lambda process: process.create_time())


def observe(run: Run, source_id: str) -> None:
    session = {"start_time": "2026-11-17T00:00:00Z", "duration_minutes": 90}
    body = {"person_id": "ana", "source": "test", "source_id": source_id, "work_session": session}
    status, answer = run.call("POST", "/v1/observations", body)
    assert status == http.client.OK, answer


def observed(run: Run) -> int:
    status, answer = run.call("GET", "/v1/observations?person_id=ana")
    assert status == http.client.OK, answer
    observations = answer["observations"]
    assert isinstance(observations, list)
    return len(observations)


def test_a_stack_starts_shows_suggestions_keeps_its_data_and_leaves_nothing_behind(
    home: Path, start: Start
) -> None:
    first = start().serving()
    assert "could not be shown" not in first.said()
    assert first.healthy()
    assert f"http://127.0.0.1:{first.port}" in first.said()
    assert "\n1. " in first.said(), "no suggestion was shown"
    observe(first, "1")

    again = start()
    assert again.process.wait(START_SECONDS) == 0
    assert "runs already" in again.said()
    assert f"http://127.0.0.1:{first.port}" in again.said()
    assert first.healthy()

    assert first.stop(signal.SIGINT) == 0
    assert processes_of(home) == []

    began = time.monotonic()
    second = start().serving()
    assert time.monotonic() - began < 30
    assert "could not be shown" not in second.said()
    assert observed(second) == 1
    assert second.stop(signal.SIGTERM) == 0
    assert processes_of(home) == []


def test_what_dies_or_is_killed_comes_back_with_its_data(home: Path, start: Start) -> None:
    run = start().serving()
    observe(run, "1")
    for name in ("envoy", "postgres", "-m services"):
        victim = program_of(home, name)
        victim.kill()
        psutil.wait_procs([victim], 20)
        wait_until(run.healthy, 60)
        assert run.healthy(), f"{name} did not come back: {run.said()}"
    assert observed(run) == 1

    run.process.kill()
    run.process.wait()
    next_run = start().serving()
    assert observed(next_run) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent-death signal")
def test_a_killed_stack_leaves_no_process_behind(home: Path, start: Start) -> None:
    run = start().serving()
    assert processes_of(home) != []
    run.process.kill()
    run.process.wait()
    wait_until(lambda: not processes_of(home), 30)
    assert processes_of(home) == []


def test_a_taken_port_is_named_with_a_way_out(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        run = start(port=port)
        assert run.process.wait(START_SECONDS) == 1
    assert f"port {port} is taken" in run.said()
    assert "PERSONAKIT_PORT=" in run.said()


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log(
    home: Path, start: Start
) -> None:
    run = start(DATABASE_URL=f"postgresql://nobody@/nothing?host={home}/nowhere")
    assert run.process.wait(START_SECONDS) == 1
    assert "the database could not be migrated" in run.said()
    assert str(home / "logs" / "migrations.log") in run.said()
    assert processes_of(home) == []


def test_a_reset_is_refused_while_the_stack_runs_and_forgets_when_it_does_not(
    home: Path, start: Start
) -> None:
    run = start().serving()
    assert reset(home) == 1
    assert run.healthy()
    run.stop()
    assert reset(home) == 0
    assert not (home / "data").exists()
    assert not (home / "secrets").exists()


def reset(home: Path) -> int:
    command = [sys.executable, "-m", "deploy.local", "reset"]
    return subprocess.run(
        command, env={**os.environ, "PERSONAKIT_HOME": str(home)}, check=False
    ).returncode


def test_a_database_that_is_given_is_used_instead_of_the_embedded_one(
    home: Path, start: Start
) -> None:
    postgres = EmbeddedPostgres(home.with_name("elsewhere"))
    try:
        run = start(DATABASE_URL=postgres.start()).serving()
        observe(run, "1")
        assert observed(run) == 1
        assert not (home / "data" / "postgres").exists()
        assert Home(postgres.folder).secret(PASSWORD) not in run.said()
        run.stop()
    finally:
        postgres.stop()


def test_two_stacks_run_side_by_side(home: Path, start: Start) -> None:
    runs = [start(home.with_name(name)) for name in ("one", "two")]
    for run in runs:
        run.serving()
    observe(runs[0], "1")
    assert [observed(run) for run in runs] == [1, 0]
