"""`make run RELOAD=1`: the services start again when their code changes, and only they."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import services.__main__
from deploy.local.leftovers import of_services
from tests.e2e.stack import START_SECONDS, Run, free_port, wait_until

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def run() -> Iterator[Run]:
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    run = Run(folder / "home", free_port(), PERSONAKIT_RELOAD="1")
    yield run.serving()
    run.stop()
    shutil.rmtree(folder, ignore_errors=True)


def running_services(run: Run) -> set[int]:
    """The processes of the services and of their supervisor."""
    ours, found = of_services(run.home), set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if ours(process):
                found.add(process.pid)
    return found


def test_changed_code_runs_without_a_restart_by_hand(run: Run) -> None:
    before = running_services(run)
    assert before
    Path(services.__main__.__file__).touch()
    wait_until(lambda: not before & running_services(run), START_SECONDS)
    assert not before & running_services(run)
    wait_until(run.healthy, START_SECONDS)
    assert run.healthy()
    assert run.stop() == 0
    assert not running_services(run)
