"""Processes of a stack: found by marks that only they have, ended in stages.

`python -m deploy.local.marked_processes MARK FOLDER SIGNAL` ends them: what it takes to look at
every process is gone with it.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local.left_over import STACK

Mark = Callable[[psutil.Process], bool]


def of_stack(home: Path) -> Mark:
    """Returns what tells a process that the stack of this home started."""
    return lambda process: process.environ().get(STACK) == str(home)


def of_services(home: Path) -> Mark:
    """Returns what tells a process of the services of this home, or of their supervisor."""
    ours = of_stack(home)
    return lambda process: process.cmdline()[-2:] == ["-m", "services"] and ours(process)


def of_gateway(home: Path) -> Mark:
    """Returns what tells the Envoy of this home: one that is watched outlives a killed watcher."""
    ours = of_stack(home)
    return lambda process: process.name().startswith("envoy") and ours(process)


def of_cluster(cluster: Path) -> Mark:
    """Returns what tells a process of the Postgres that works in this folder."""
    folder = str(cluster.resolve())
    return lambda process: process.name().startswith("postgres") and process.cwd() == folder


def end_all(mark: Mark, first: signal.Signals, seconds: float = 10) -> None:
    """Ends all such processes: asked with `first`, killed if they run on after that time."""
    for order in (first, signal.SIGKILL):
        found = list(_found(mark))
        for process in found:
            with suppress(psutil.Error):
                process.send_signal(order)
        psutil.wait_procs(found, seconds)


def _found(mark: Mark) -> Iterator[psutil.Process]:
    ourselves = (os.getpid(), os.getppid())
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid not in ourselves and mark(process):
                yield process


MARKS: dict[str, Callable[[Path], Mark]] = {
    "stack": of_stack,
    "services": of_services,
    "gateway": of_gateway,
    "cluster": of_cluster,
}


def main(arguments: Sequence[str]) -> None:
    mark, folder, order = arguments
    end_all(MARKS[mark](Path(folder)), signal.Signals[order])


if __name__ == "__main__":
    main(sys.argv[1:])
