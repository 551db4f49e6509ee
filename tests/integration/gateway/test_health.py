"""GET /health: the true state, as long as one service lives."""

import asyncio

import pytest
from google.protobuf.message import Message

from personakit.gateway.v1 import health_pb2
from tests.integration.gateway.fakes import NAMES, Context, FakeServices, World
from tests.integration.gateway.running import Refused, Running, refused
from tests.integration.gateway.test_grpc import open_channel

Status = health_pb2.Health.Status


async def serving(request: Message, context: Context) -> Message:
    return health_pb2.Health(status=Status.SERVING, services={"ingest": Status.SERVING})


async def degraded(request: Message, context: Context) -> Message:
    await context.send_initial_metadata((("x-personakit-status", "degraded"),))
    services = {"ingest": Status.SERVING, "persona": Status.NOT_SERVING}
    return health_pb2.Health(status=Status.NOT_SERVING, services=services)


def test_a_system_that_serves_is_200(gateway: Running, world: World) -> None:
    world.answers["GetHealth"] = serving
    answer = gateway.call("GET", "/health")
    assert answer.status == 200
    assert answer.json()["status"] == "SERVING"
    assert answer.json()["services"] == {"ingest": "SERVING"}


def test_a_system_that_does_not_serve_is_503_with_the_same_body(
    gateway: Running, world: World
) -> None:
    world.answers["GetHealth"] = degraded
    answer = gateway.call("GET", "/health")
    assert answer.status == 503
    assert answer.json()["services"] == {"ingest": "SERVING", "persona": "NOT_SERVING"}
    assert "x-personakit-status" not in answer.headers


def test_a_degraded_system_is_an_answer_over_grpc(gateway: Running, world: World) -> None:
    world.answers["GetHealth"] = degraded
    with open_channel(gateway) as channel:
        call = channel.unary_unary(
            "/personakit.gateway.v1.HealthService/GetHealth",
            health_pb2.GetHealthRequest.SerializeToString,
            health_pb2.Health.FromString,
        )
        answer = call(health_pb2.GetHealthRequest(), timeout=10)
    assert answer.status == Status.NOT_SERVING


@pytest.mark.parametrize("living", NAMES)
def test_any_service_that_lives_answers(
    gateway: Running, services: FakeServices, living: str
) -> None:
    services.world.answers["GetHealth"] = serving
    services.stop(*set(NAMES) - {living})
    assert {gateway.call("GET", "/health").status for _ in range(8)} == {200}
    assert {call.service for call in services.world.calls} == {living}


def test_without_any_service_it_is_a_503_that_says_so(
    gateway: Running, services: FakeServices
) -> None:
    services.stop(*NAMES)
    answer = gateway.call("GET", "/health")
    assert refused(answer) == Refused(503, 14, "SERVICE_UNAVAILABLE")


def test_a_service_that_hangs_is_passed_over(gateway: Running, world: World) -> None:
    first: list[str] = []

    async def hang_once(request: Message, context: Context) -> Message:
        if not first:
            first.append("hung")
            await asyncio.sleep(60)
        return health_pb2.Health(status=Status.SERVING)

    world.answers["GetHealth"] = hang_once
    assert gateway.call("GET", "/health").status == 200
    assert len({call.service for call in world.calls}) == 2


def test_a_service_comes_back_by_itself(gateway: Running, services: FakeServices) -> None:
    services.world.answers["GetHealth"] = serving
    services.stop(*NAMES)
    assert gateway.call("GET", "/health").status == 503
    services.start(*NAMES)
    assert gateway.call("GET", "/health").status == 200
