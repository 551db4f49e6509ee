"""The folder of a local stack, its secrets and its lock."""

import os
import stat
from pathlib import Path

import pytest

from deploy.local.home import Home, Lock, NotOurs


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def test_only_the_owner_can_look_into_the_secrets(home: Home) -> None:
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700


def test_a_secret_is_made_once_and_readable_by_its_owner_only(home: Home) -> None:
    first = home.secret("key")
    assert home.secret("key") == first
    assert stat.S_IMODE((home.secrets / "key").stat().st_mode) == 0o600


def test_two_secrets_differ(home: Home) -> None:
    assert home.secret("one") != home.secret("two")


def test_preparing_twice_changes_nothing(home: Home) -> None:
    secret = home.secret("key")
    home.prepare()
    assert home.secret("key") == secret


def test_sockets_of_a_long_path_lie_in_a_short_one(tmp_path: Path) -> None:
    home = Home(tmp_path / ("x" * 100))
    home.prepare()
    assert len(str(home.run)) <= 90
    home.leave()
    assert not home.run.exists()


def test_two_long_paths_have_two_socket_folders(tmp_path: Path) -> None:
    assert Home(tmp_path / ("x" * 100)).run != Home(tmp_path / ("y" * 100)).run


def test_a_socket_folder_that_is_a_link_is_not_trusted(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (tmp_path / "elsewhere").mkdir()
    home.folder.mkdir()
    (home.folder / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotOurs):
        home.prepare()


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_a_lock_tells_what_its_holder_wrote(tmp_path: Path) -> None:
    holder, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    holder.take()
    holder.note("something long")
    holder.note("here")
    assert not other.take()
    assert other.holder() == "here"
    holder.release()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if Lock(tmp_path / "lock").take() else 1)
    assert os.waitpid(child, 0)[1] == 0
    lock = Lock(tmp_path / "lock")
    assert lock.take()
    lock.release()


def test_forgetting_leaves_what_is_not_the_stacks_own(home: Home) -> None:
    home.make_service_secrets()
    (home.data / "postgres").mkdir()
    home.log("services").write_text("words")
    (home.data / "thesis.txt").write_text("words")
    home.forget()
    assert [path.name for path in home.folder.rglob("*") if path.is_file()] == ["thesis.txt"]
