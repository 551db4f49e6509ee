"""A real Postgres, migrated once, and a fresh copy of its database for every test that asks."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import grpc
import hypothesis
import pytest

from deploy.local.home import Home
from deploy.local.postgres import EmbeddedPostgres
from services.kit.channels import connect
from services.kit.migrate import migrate
from services.kit.process import Service, run
from services.kit.settings import SERVICES, Settings

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("personakit", deadline=None)
hypothesis.settings.load_profile("personakit")

# Tests start programs as other users, which takes a fork; what gRPC does in the child of one can
# end it before it has become the program.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

TEMPLATE = "personakit"
_numbers = count(1)

Serve: TypeAlias = Callable[[Callable[[Settings], Service]], Awaitable[grpc.aio.Channel]]


@dataclass(frozen=True)
class Server:
    """The Postgres of this test run."""

    postgres: EmbeddedPostgres
    home: Home


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with one migrated database, the template of all others."""
    # Nothing here has to survive a crash of the machine: the tests that crash it start their own.
    fast = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    with TemporaryDirectory(prefix="pk-") as folder:
        server = Server(EmbeddedPostgres(Path(folder), fast), Home(Path(folder)))
        server.postgres.start()
        server.home.make_service_secrets()
        try:
            migrate(_settings(server, Path(folder), TEMPLATE))
            yield server
        finally:
            server.postgres.stop()


@pytest.fixture
async def settings(server: Server) -> AsyncIterator[Settings]:
    """Settings of a stack of its own: a fresh database, and sockets in a folder of its own."""
    name = f"test_{next(_numbers)}"
    await _as_owner(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    with TemporaryDirectory(prefix="pk-") as folder:
        yield _settings(server, Path(folder), name)
    await _as_owner(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A connection as the owner of the fresh database, who may read and write everything."""
    connection = await asyncpg.connect(settings.database)
    yield connection
    await connection.close()


@pytest.fixture
async def serve(settings: Settings) -> AsyncIterator[Serve]:
    """Runs services in this process; gives a channel to each."""
    async with AsyncExitStack() as stack:

        async def start(assemble: Callable[[Settings], Service]) -> grpc.aio.Channel:
            service = assemble(settings)
            stop, ready = asyncio.Event(), asyncio.Event()
            task = asyncio.create_task(run(service, settings, stop, ready))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.is_set():
                waiting.cancel()
                await task

            async def end() -> None:
                stop.set()
                await task

            stack.push_async_callback(end)
            channel = connect(settings.address(service.name))
            stack.push_async_callback(channel.close)
            return channel

        yield start


def _settings(server: Server, folder: Path, database: str) -> Settings:
    return replace(
        Settings.from_environment({"PERSONAKIT_HOME": str(folder)}),
        database=_url(server, database),
        secrets=server.home.secrets,
        addresses={name: f"unix:{folder / name}.sock" for name in SERVICES},
        test_clock=True,
    )


async def _as_owner(server: Server, statement: str) -> None:
    connection = await asyncpg.connect(_url(server, "postgres"))
    await connection.execute(statement)
    await connection.close()


def _url(server: Server, database: str) -> str:
    return urlsplit(server.postgres.url)._replace(path=f"/{database}").geturl()
