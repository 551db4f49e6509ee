"""A process of the stack: started with its own log, stopped in stages, gone when we are gone."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LARGEST_LOG = 8 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """What to run: `command` under `environment`, as `user` (None: as ourselves).

    `stop` is the signal that asks it to end in good order; it also gets it when we die.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    user: str | None = None
    stop: signal.Signals = signal.SIGTERM


class Child:
    """One run of a program. It reads no terminal and is in a session of its own, so that Ctrl-C
    reaches only us and we stop the children in order."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._log_begins = 0
        # The kernel ties "the parent died" to the thread that forked: this one lives as long as we.
        self._parent = ThreadPoolExecutor(1, f"parent-of-{program.name}")

    @property
    def pid(self) -> int | None:
        """Returns the process id of the last run."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts the program; its output is appended to its log."""
        self._process = self._parent.submit(self._spawn).result()

    def running(self) -> bool:
        """Tells whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def failed(self) -> bool:
        """Tells whether it has ended, and not well."""
        return self._process is not None and self._process.poll() not in (None, 0)

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process, if it runs."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Waits for the end; returns False if it still runs after that time."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float = 15) -> None:
        """Asks it to end, and kills it if it has not after that time."""
        self.signal(self.program.stop)
        if not self.wait(seconds):
            self.signal(signal.SIGKILL)
            self.wait(seconds)

    def last_words(self, lines: int = 15) -> str:
        """Returns how it ended and the end of its log, without what earlier runs said there."""
        status = self._process.poll() if self._process else None
        said = self.program.log.read_bytes() if self.program.log.exists() else b""
        text = said[self._log_begins :].decode(errors="replace")
        end = "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
        return f"{self.program.name} ({_ending(status)}), from {self.program.log}:\n{end}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        program = self.program
        with fresh_log(program.log).open("ab") as log:
            self._log_begins = log.tell()
            return subprocess.Popen(  # noqa: S603 - the commands are ours
                program.command,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent(program.stop),
                user=program.user,
                group=program.user,
                extra_groups=None if program.user is None else [],
            )


def _ending(status: int | None) -> str:
    if status is None:
        return "runs"
    return f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"


def fresh_log(path: Path) -> Path:
    """Returns the log's path, having put aside the old one if it has grown large."""
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Returns what a new process calls so that the kernel signals it when its parent ends.

    It runs after the change of user, which would undo it. Only Linux can do this; elsewhere the
    next start clears away what a killed one left.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def call() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return call
