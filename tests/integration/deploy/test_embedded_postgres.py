"""The embedded Postgres, started for real in folders of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.local.cluster import PostgresFailed
from deploy.local.postgres import EmbeddedPostgres

Make = Callable[[Path], EmbeddedPostgres]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder as `mktemp -d` makes it: readable by its owner only."""
    path = Path(tempfile.mkdtemp(prefix="pk-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[EmbeddedPostgres] = []

    def make_one(path: Path) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(path))
        return made[-1]

    yield make_one
    for postgres in made:
        postgres.stop(immediate=True)


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def processes_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd().startswith(str(folder)):
                found.append(process)
    return found


async def test_it_answers_as_soon_as_start_returns(make: Make, folder: Path) -> None:
    url = make(folder).start()
    assert await ask(url, "SELECT current_database()") == "personakit"


async def test_it_keeps_what_was_acknowledged_and_time_in_utc(make: Make, folder: Path) -> None:
    url = make(folder).start()
    assert await ask(url, "SHOW fsync") == "on"
    assert await ask(url, "SHOW synchronous_commit") == "on"
    assert await ask(url, "SHOW timezone") == "UTC"


async def test_it_listens_on_no_network_address(make: Make, folder: Path) -> None:
    postgres = make(folder)
    url = postgres.start()
    assert await ask(url, "SHOW listen_addresses") == ""
    assert psutil.Process(postgres.pid).net_connections("inet") == []


async def test_it_asks_for_the_password(make: Make, folder: Path) -> None:
    url = make(folder).start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(url.replace("postgres:", "postgres:not-", 1), "SELECT 1")


async def test_only_the_owner_can_read_the_password(make: Make, folder: Path) -> None:
    make(folder).start()
    for secret in (folder / "secrets").iterdir():
        assert secret.stat().st_mode & 0o777 == 0o600
    assert not (folder / "data" / "postgres.password").exists()


async def test_a_restart_keeps_the_data(make: Make, folder: Path) -> None:
    postgres = make(folder)
    await ask(postgres.start(), "CREATE TABLE kept AS SELECT 7 AS seven")
    postgres.stop()
    assert processes_in(folder) == []
    assert await ask(postgres.start(), "SELECT seven FROM kept") == 7


@pytest.mark.parametrize("end", ["immediate", "crash"])
async def test_a_crash_loses_nothing_that_was_committed(make: Make, folder: Path, end: str) -> None:
    postgres = make(folder)
    await ask(postgres.start(), "CREATE TABLE kept AS SELECT 7 AS seven")
    postgres.crash() if end == "crash" else postgres.stop(immediate=True)
    assert await ask(postgres.start(), "SELECT seven FROM kept") == 7


async def test_a_pid_file_that_names_another_program_is_no_obstacle(
    make: Make, folder: Path
) -> None:
    postgres = make(folder)
    postgres.start()
    pid_file = folder / "data" / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert await ask(postgres.start(), "SELECT 1") == 1


async def test_a_broken_pid_file_is_no_obstacle(make: Make, folder: Path) -> None:
    postgres = make(folder)
    postgres.start()
    postgres.stop()
    (folder / "data" / "postgres" / "postmaster.pid").write_text("")
    assert await ask(postgres.start(), "SELECT 1") == 1


async def test_an_initialisation_that_was_cut_short_is_done_again(make: Make, folder: Path) -> None:
    half = folder / "data" / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert await ask(make(folder).start(), "SELECT 1") == 1
    assert not half.exists()


async def test_a_path_too_long_for_a_socket_gets_a_short_one(make: Make, folder: Path) -> None:
    deep = folder / ("long" * 20) / ("longer" * 10)
    deep.mkdir(parents=True)
    postgres = make(deep)
    url = postgres.start()
    assert await ask(url, "SELECT 1") == 1
    assert str(folder) not in url
    postgres.stop()
    assert not Path(url.partition("host=")[2]).parent.exists()


async def test_two_servers_run_side_by_side(make: Make, folder: Path) -> None:
    first, second = make(folder / "first"), make(folder / "second")
    urls = [first.start(), second.start()]
    await ask(urls[0], "CREATE TABLE mine (id int)")
    assert await ask(urls[1], "SELECT to_regclass('mine')") is None


async def test_a_folder_in_use_is_refused_and_left_alone(make: Make, folder: Path) -> None:
    url = make(folder).start()
    with pytest.raises(PostgresFailed):
        make(folder).start()
    assert await ask(url, "SELECT 1") == 1


def test_files_of_another_version_are_refused(make: Make, folder: Path) -> None:
    cluster = folder / "data" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresFailed):
        make(folder).start()


async def test_after_its_owner_was_killed_the_next_start_works(make: Make, folder: Path) -> None:
    start_and_kill_owner(folder)
    assert await ask(make(folder).start(), "SELECT 1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent-death signal")
def test_a_server_does_not_outlive_its_owner(folder: Path) -> None:
    start_and_kill_owner(folder)
    deadline = time.monotonic() + 20
    while processes_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(folder) == []


def start_and_kill_owner(folder: Path) -> None:
    command = [sys.executable, "-c", _OWNER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        assert processes_in(folder) != []
        owner.send_signal(signal.SIGKILL)


_OWNER = """
import sys, time
from pathlib import Path
from deploy.local.postgres import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
postgres.start()
print("ready", flush=True)
time.sleep(600)
"""
