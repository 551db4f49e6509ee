"""What a service says of itself when the database is in trouble."""

import asyncio
from datetime import timedelta
from importlib import metadata

import pytest
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health_aio

from services import VERSION
from services.kit.database import Database
from services.kit.errors import Unavailable
from services.kit.health import watch


class Troubled(Database):
    """A database that raises what it was given, until that is taken away."""

    def __init__(self, trouble: Exception | None) -> None:
        super().__init__("postgresql:///nowhere", application="test")
        self.trouble = trouble

    async def ping(self) -> None:
        if self.trouble:
            raise self.trouble


class Told(health_aio.HealthServicer):
    """Notes what it is told to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: asyncio.Queue[int] = asyncio.Queue()

    async def set(self, service: str, status: int) -> None:
        await self.statuses.put(status)


@pytest.mark.parametrize("trouble", [Unavailable("DOWN", "it is down"), KeyError("a bug")])
async def test_no_trouble_ends_the_loop_that_looks_for_its_end(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kit.health.BETWEEN_PINGS", timedelta(milliseconds=1))
    health, database, stop = Told(), Troubled(trouble), asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(watch(health, database)(stop))
        assert await health.statuses.get() == health_pb2.HealthCheckResponse.NOT_SERVING
        database.trouble = None
        assert await health.statuses.get() == health_pb2.HealthCheckResponse.SERVING
        stop.set()


def test_the_version_that_is_told_is_the_one_that_is_installed() -> None:
    assert metadata.version("personakit") == VERSION
