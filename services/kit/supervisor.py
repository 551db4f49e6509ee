"""One warm parent, one forked child a service: what all of them import is in memory once.

The parent imports everything, then forks. It holds no gRPC object, no thread and no event loop,
so that forking is safe. It starts a dead child again and passes a stop on.
"""

import asyncio
import gc
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import TypeAlias

from services.kit.errors import BadSetting
from services.kit.footprint import give_back_free_memory, let_go_of_programs

log = logging.getLogger(__name__)

# A child that dies young is started again later and later.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
YOUNG_SECONDS = 10.0
STOP_SECONDS = 10.0

StopSource: TypeAlias = Callable[[asyncio.Event], None]
Child: TypeAlias = Callable[[StopSource], None]


def on_signal(event: asyncio.Event) -> None:
    """Sets the event of the running loop at SIGTERM or SIGINT: the stop of a lone process."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, event.set)


class Supervisor:
    """Keeps one process running for each child, until SIGTERM or SIGINT."""

    def __init__(self, children: Mapping[str, Child]) -> None:
        self._children = children
        self._running: dict[int, tuple[str, float]] = {}
        self._due = dict.fromkeys(children, 0.0)
        self._pauses = dict.fromkeys(children, SHORTEST_PAUSE)
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        # A child that reads its end learns of the parent's death, whatever killed it.
        self._alive_read, self._alive_write = os.pipe()

    def run(self) -> None:
        """Returns when it was told to stop and every child has ended."""
        gc.collect()
        give_back_free_memory()
        gc.freeze()
        self._listen_to_signals()
        while not self._stopping:
            self._start_due()
            # From here on the parent sleeps: what it ran to prepare its children is in its way.
            let_go_of_programs()
            self._wait(self._next_due())
            self._reap()
        self._stop_all()

    def _listen_to_signals(self) -> None:
        os.set_blocking(self._wake_write, False)
        signal.set_wakeup_fd(self._wake_write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _stop(self) -> None:
        self._stopping = True

    def _start_due(self) -> None:
        now = time.monotonic()
        for name in [name for name, due in self._due.items() if due <= now]:
            del self._due[name]
            self._running[self._fork(name)] = (name, now)

    def _fork(self, name: str) -> int:
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os._exit(self._be(name))
        return pid

    def _be(self, name: str) -> int:
        signal.set_wakeup_fd(-1)
        # Ctrl-C reaches the whole process group; the parent alone decides on the stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._alive_write)
        try:
            self._children[name](self._stop_of_child)
        except BadSetting as error:
            log.error("cannot start", extra={"child": name, "error": str(error)})
            return 1
        except BaseException:
            log.exception("died", extra={"child": name})
            return 1
        return 0

    def _stop_of_child(self, event: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()

        def parent_died() -> None:
            loop.remove_reader(self._alive_read)
            event.set()

        loop.add_signal_handler(signal.SIGTERM, event.set)
        loop.add_reader(self._alive_read, parent_died)

    def _next_due(self) -> float | None:
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - time.monotonic())

    def _wait(self, seconds: float | None) -> None:
        ready, _, _ = select.select([self._wake_read], [], [], seconds)
        if ready:
            os.read(self._wake_read, 4096)

    def _reap(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            name, started = self._running.pop(pid)
            if not self._stopping:
                self._plan_restart(name, time.monotonic() - started, status)

    def _plan_restart(self, name: str, lived: float, status: int) -> None:
        pause = SHORTEST_PAUSE if lived > YOUNG_SECONDS else self._pauses[name]
        self._pauses[name] = min(pause * 2, LONGEST_PAUSE)
        self._due[name] = time.monotonic() + pause
        fields = {"child": name, "exit": os.waitstatus_to_exitcode(status), "again_in": pause}
        log.warning("a service ended", extra=fields)

    def _stop_all(self) -> None:
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._running and time.monotonic() < deadline:
            self._wait(deadline - time.monotonic())
            self._reap()
        self._signal_all(signal.SIGKILL)

    def _signal_all(self, number: int) -> None:
        for pid in self._running:
            os.kill(pid, number)
