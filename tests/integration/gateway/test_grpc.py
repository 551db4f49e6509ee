"""gRPC and gRPC-Web on the same port."""

import asyncio
import struct
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2
from grpc_status.rpc_status import from_call, to_status

from personakit.ingest.v1 import ingest_pb2
from personakit.persona.v1 import persona_pb2
from tests.integration.gateway.conftest import Serve
from tests.integration.gateway.fakes import NAMES, SERVICES, Context, FakeServices, World
from tests.integration.gateway.running import Answer, Running

Detail = TypeVar("Detail", bound=Message)


def open_channel(gateway: Running, options: Sequence[tuple[str, str | int]] = ()) -> grpc.Channel:
    # Own connections: one that another test left in back-off would answer for this one.
    own = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0)]
    return grpc.insecure_channel(gateway.target, [*own, *options])


def get_person(channel: grpc.Channel, timeout: float | None = 10) -> ingest_pb2.Person:
    call = channel.unary_unary(
        "/personakit.ingest.v1.IngestService/GetPerson",
        ingest_pb2.GetPersonRequest.SerializeToString,
        ingest_pb2.Person.FromString,
    )
    request = ingest_pb2.GetPersonRequest(person_id="ana")
    answer, finished = call.with_call(request, timeout=timeout)
    assert dict(finished.initial_metadata())["x-request-id"]
    assert isinstance(answer, ingest_pb2.Person)
    return answer


def details_of(error: grpc.Call, wanted: Detail) -> Detail:
    """Fills `wanted` from the details of a refused call; fails if they have none."""
    status = from_call(error)
    assert status is not None
    assert status.code == error.code().value[0]
    assert any(detail.Unpack(wanted) for detail in status.details)
    return wanted


@pytest.mark.parametrize("method", ["ExportPersonData", "ErasePersonData", "ReadmitPerson"])
def test_what_services_ask_each_other_cannot_be_asked_from_outside(
    gateway: Running, world: World, method: str
) -> None:
    path = f"/personakit.ingest.v1.PersonDataService/{method}"
    with open_channel(gateway) as channel:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(path)
        with pytest.raises(grpc.RpcError) as caught:
            call(b"", timeout=10)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert world.calls == []


def refused(gateway: Running, timeout: float | None = 10) -> grpc.Call:
    with open_channel(gateway) as channel, pytest.raises(grpc.RpcError) as caught:
        get_person(channel, timeout)
    assert isinstance(caught.value, grpc.Call)
    return caught.value


def test_a_call_passes_with_its_metadata(gateway: Running, world: World) -> None:
    with open_channel(gateway) as channel:
        get_person(channel)
    call = world.asked()
    assert (call.service, call.method) == ("ingest", "GetPerson")
    assert call.metadata["x-request-id"]


def test_a_refusal_of_a_service_passes_with_its_details(gateway: Running, world: World) -> None:
    async def refuse(request: Message, context: Context) -> Message:
        status = Status(code=code_pb2.NOT_FOUND, message="nobody")
        status.details.add().Pack(ErrorInfo(reason="PERSON_NOT_FOUND", domain="personakit"))
        await context.abort_with_status(to_status(status))

    world.answers["GetPerson"] = refuse
    error = refused(gateway)
    assert error.code() is grpc.StatusCode.NOT_FOUND
    assert details_of(error, ErrorInfo()).reason == "PERSON_NOT_FOUND"


def test_a_service_that_is_down_is_unavailable(gateway: Running, services: FakeServices) -> None:
    services.stop("ingest")
    error = refused(gateway)
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert details_of(error, ErrorInfo()).reason == "SERVICE_UNAVAILABLE"
    assert details_of(error, RetryInfo()).retry_delay.seconds == 1


async def sleep(request: Message, context: Context) -> Message:
    await asyncio.sleep(3)
    return ingest_pb2.Person()


def test_a_call_that_takes_too_long_is_ended(serve: Serve, world: World) -> None:
    world.answers["GetPerson"] = sleep
    error = refused(serve(timeout=timedelta(seconds=0.3)), timeout=None)
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_the_deadline_of_a_caller_is_kept_and_passed_on(gateway: Running, world: World) -> None:
    left: list[float | None] = []

    async def note(request: Message, context: Context) -> Message:
        left.append(context.time_remaining())
        return ingest_pb2.Person()

    world.answers["GetPerson"] = note
    with open_channel(gateway) as channel:
        get_person(channel, timeout=5)
    assert left[0] is not None
    # A tenth more for clocks that are read one after the other.
    assert 0 < left[0] < 5.5


