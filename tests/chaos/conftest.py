"""One real system for all faults, and the table at the end."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.chaos.form import FULL
from tests.chaos.report import Report
from tests.chaos.system import System, running

_REPORT = pytest.StashKey[Report]()


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
