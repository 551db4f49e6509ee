"""`make run RELOAD=1`: services start again when their code changes, and the gateway when its
configuration does."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import gateway.config
import services.__main__
from deploy.local.marked_processes import Mark, of_gateway, of_services
from tests.e2e.stack import START_SECONDS, Run, free_port, wait_until

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def run() -> Iterator[Run]:
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    run = Run(folder / "home", free_port(), PERSONAKIT_RELOAD="1")
    yield run.serving()
    run.stop()
    shutil.rmtree(folder, ignore_errors=True)


def running(mark: Mark) -> set[int]:
    """The processes of one part."""
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark(process):
                found.add(process.pid)
    return found


def test_changed_code_runs_without_a_restart_by_hand(run: Run) -> None:
    ours, envoy = of_services(run.home), of_gateway(run.home)
    before, gateway_before = running(ours), running(envoy)
    assert before
    Path(services.__main__.__file__).touch()
    wait_until(lambda: not before & running(ours), START_SECONDS)
    assert not before & running(ours)
    wait_until(run.healthy, START_SECONDS)
    assert run.healthy()
    assert running(envoy) == gateway_before
    _change_the_gateway(run, envoy)
    assert run.stop() == 0
    assert not running(ours) | running(envoy)


def _change_the_gateway(run: Run, envoy: Mark) -> None:
    before = running(envoy)
    assert len(before) == 1
    Path(gateway.config.__file__).touch()
    wait_until(lambda: running(envoy) - before, START_SECONDS)
    assert not before & running(envoy)
    wait_until(run.healthy, START_SECONDS)
    assert run.healthy()
