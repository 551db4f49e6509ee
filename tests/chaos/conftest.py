"""One real system for all faults, how often each is injected, and the table at the end."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from tests.chaos.report import Report
from tests.chaos.system import System, running

FULL = os.environ.get("PERSONAKIT_CHAOS") == "full"
ChoiceT = TypeVar("ChoiceT")
_REPORT = pytest.StashKey[Report]()


def times(short: ChoiceT, full: ChoiceT) -> ChoiceT:
    """How often, or what, is injected: `make chaos` takes its time, `make test` does not."""
    return full if FULL else short


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if FULL:
        for item in items:
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="package")
def system() -> Iterator[System]:
    with TemporaryDirectory(prefix="pk-") as folder, running(Path(folder)) as system:
        yield system


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    return pytestconfig.stash.setdefault(_REPORT, Report())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    report = config.stash.get(_REPORT, None)
    if report and report.rows:
        terminalreporter.section("faults")
        for line in report.lines():
            terminalreporter.write_line(line)
