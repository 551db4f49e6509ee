"""The whole system on one machine: its parts started in order, watched, and stopped in reverse."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from deploy.local import sample
from deploy.local.console import Console
from deploy.local.home import Home
from deploy.local.left_over import STACK
from deploy.local.modules import call
from deploy.local.parts import Gateway, Part, Services, migrate, wait_until_healthy
from deploy.local.port import HOST
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.trouble import CannotRun
from services.kit.footprint import give_back_free_memory, let_go_of_programs

_LOOK_SECONDS = 0.25
# A part that dies again and again is started again later and later.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 60.0

_CLI = "clients.cli.main"
_KEYS = (_CLI, "keys", "make")
_OWN_TOKEN = (_CLI, "token", "--sub", "make-run", "--scope", "all", "--expires", "15m")


class Stack:
    """A stack in a home, on a port; `database` is a server to use instead of the embedded one."""

    def __init__(
        self, home: Home, port: int, environment: Mapping[str, str], console: Console
    ) -> None:
        self._home = home
        self._port = port
        self._given = environment
        self._console = console
        self._parts: dict[str, Part] = {}

    @property
    def address(self) -> str:
        """Returns where the stack answers, over HTTP."""
        return f"http://{HOST}:{self._port}"

    @property
    def guarded(self) -> bool:
        """Tells whether callers need a token."""
        return self._given.get("PERSONAKIT_AUTH") == "on"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Runs the stack for as long as the block runs; raises `CannotRun` if it cannot start."""
        try:
            self._start()
            yield
        finally:
            self._stop()

    def watch(self) -> NoReturn:
        """Starts again whatever ends, until an exception ends the watch."""
        # From here on it sleeps nearly always.
        give_back_free_memory()
        let_go_of_programs()
        now = time.monotonic()
        guards = [Guard(name, part, self._console, now) for name, part in self._parts.items()]
        while True:
            time.sleep(_LOOK_SECONDS)
            for guard in guards:
                guard.look(time.monotonic())

    def show_sample(self) -> None:
        """Loads the sample person on the first start, and shows their suggestions for now."""
        environment = {**self._environment(""), "PERSONAKIT_ADDRESS": f"{HOST}:{self._port}"}
        if self.guarded:
            environment["PERSONAKIT_TOKEN"] = call(_OWN_TOKEN, environment)
        if not sample.loaded(self._home):
            with self._console.step("sample person"):
                sample.load(self._home, environment)
        sample.show_suggestions(self._console, self._port, environment)

    def _start(self) -> None:
        self._home.make_service_secrets()
        if self.guarded:
            with self._console.step("keys"):
                call(_KEYS, self._environment(""))
        database = self._start_database()
        environment = self._environment(database)
        with self._console.step("migrations"):
            migrate(self._home, environment)
        environment = self._environment(without_password(database))
        self._start_part("services", Services(self._home, environment))
        self._start_part("gateway", Gateway(self._home, self._port, environment))
        with self._console.step("health"):
            wait_until_healthy(self._port, self._parts)

    def _start_database(self) -> str:
        """Returns the URL of the database's owner."""
        given = self._given.get("DATABASE_URL")
        if given:
            self._console.say(f"  · database at {without_password(given)}")
            return given
        postgres = EmbeddedPostgres(self._home.folder)
        self._start_part("postgres", postgres)
        return postgres.url

    def _start_part(self, name: str, part: Part) -> None:
        # Known before it starts, so that it is stopped even if we are told to stop meanwhile.
        self._parts[name] = part
        with self._console.step(name):
            part.start()

    def _stop(self) -> None:
        for name, part in reversed(self._parts.items()):
            with self._console.step(f"stopping {name}"):
                part.stop()

    def _environment(self, database: str) -> dict[str, str]:
        own = {
            "PERSONAKIT_HOME": str(self._home.folder),
            "PERSONAKIT_PORT": str(self._port),
            "DATABASE_URL": database,
            STACK: str(self._home.folder),
        }
        return {**self._given, **own}


def without_password(url: str) -> str:
    """Returns the URL without user and password: a service brings its own."""
    return re.sub(r"//[^/@]*@", "//", url, count=1)


class Guard:
    """Starts one part again when it has ended, at once at first, then later and later."""

    def __init__(self, name: str, part: Part, console: Console, started_at: float) -> None:
        self._name = name
        self._part = part
        self._console = console
        self._pause = _SHORTEST_PAUSE
        self._started_at = started_at
        self._due_at: float | None = None

    def look(self, now: float) -> None:
        """Looks at the part at the moment `now` (monotonic seconds)."""
        if self._part.running():
            return
        if self._due_at is None:
            self._plan(now)
        elif now >= self._due_at:
            self._start(now)

    def _plan(self, now: float) -> None:
        if now - self._started_at > _STEADY_SECONDS:
            self._pause = _SHORTEST_PAUSE
        self._due_at = now + self._pause
        self._console.say(f"{self._part.last_words()}\n  starting it again")
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _start(self, now: float) -> None:
        self._due_at, self._started_at = None, now
        try:
            with self._console.step(self._name):
                self._part.start()
        except CannotRun as error:
            self._console.say(str(error))
