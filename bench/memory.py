"""Proportional set sizes: what processes have in memory, shared pages shared out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import psutil

from bench.running import World


def of_services(world: World) -> float:
    """Returns the megabytes of the four services and their parent."""
    return pss(services_of(psutil.Process(world.pid).children(recursive=True)))


@contextmanager
def watched(world: World) -> Iterator[list[float]]:
    """Looks at that each second during the block."""
    seen: list[float] = []
    over = Event()

    def look() -> None:
        while not over.wait(1):
            seen.append(of_services(world))

    looking = Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def services_of(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Returns those of the processes that are services, and their parent."""
    return [process for process in processes if _is_service(process)]


def _is_service(process: psutil.Process) -> bool:
    # One that has just ended has no command line.
    with suppress(psutil.Error):
        return "services" in process.cmdline()[-1:]
    return False


def of_stack(root: psutil.Process) -> float:
    """Returns the megabytes of a process and all that it started."""
    return pss([root, *root.children(recursive=True)])


def pss(processes: Iterable[psutil.Process]) -> float:
    """Returns megabytes (of 1,000,000 bytes)."""
    return sum(_pss(process.pid) for process in processes) * 1024 / 1e6


def _pss(pid: int) -> int:
    """Returns kilobytes; of a process that has just ended, none."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
