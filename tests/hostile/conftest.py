"""One whole stack for everything hostile, and a look at whether it took harm."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from tests.e2e.stack import Run, free_port
from tests.integration.gateway.running import Running


@pytest.fixture(scope="package")
def stack() -> Iterator[Run]:
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    run = Run(folder / "home", free_port()).serving()
    yield run
    run.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def gateway(stack: Run) -> Running:
    return Running(stack.port, stack.home / "logs" / "access.log")


@pytest.fixture(scope="package")
def channel(stack: Run) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{stack.port}") as channel:
        yield channel


@pytest.fixture
def unharmed(stack: Run) -> Iterator[Run]:
    """The stack; afterwards every service must be the same process, well, and without a fault."""
    before = faults(stack)
    yield stack
    assert faults(stack) == before
    assert stack.healthy()


def faults(stack: Run) -> list[str]:
    """Returns what the log has of faults, of tasks that failed, of deaths and of starts."""
    lines = (stack.home / "logs" / "services.log").read_text().splitlines()
    return [line for line in lines if is_fault(line)]


def is_fault(line: str) -> bool:
    try:
        logged = json.loads(line)
    except ValueError:
        # gRPC's own words: it speaks up when a connection broke.
        return True
    return logged["level"] in ("warning", "error", "critical") or logged["message"] == "serving"
