"""Ends what a killed stack left behind, in a process of its own, so that its parent stays small."""

import os
import signal
from pathlib import Path

from deploy.local.modules import call

STACK = "PERSONAKIT_STACK"
"""Every process that a stack starts has this in its environment: the path of the stack's home."""


def end_left_over(mark: str, folder: Path, order: signal.Signals) -> None:
    """Ends such processes (`marked_processes.MARKS`) of a home or cluster; raises `CannotRun`."""
    call(["deploy.local.marked_processes", mark, str(folder), order.name], os.environ)
