"""The folder where a local stack keeps its state, and the lock that one stack holds on it."""

import fcntl
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from deploy.local.trouble import CannotRun
from services.kit.sockets import SERVICES, run_dir

SERVICE_SECRETS = ("signing-key", *(f"database-personakit_{name}" for name in SERVICES))
"""The secrets that services read: what suggestion ids are signed with, and their passwords."""

SECRET_BYTES = 32

_STORED = (
    "data/postgres*",
    "data/sample-loaded",
    "logs/*.log*",
    "secrets/database-*",
    "secrets/signing-key",
    "secrets/*-key.json",
    "secrets/jwks.json",
    "shown_suggestions.json",
)


class NotOurs(CannotRun):
    """A folder or file belongs to another user, so it cannot be trusted or used."""


@dataclass(frozen=True)
class Home:
    """The layout of `$PERSONAKIT_HOME`: `data/`, `logs/`, `secrets/`, and `run/` for sockets."""

    folder: Path

    @property
    def data(self) -> Path:
        """Returns the folder of what must be kept."""
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """Returns the folder of one log file a process."""
        return self.folder / "logs"

    @property
    def secrets(self) -> Path:
        """Returns the folder of one file a secret."""
        return self.folder / "secrets"

    @property
    def run(self) -> Path:
        """Returns the folder for sockets, elsewhere and short if the home's path is too long."""
        return run_dir(self.folder)

    def log(self, name: str) -> Path:
        """Returns the log file of the process with that name."""
        return self.logs / f"{name}.log"

    def prepare(self) -> None:
        """Makes the folders; raises `NotOurs` if another user holds one."""
        for folder in (self.data, self.logs, self.run):
            _own_folder(folder, 0o755)
        _own_folder(self.secrets, 0o700)

    def forget(self) -> None:
        """Removes what a stack has stored here, and nothing that is not known to be its own."""
        for pattern in _STORED:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in (self.data, self.logs, self.secrets):
            with suppress(OSError):
                folder.rmdir()

    def leave(self) -> None:
        """Removes the folder for sockets if it lies outside the home and nothing is in it."""
        if self.folder not in self.run.parents:
            with suppress(OSError):
                self.run.rmdir()

    def make_service_secrets(self) -> None:
        """Makes those of the services' secrets that are not there yet."""
        for name in SERVICE_SECRETS:
            self.secret(name)

    def secret(self, name: str) -> str:
        """Returns the secret of that name, as `secret_in` does."""
        return secret_in(self.secrets, name)


def secret_in(folder: Path, name: str) -> str:
    """Returns the secret of that name, made at random on first use, readable by us only."""
    path = folder / name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(SECRET_BYTES).hex())
    except FileExistsError:
        pass
    return path.read_text().strip()


def _own_folder(folder: Path, mode: int) -> None:
    """Makes the folder, or checks that it is ours: a socket folder may lie in a shared place."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise NotOurs(f"{folder} belongs to another user (or is a link); remove or change it")


class Lock:
    """A lock on a file, held by one process until it ends, however it ends.

    What the holder writes into it (`note`) tells the others who holds it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def take(self) -> bool:
        """Takes the lock; returns False if another process (or another `Lock`) holds it."""
        if self._file is not None:
            return True
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        self.note("")
        return True

    def note(self, text: str) -> None:
        """Replaces what the file says about its holder."""
        if self._file is None:
            raise RuntimeError("only the holder of a lock may write into it")
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()

    def holder(self) -> str:
        """Returns what the holder wrote."""
        return self._path.read_text()

    def release(self) -> None:
        """Gives the lock back, if it is held."""
        if self._file is not None:
            self._file.close()
            self._file = None
