"""Postgres refuses to run as root: started by root, it runs as a user of its own that can reach
its programs and its data, wherever the checkout lies, and nothing else that root keeps."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from deploy.local.trouble import CannotRun

USER = "pgserver"
_OTHERS_PASS = stat.S_IXOTH
_OTHERS_READ = stat.S_IROTH


def postgres_user() -> str | None:
    """Returns the user to run Postgres as (made on first use), or None: as ourselves."""
    if os.geteuid() != 0:
        return None
    if not _exists(USER):
        _add_user()
    return USER


def _add_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", USER]
    try:
        made = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError as error:
        raise CannotRun("as root, Postgres needs `useradd`; start as another user") from error
    # Another stack may be adding it at the same moment, so the outcome decides.
    if not _exists(USER):
        raise CannotRun(f"cannot add the user {USER} for Postgres: {made.stderr.strip()}")


def hand_over(path: Path, user: str | None) -> None:
    """Makes `user` the owner of the folder or file and lets it walk there."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)
        open_way(path)


def open_way(path: Path) -> None:
    """Lets other users pass through (not list) the folders above `path`, where they cannot yet."""
    for folder in path.absolute().parents:
        mode = folder.stat().st_mode
        if not mode & _OTHERS_PASS:
            folder.chmod(mode | _OTHERS_PASS)


def open_installation(folder: Path) -> None:
    """Lets other users read and run installed programs, which a strict umask would have hidden."""
    open_way(folder)
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        runs = path.is_dir() or mode & stat.S_IXUSR
        wanted = mode | _OTHERS_READ | (_OTHERS_PASS if runs else 0)
        if wanted != mode:
            path.chmod(wanted)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
