"""The life of a service: how it tells its health, names its calls, and starts and stops."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from personakit.gateway.v1 import health_pb2 as system
from personakit.gateway.v1.health_pb2_grpc import HealthServiceStub
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from services.ingest.main import assemble
from services.kit.errors import BadSetting
from services.kit.process import Service, run
from services.kit.revision import watch_revision
from services.kit.settings import Settings
from tests.conftest import Serve
from tests.refusals import refusal_of

MOVE = "UPDATE alembic_version SET version_num = $1 WHERE version_num LIKE 'ingest%'"


async def test_health_is_true_of_each_service_and_the_database(serve: Serve) -> None:
    channel = await serve(assemble)
    await serving(channel)
    answer = await HealthServiceStub(channel).GetHealth(system.GetHealthRequest())
    assert answer.status == system.Health.NOT_SERVING
    assert answer.database == system.Health.SERVING
    assert answer.services["ingest"] == system.Health.SERVING
    assert answer.services["persona"] == system.Health.NOT_SERVING


async def serving(channel: grpc.aio.Channel) -> None:
    check = channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )
    async with asyncio.timeout(5):
        while (await check(health_pb2.HealthCheckRequest())).status != 1:
            await asyncio.sleep(0.02)


async def test_reflection_lists_the_whole_api_from_any_service(serve: Serve) -> None:
    channel = await serve(assemble)
    discover = channel.stream_stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        reflection_pb2.ServerReflectionRequest.SerializeToString,
        reflection_pb2.ServerReflectionResponse.FromString,
    )
    call = discover(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    answer = await anext(aiter(call))
    names = {service.name for service in answer.list_services_response.service}
    assert {
        f"personakit.{context}.v1.{context.title()}Service"
        for context in ("ingest", "profiler", "persona", "feedback")
    } <= names


async def test_a_lost_database_is_unavailable_with_a_hint_and_no_driver_text(
    serve: Serve, settings: Settings
) -> None:
    def without_database(given: Settings) -> Service:
        lost = "postgresql:///personakit?host=/nowhere"
        return assemble(replace(given, database=lost))

    ingest = IngestServiceStub(await serve(without_database))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.GetPerson(pb.GetPersonRequest(person_id="ana"))
    refusal = refusal_of(caught.value)
    assert refusal.code is grpc.StatusCode.UNAVAILABLE
    assert (refusal.reason, refusal.retry_seconds) == ("DATABASE_UNAVAILABLE", 1.0)
    assert "nowhere" not in str(caught.value.details())


async def test_a_service_stops_once_its_database_was_migrated_by_another_release(
    settings: Settings, owner: "asyncpg.Connection[Any]"
) -> None:
    database, stop = assemble(settings).database, asyncio.Event()
    looks = asyncio.ensure_future(
        watch_revision("ingest", database, timedelta(milliseconds=10))(stop)
    )
    await asyncio.sleep(0.1)
    assert not stop.is_set()
    await owner.execute(MOVE, "ingest_9999")
    async with asyncio.timeout(5):
        await asyncio.gather(stop.wait(), looks)
    await database.close()


async def test_a_service_waits_for_a_database_that_lets_it_in(
    serve: Serve, settings: Settings, owner: "asyncpg.Connection[Any]"
) -> None:
    await owner.execute("ALTER ROLE personakit_ingest NOLOGIN")
    try:
        channel = await serve(assemble)
    finally:
        await owner.execute("ALTER ROLE personakit_ingest LOGIN")
    await serving(channel)


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"\x0a\x02\xc3\x28", b"\x0a\xff"])
async def test_bytes_that_are_no_message_are_refused_clearly(serve: Serve, content: bytes) -> None:
    channel = await serve(assemble)
    call = channel.unary_unary(
        "/personakit.ingest.v1.IngestService/GetPerson", bytes, pb.Person.FromString
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(content)
    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_BODY")


async def test_a_service_does_not_listen_where_others_could_reach_it(settings: Settings) -> None:
    open_ = replace(settings, addresses={**settings.addresses, "ingest": "0.0.0.0:0"})
    with pytest.raises(BadSetting, match="keys"):
        await run(assemble(open_), open_, asyncio.Event())


async def test_a_second_process_does_not_take_the_socket_of_the_first(
    serve: Serve, settings: Settings
) -> None:
    channel = await serve(assemble)
    with pytest.raises(BadSetting, match="another process"):
        await run(assemble(settings), settings, asyncio.Event())
    await serving(channel)


async def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        there = replace(settings, addresses={**settings.addresses, "ingest": address})
        with pytest.raises(BadSetting, match=address):
            await run(assemble(there), there, asyncio.Event())


@pytest.mark.parametrize(
    ("revision", "advice"), [("ingest_0001", "migrate"), ("ingest_9999", "newer")]
)
async def test_a_service_leaves_a_database_of_another_release_alone(
    settings: Settings, owner: "asyncpg.Connection[Any]", revision: str, advice: str
) -> None:
    await owner.execute(MOVE, revision)
    with pytest.raises(BadSetting, match=advice):
        await run(assemble(settings), settings, asyncio.Event())


async def test_a_service_leaves_a_database_alone_that_was_never_migrated(
    settings: Settings, owner: "asyncpg.Connection[Any]"
) -> None:
    await owner.execute("DROP TABLE alembic_version")
    with pytest.raises(BadSetting, match="migrate"):
        await run(assemble(settings), settings, asyncio.Event())


@pytest.fixture
def stack(settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "DATABASE_URL": settings.database,
        "PERSONAKIT_SECRETS": str(settings.secrets),
        **{
            f"PERSONAKIT_{name.upper()}_ADDRESS": address
            for name, address in settings.addresses.items()
        },
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services", "ingest", "feedback"], stderr=log, env=environment
        )
        yield process
        process.kill()
        process.wait()


async def test_the_supervisor_starts_a_killed_service_again_and_stops_all(
    stack: subprocess.Popen[bytes], settings: Settings, tmp_path: Path
) -> None:
    before = await ingest_pid(tmp_path)
    os.kill(before, signal.SIGKILL)
    async with asyncio.timeout(10):
        while await ingest_pid(tmp_path) == before:
            await asyncio.sleep(0.05)
    stack.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(stack.wait, 10) == 0
    assert not Path(f"/proc/{before}").exists()


async def test_services_end_when_their_supervisor_is_killed(
    stack: subprocess.Popen[bytes], settings: Settings, tmp_path: Path
) -> None:
    pid = await ingest_pid(tmp_path)
    stack.kill()
    async with asyncio.timeout(10):
        while is_alive(pid):
            await asyncio.sleep(0.05)


async def ingest_pid(folder: Path) -> int:
    """Returns the process that logged last that it serves as ingest."""
    async with asyncio.timeout(20):
        while True:
            lines = map(json.loads, (folder / "log").read_text().splitlines())
            pids = [
                line["process"]
                for line in lines
                if line["message"] == "serving" and line["service"] == "ingest"
            ]
            if pids:
                return int(pids[-1])
            await asyncio.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Tells whether the process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
