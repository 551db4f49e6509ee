"""Runs a module of ours to its end, in a process of its own: what it imports is gone with it."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from deploy.local.trouble import CannotRun

_SECONDS = 120


def call(module: Sequence[str], environment: Mapping[str, str], *, shown: bool = False) -> str:
    """Returns the module's output, unless it is `shown`: then all it says goes where ours goes.

    Raises `CannotRun` with the end of it if the module fails.
    """
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *module],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=None if shown else subprocess.PIPE,
        stderr=subprocess.STDOUT if shown else subprocess.PIPE,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        words = f"{done.stdout or ''}{done.stderr or ''}".strip()
        raise CannotRun(f"{module[0]} failed: {words[-2000:]}")
    return (done.stdout or "").strip()
