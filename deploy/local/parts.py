"""The parts of a local stack, each started, watched and stopped in the same way."""

import json
import shlex
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from deploy.local.children import Child, Program
from deploy.local.gateway_client import OK, get
from deploy.local.home import Home
from deploy.local.left_over import end_left_over
from deploy.local.trouble import CannotRun

_READY_SECONDS = 60
_MIGRATION_SECONDS = 600
_POLL_SECONDS = 0.05
# Longer than the services take to answer the calls under way.
_STOP_SECONDS = 12

_CHECKOUT = Path(__file__).resolve().parents[2]
_CONFIGURATION = _CHECKOUT / "gateway"
_CODE = (_CHECKOUT / "services", _CHECKOUT / "protos" / "gen")
_SERVICES = (sys.executable, "-m", "services")
_GATEWAY = (sys.executable, "-m", "deploy.local.gateway")


class Part(Protocol):
    """A part of the stack. `start` may be called again once the part has ended."""

    def start(self) -> object:
        """Starts the part; raises `CannotRun`."""

    def running(self) -> bool:
        """Tells whether it runs."""

    def stop(self) -> None:
        """Stops it in good order; returns when it has ended."""

    def last_words(self) -> str:
        """Returns how it ended and the end of its log."""


class Services:
    """The four services under their supervisor, which starts a dead one again.

    With PERSONAKIT_RELOAD=1 all of them start again when their code changes.
    """

    def __init__(self, home: Home, environment: Mapping[str, str]) -> None:
        command = _reloaded(_SERVICES, *_CODE) if _reloads(environment) else _SERVICES
        self._home = home.folder
        self._child = Child(Program("services", command, home.log("services"), environment))

    def start(self) -> None:
        """Starts them, once those of a killed supervisor are gone: they share their sockets."""
        if self._child.pid is not None:
            end_left_over("services", self._home, signal.SIGTERM)
        self._child.start()

    def running(self) -> bool:
        """Tells whether the supervisor runs."""
        return self._child.running()

    def stop(self) -> None:
        """Stops them once the calls under way are answered."""
        self._child.stop()

    def last_words(self) -> str:
        """Returns how the supervisor ended and the end of the log."""
        return self._child.last_words()


def _reloads(environment: Mapping[str, str]) -> bool:
    return environment.get("PERSONAKIT_RELOAD") == "1"


def _reloaded(command: Sequence[str], *folders: Path) -> list[str]:
    """Returns what runs the command, and starts it again when a file in the folders changes."""
    watch = [sys.executable, "-m", "watchfiles", "--sigint-timeout", str(_STOP_SECONDS)]
    return [*watch, shlex.join(command), *(str(folder) for folder in folders)]


class Gateway:
    """Envoy, on the one TCP port.

    With PERSONAKIT_RELOAD=1 it starts again when its configuration or the API changes.
    """

    def __init__(self, home: Home, port: int, environment: Mapping[str, str]) -> None:
        command = _reloaded(_GATEWAY, _CONFIGURATION) if _reloads(environment) else _GATEWAY
        self._port = port
        self._home = home.folder
        self._child = Child(Program("gateway", command, home.log("gateway"), environment))

    def start(self) -> None:
        """Starts Envoy and waits until it listens; raises `CannotRun`."""
        if self._child.pid is not None:
            end_left_over("gateway", self._home, signal.SIGTERM)
        self._child.start()
        deadline = time.monotonic() + _READY_SECONDS
        while not self._listens():
            if not self.running() or time.monotonic() > deadline:
                raise CannotRun(f"the gateway did not start: {self.last_words()}")
            time.sleep(_POLL_SECONDS)

    def running(self) -> bool:
        """Tells whether Envoy runs."""
        return self._child.running()

    def stop(self) -> None:
        """Stops Envoy."""
        self._child.stop()

    def last_words(self) -> str:
        """Returns how Envoy ended and the end of its log."""
        return self._child.last_words()

    def _listens(self) -> bool:
        return get(self._port, "/health") is not None


def migrate(home: Home, environment: Mapping[str, str]) -> None:
    """Brings the database to the newest schema; raises `CannotRun` with what went wrong."""
    child = Child(
        Program(
            "migrations",
            [sys.executable, "-m", "services", "migrate"],
            home.log("migrations"),
            environment,
        )
    )
    child.start()
    try:
        if not child.wait(_MIGRATION_SECONDS) or child.failed():
            raise CannotRun(f"the database could not be migrated: {child.last_words()}")
    finally:
        child.stop()


def wait_until_healthy(port: int, parts: Mapping[str, Part]) -> None:
    """Waits until all of it serves; raises `CannotRun` with the log of what does not."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        answer = get(port, "/health")
        if answer is not None and answer[0] == OK:
            return
        for name, part in parts.items():
            if not part.running():
                raise CannotRun(f"{name} ended while starting: {part.last_words()}")
        if time.monotonic() > deadline:
            words = parts["services"].last_words()
            raise CannotRun(f"not ready after {_READY_SECONDS} s ({_unwell(answer)}): {words}")
        time.sleep(_POLL_SECONDS)


def _unwell(answer: tuple[int, str] | None) -> str:
    """Returns what does not serve, from the body of `GET /health`."""
    if answer is None:
        return "the gateway does not answer"
    try:
        body = json.loads(answer[1])
        states = {**body.get("services", {}), "database": body.get("database")}
        return "not serving: " + ", ".join(name for name, s in states.items() if s != "SERVING")
    except (ValueError, AttributeError):
        return f"the gateway answers {answer[0]}"
