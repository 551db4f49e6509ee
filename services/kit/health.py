"""Tells how this service is, and what it hears from the others."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health_aio

from personakit.gateway.v1 import health_pb2 as pb
from personakit.gateway.v1 import health_pb2_grpc as pb_grpc
from services import VERSION
from services.kit.calls import Context
from services.kit.database import Database
from services.kit.errors import Refusal
from services.kit.loops import Loop, stopped_within

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
BETWEEN_PINGS = timedelta(seconds=1)
# The gateway turns an answer with this header into HTTP's 503.
DEGRADED = (("x-personakit-status", "degraded"),)
Status = pb.Health.Status


def watch(health: health_aio.HealthServicer, database: Database) -> Loop:
    """Returns a loop that keeps `grpc.health.v1` true: serving while the database answers."""

    async def loop(stop: asyncio.Event) -> None:
        told: bool | None = None
        while not stop.is_set():
            serving = await _answers(database)
            if serving is not told:
                await health.set("", _standard(serving))
                told = serving
            await stopped_within(stop, BETWEEN_PINGS)

    return loop


class HealthApi(pb_grpc.HealthServiceServicer):
    """Answers for the whole system: asks each service over its own channel."""

    def __init__(self, database: Database, peers: Mapping[str, grpc.aio.Channel]) -> None:
        self._database = database
        self._peers = peers

    async def GetHealth(self, request: pb.GetHealthRequest, context: Context) -> pb.Health:
        database, *peers = await asyncio.gather(
            _answers(self._database), *(_serves(channel) for channel in self._peers.values())
        )
        well = database and all(peers)
        if not well:
            await context.send_initial_metadata(DEGRADED)
        return pb.Health(
            status=_status(well),
            services={name: _status(up) for name, up in zip(self._peers, peers, strict=True)},
            database=_status(database),
            version=VERSION,
        )


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await database.ping()
    except (Refusal, TimeoutError):
        return False
    except Exception:
        # It would end the loop that looks, and with it a service that only has to wait.
        log.exception("the database answers strangely")
        return False
    return True


async def _serves(channel: grpc.aio.Channel) -> bool:
    check = channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )
    try:
        answer = await check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_SECONDS)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _status(well: bool) -> Status.ValueType:
    return Status.SERVING if well else Status.NOT_SERVING


def _standard(serving: bool) -> int:
    status = health_pb2.HealthCheckResponse
    return status.SERVING if serving else status.NOT_SERVING
