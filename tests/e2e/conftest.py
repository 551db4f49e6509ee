"""One running stack for the tests that only use it, with a clock that they set."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.stack import Run, free_port


@pytest.fixture(scope="package")
def stack() -> Iterator[Run]:
    """A stack with the sample person; the clock is the machine's until a test sets it."""
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    run = Run(folder / "home", free_port(), PERSONAKIT_TEST_CLOCK="1").serving()
    yield run
    run.stop()
    shutil.rmtree(folder, ignore_errors=True)
