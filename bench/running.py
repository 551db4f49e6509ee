"""What rows run on: a stack in a temporary home, yardsticks beside it, loads in processes."""

import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar

from rich.console import Console

from deploy.local.cluster import DATABASE, PASSWORD, SUPERUSER
from deploy.local.console import Console as StackConsole
from deploy.local.home import Home
from deploy.local.stack import Stack

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
# Spawned, not forked: no gRPC object of one process may reach another.
_PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class World:
    """A stack that runs as `make run` has it, on files and a port of its own."""

    home: Home
    port: int
    pid: int
    """The process whose children the parts are."""

    def address(self, service: str) -> str:
        """Returns where a service listens, without the gateway."""
        return f"unix:{self.home.run / service}.sock"

    @property
    def gateway(self) -> str:
        """Returns the gateway's address."""
        return f"127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """Returns the URL of the database for its owner."""
        password = self.home.secret(PASSWORD)
        return f"postgresql://{SUPERUSER}:{password}@/{DATABASE}?host={self.home.run / 'pg'}"

    @property
    def beside(self) -> Path:
        """Returns the folder for a yardstick's socket."""
        return self.home.run


class Bench:
    """Starts what a row needs and tells how it goes; `quick` measures for a fraction of the time.

    Loads run one after the other in one process, which stays warm.
    """

    def __init__(self, console: Console, loads: ProcessPoolExecutor, quick: bool) -> None:
        self._console = console
        self._loads = loads
        self._quick = quick

    def say(self, text: str) -> None:
        """Tells how it goes."""
        self._console.print(f"  [dim]{text}[/dim]", highlight=False)

    def seconds(self, wanted: float) -> float:
        """Returns how long to measure for."""
        return wanted / 4 if self._quick else wanted

    def amount(self, wanted: int) -> int:
        """Returns how much to do."""
        return wanted // 10 if self._quick else wanted

    def load(
        self,
        function: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Runs a load in its own process and returns what it came to."""
        return self._loads.submit(function, *args, **kwargs).result()

    @contextmanager
    def stack(self, **environment: str) -> Iterator[World]:
        """Runs a stack on a new and empty home."""
        with TemporaryDirectory(prefix="pk-bench-") as folder:
            home = Home(Path(folder).resolve())
            with running(home, environment) as world:
                yield world

    @contextmanager
    def beside(
        self,
        serve: Callable[Arguments, None],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Iterator[None]:
        """Runs a yardstick in a process of its own."""
        process = _PROCESSES.Process(target=serve, args=args, kwargs=kwargs, daemon=True)
        process.start()
        try:
            yield
        finally:
            process.terminate()
            process.join()


@contextmanager
def running(home: Home, environment: dict[str, str]) -> Iterator[World]:
    """Runs a stack in that home."""
    home.prepare()
    port = free_port()
    given = {**os.environ, **environment}
    given.pop("DATABASE_URL", None)
    stack = Stack(home, port, given, StackConsole(StringIO()))
    with stack.running():
        yield World(home, port, os.getpid())


@contextmanager
def load_process() -> Iterator[ProcessPoolExecutor]:
    """Runs the process in which loads run."""
    with ProcessPoolExecutor(max_workers=1, mp_context=_PROCESSES) as loads:
        yield loads


def free_port() -> int:
    """Returns a TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
