"""The life of one service: it starts, serves, and stops without losing a call."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import grpc
import uvloop
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health import aio as health_aio

from personakit.gateway.v1 import health_pb2_grpc as system_pb2_grpc
from services.kit.auth.guard import Guard
from services.kit.calls import MOST_WATCHES, Calls
from services.kit.channels import connect
from services.kit.database import Database
from services.kit.errors import BadSetting
from services.kit.footprint import let_go_of_programs
from services.kit.health import HealthApi, watch
from services.kit.logs import set_up_logs
from services.kit.loops import Loop, stopped_within
from services.kit.reflection import add_reflection
from services.kit.revision import check_revision, watch_revision
from services.kit.server import Server
from services.kit.settings import Settings, is_loopback
from services.kit.supervisor import StopSource
from services.kit.telemetry import set_up_telemetry

log = logging.getLogger(__name__)

# Rarer than Python's own 700: what a call makes dies with it, and looking for more costs 6 %.
COLLECTIONS = (10_000, 20, 20)
# After this long a service has done all that it does once.
START = timedelta(seconds=5)
# Calls under way get this long to finish after a stop.
GRACE_SECONDS = 5.0
LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024
# An eighth of what is served at once: few connections are never refused, and wait at their senders.
MOST_STREAMS = 64
# Where there are watches: persona follows each of its own at the profiler, over the connection
# that it reads on too.
MOST_STREAMS_WITH_WATCHES = MOST_WATCHES + 8 * MOST_STREAMS
# What came and was not looked at yet. From here on gRPC cancels calls itself, without a reason.
MOST_UNSEEN = 3000
OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),
    # Its window would grow with the speed of the connection: megabytes that no handler asked for.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.server.max_pending_requests", MOST_UNSEEN),
    # It counts calls that have ended too, and so refuses callers who keep to what they are allowed,
    # without a reason.
    ("grpc.http.overload_protection", 0),
)

Register: TypeAlias = Callable[[grpc.aio.Server], None]


@dataclass(frozen=True)
class Service:
    """What a context is made of, before it runs.

    Each of `servicers` adds itself to a server. A loop returns once its event is set. `channels`
    lead to the services it asks, and are closed after its last call. A connection may have
    `most_streams` calls open.
    """

    name: str
    database: Database
    servicers: Sequence[Register]
    loops: Sequence[Loop] = ()
    channels: Sequence[grpc.aio.Channel] = ()
    most_streams: int = MOST_STREAMS


def own_database(name: str, settings: Settings) -> Database:
    """Returns the way of a service's calls to the database; nothing is connected yet."""
    url = settings.database_url(name)
    return Database(url, application=name, pool_size=settings.pool_size)


async def run(
    service: Service, settings: Settings, stop: asyncio.Event, ready: asyncio.Event | None = None
) -> None:
    """Serves until `stop` is set; then takes no new call, finishes those under way, and closes.

    Raises `BadSetting` if it cannot serve as things are.
    """
    health = health_aio.HealthServicer()
    peers = {name: connect(address) for name, address in settings.addresses.items()}
    try:
        await check_revision(service.name, service.database)
        server = _server(guard_of(settings), service, HealthApi(service.database, peers), health)
        _listen(server, settings.address(service.name), settings.auth)
        await server.start()
        log.info("serving", extra={"address": settings.address(service.name)})
        await _serve(server, service, health, stop, ready)
    finally:
        for channel in (*peers.values(), *service.channels):
            await channel.close()
        await service.database.close()
        log.info("stopped")


async def _serve(
    server: Server,
    service: Service,
    health: health_aio.HealthServicer,
    stop: asyncio.Event,
    ready: asyncio.Event | None,
) -> None:
    try:
        async with asyncio.TaskGroup() as loops:
            for loop in (*_own_loops(service, health), *service.loops):
                loops.create_task(loop(stop))
            if ready:
                ready.set()
            await stop.wait()
            await health.enter_graceful_shutdown()
            await server.stop(GRACE_SECONDS)
    finally:
        await server.stop(None)


def _own_loops(service: Service, health: health_aio.HealthServicer) -> Sequence[Loop]:
    database = service.database
    return (watch(health, database), watch_revision(service.name, database), _settle)


async def _settle(stop: asyncio.Event) -> None:
    """Lets go of what only a start runs: compilers of mappers, first connections, first questions.

    It takes 4 ms; what is called after all comes back with its first call.
    """
    if not await stopped_within(stop, START):
        let_go_of_programs()


def run_process(
    name: str, settings: Settings, assemble: Callable[[Settings], Service], stop: StopSource
) -> None:
    """Runs one service in this process until what `stop` listens to says so."""
    gc.set_threshold(*COLLECTIONS)
    set_up_logs(name, settings.log_level)
    flush = set_up_telemetry(name, settings.otlp_endpoint)

    async def main() -> None:
        event = asyncio.Event()
        stop(event)
        await run(assemble(settings), settings, event)

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    finally:
        flush()


def guard_of(settings: Settings) -> Guard:
    """Returns what stands before every call; raises `BadSetting` if it lacks keys."""
    if not settings.auth:
        return Guard()
    # Imported here: a system without tokens does not pay for cryptography.
    from services.kit.auth.keys import Jwks
    from services.kit.auth.tokens import TokenReader

    return Guard(TokenReader(Jwks(settings.jwks)))


def _server(
    guard: Guard, service: Service, system: HealthApi, health: health_aio.HealthServicer
) -> Server:
    # What a connection sends beyond its streams waits at its sender, not in our memory.
    streams = ("grpc.max_concurrent_streams", service.most_streams)
    server = Server(Calls(guard), options=[*OPTIONS, streams])
    for register in service.servicers:
        register(server)
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    system_pb2_grpc.add_HealthServiceServicer_to_server(system, server)
    add_reflection(server)
    return server


def _listen(server: grpc.aio.Server, address: str, guarded: bool) -> None:
    if not (guarded or is_loopback(address)):
        raise BadSetting(
            f"{address} can be reached from other machines, and there are no keys to check "
            "callers with: set PERSONAKIT_AUTH=on, or listen on 127.0.0.1 or on a unix socket"
        )
    if address.startswith("unix:"):
        _prepare_socket(Path(address.removeprefix("unix:")))
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise BadSetting(f"cannot listen on {address}: is it taken?") from error


def _prepare_socket(path: Path) -> None:
    """Makes the socket's folder; gRPC would take a socket away from a process that listens."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise BadSetting(f"another process listens on unix:{path}")
