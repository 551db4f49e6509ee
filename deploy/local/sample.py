"""The sample person of a local stack: loaded once, and what they are told now."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from deploy.local.home import Home
from deploy.local.trouble import CannotRun

PERSON = "sample"
_SECONDS = 120


def loaded(home: Home) -> bool:
    """Tells whether the sample person was loaded into this home once (and perhaps erased since)."""
    return (home.data / "sample-loaded").exists()


def load(home: Home, environment: Mapping[str, str]) -> None:
    """Loads the sample person through the public API; raises `CannotRun`."""
    _call(["clients.workbench.sample", PERSON], environment, subprocess.PIPE)
    (home.data / "sample-loaded").touch()


def show_suggestions(environment: Mapping[str, str]) -> None:
    """Has the command line show what the sample person is told now; raises `CannotRun`."""
    _call(["clients.cli.main", "suggest", "--person", PERSON, "--now"], environment, None)


def _call(module: Sequence[str], environment: Mapping[str, str], output: int | None) -> None:
    """Runs a module; where its output is not kept (None), it is written where ours is."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *module],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise CannotRun(f"{module[0]} failed: {(done.stdout or '').strip()[-2000:]}")