def test_more_calls_than_the_limit_are_refused(serve: Serve) -> None:
    gateway = serve(requests_per_second=1)
    with open_channel(gateway) as channel:
        get_person(channel)
    error = refused(gateway)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details_of(error, ErrorInfo()).reason == "TOO_MANY_REQUESTS"
    assert details_of(error, RetryInfo()).retry_delay.seconds == 1


@pytest.mark.parametrize("path", ["/personakit.ingest.v1.IngestService/Nothing", "/other.Api/Call"])
def test_a_method_that_is_not_there_is_unimplemented(gateway: Running, path: str) -> None:
    with open_channel(gateway) as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(path, bytes, bytes)(b"", timeout=10)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_stream_is_passed_on_while_it_lasts(serve: Serve) -> None:
    gateway = serve(timeout=timedelta(seconds=0.3), max_body_bytes=1000)

    def slowly() -> Iterator[ingest_pb2.StreamObservationsRequest]:
        observation = ingest_pb2.Observation(person_id="x" * 500)
        for _ in range(8):
            yield ingest_pb2.StreamObservationsRequest(observation=observation)
            time.sleep(0.1)

    with open_channel(gateway) as channel:
        call = channel.stream_unary(
            "/personakit.ingest.v1.IngestService/StreamObservations",
            ingest_pb2.StreamObservationsRequest.SerializeToString,
            ingest_pb2.StreamObservationsResponse.FromString,
        )
        assert call(slowly(), timeout=10) == ingest_pb2.StreamObservationsResponse()


def list_services(channel: grpc.Channel) -> set[str]:
    call = channel.stream_stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        reflection_pb2.ServerReflectionRequest.SerializeToString,
        reflection_pb2.ServerReflectionResponse.FromString,
    )
    ask = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = call(iter([ask]), timeout=10)
    return {service.name for service in answer.list_services_response.service}


def check_health(channel: grpc.Channel) -> int:
    call = channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )
    status: int = call(health_pb2.HealthCheckRequest(), timeout=10).status
    return status


@pytest.mark.parametrize("living", NAMES)
def test_reflection_and_health_are_answered_by_any_service_that_lives(
    gateway: Running, services: FakeServices, living: str
) -> None:
    services.stop(*set(NAMES) - {living})
    with open_channel(gateway) as channel:
        assert list_services(channel) >= set(SERVICES)
        assert check_health(channel) == health_pb2.HealthCheckResponse.SERVING


def frame(payload: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(payload)) + payload


def call_web(gateway: Running, **headers: str) -> Answer:
    request = frame(persona_pb2.SuggestRequest(person_id="ana").SerializeToString())
    path = "/personakit.persona.v1.PersonaService/Suggest"
    return gateway.call("POST", path, request, Content_Type="application/grpc-web+proto", **headers)


def test_grpc_web_is_served(gateway: Running, world: World) -> None:
    async def suggest(request: Message, context: Context) -> Message:
        assert isinstance(request, persona_pb2.SuggestRequest)
        return persona_pb2.SuggestResponse(person_id=request.person_id)

    world.answers["Suggest"] = suggest
    answer = call_web(gateway)
    assert answer.headers["content-type"] == "application/grpc-web+proto"
    expected = frame(persona_pb2.SuggestResponse(person_id="ana").SerializeToString())
    assert answer.body.startswith(expected)
    assert b"grpc-status:0" in answer.body[len(expected) :]


def test_a_page_of_another_origin_gets_nothing_over_grpc_web(
    gateway: Running, world: World
) -> None:
    answer = call_web(gateway, Origin="https://evil.example")
    assert answer.headers["grpc-status"] == "7"
    assert world.calls == []


def test_a_service_that_is_down_is_unavailable_over_grpc_web(
    gateway: Running, services: FakeServices
) -> None:
    services.stop("persona")
    assert call_web(gateway).headers["grpc-status"] == "14"
