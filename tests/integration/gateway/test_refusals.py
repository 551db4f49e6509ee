"""Every refusal of the gateway: HTTP status, gRPC code, reason and field."""

import asyncio
import socket
import threading
from datetime import timedelta

import pytest
from google.protobuf.message import Message

from personakit.ingest.v1 import ingest_pb2
from tests.integration.gateway.conftest import Serve
from tests.integration.gateway.fakes import Context, FakeServices, World
from tests.integration.gateway.running import Answer, Refused, Running, refused

ONE, MANY = "/v1/observations", "/v1/observations:batch"
MALFORMED = Refused(400, 3, "MALFORMED_BODY")


def malformed(*fields: str) -> Refused:
    return Refused(400, 3, "MALFORMED_BODY", fields)


def unknown(*fields: str) -> Refused:
    return Refused(400, 3, "UNKNOWN_FIELD", fields)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (ONE, '{"person_id": "ana"', MALFORMED),
        (ONE, '{"person_id": "ana",}', MALFORMED),
        (ONE, "{'person_id': 'ana'}", MALFORMED),
        (ONE, '{"person_id": "ana"} {}', MALFORMED),
        (ONE, '{"person_id": "\\ud800"}', MALFORMED),
        (ONE, b'{"person_id": "\xff"}', MALFORMED),
        (ONE, '{"person_id": NaN}', MALFORMED),
        (ONE, "[]", MALFORMED),
        (ONE, "null", MALFORMED),
        (ONE, "ana", MALFORMED),
        (ONE, '{"person_id": "ana", "person_id": "bob"}', malformed("person_id")),
        (ONE, '{"person_id": "ana", "personId": "bob"}', malformed("person_id")),
        (ONE, '{"person_id": 5}', malformed("person_id")),
        (ONE, '{"person_id": {}}', malformed("person_id")),
        (ONE, '{"person_id": ["ana"]}', malformed("person_id")),
        (ONE, '{"work_session": "x"}', malformed("work_session")),
        (ONE, '{"work_session": []}', malformed("work_session")),
        (
            ONE,
            '{"work_session": {"duration_minutes": 90.5}}',
            malformed("work_session.duration_minutes"),
        ),
        (
            ONE,
            '{"work_session": {"duration_minutes": "x"}}',
            malformed("work_session.duration_minutes"),
        ),
        (
            ONE,
            '{"work_session": {"interruptions": 99999999999}}',
            malformed("work_session.interruptions"),
        ),
        (ONE, '{"work_session": {"start_time": "soon"}}', malformed("work_session.start_time")),
        (ONE, '{"calendar_event": {"kind": "PARTY"}}', malformed("calendar_event.kind")),
        (ONE, '{"calendar_event": {"all_day": 1}}', malformed("calendar_event.all_day")),
        (ONE, '{"calendar_event": {}, "work_session": {}}', malformed("work_session")),
        (ONE, '{"persn_id": "ana"}', unknown("persn_id")),
        (
            ONE,
            '{"work_session": {"produtivity_score": 4}}',
            unknown("work_session.produtivity_score"),
        ),
        (MANY, '{"observations": {}}', malformed("observations")),
        (MANY, '{"observations": [null]}', malformed("observations[0]")),
        (
            MANY,
            '{"observations": [{}, {"work_session": {"x": [[]]}}]}',
            unknown("observations[1].work_session.x"),
        ),
        (
            MANY,
            '{"observations": [{"work_session": {"duration_minutes": true}}]}',
            malformed("observations[0].work_session.duration_minutes"),
        ),
        ("/v1/observations?source=x", "{}", unknown("source")),
        ("/v1/feedback", '{"person_id": "ana", "helpfull": true}', unknown("helpfull")),
    ],
)
def test_a_body_that_the_api_does_not_take_is_refused_by_name(
    gateway: Running, world: World, path: str, body: str | bytes, expected: Refused
) -> None:
    assert refused(gateway.call("POST", path, body)) == expected
    assert world.calls == []


def test_the_place_of_malformed_json_is_told(gateway: Running) -> None:
    answer = gateway.call("POST", ONE, '{\n  "person_id": "ana"\n  "source": "x"\n}')
    details = answer.json()["details"]
    assert isinstance(details, list)
    assert details[0]["metadata"] == {"line": "3", "column": "3"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/suggestions?person_id=ana&at=soon", Refused(400, 3, "INVALID_FIELD", ("at",))),
        ("/v1/suggestions?person_id=ana&when=now", unknown("when")),
        ("/v1/observations?page_size=x", Refused(400, 3, "INVALID_FIELD", ("page_size",))),
        ("/v1/observations?kind=PARTY", Refused(400, 3, "INVALID_FIELD", ("kind",))),
        ("/v1/people/%ff", Refused(400, 3, "INVALID_FIELD")),
        ("/v1/suggestions?person_id=%c3%28", Refused(400, 3, "INVALID_FIELD")),
        ("/v1/people/a%00b", MALFORMED),
        ("/", Refused(404, 5, "UNKNOWN_PATH")),
        ("/v1", Refused(404, 5, "UNKNOWN_PATH")),
        ("/v2/observations", Refused(404, 5, "UNKNOWN_PATH")),
        ("/v1/observations/", Refused(404, 5, "UNKNOWN_PATH")),
        ("/v1/people/ana/", Refused(404, 5, "UNKNOWN_PATH")),
        ("/v1/people/ana/personas/1/2", Refused(404, 5, "UNKNOWN_PATH")),
        ("/v1/people/ana:explain", Refused(404, 5, "UNKNOWN_PATH")),
        ("/personakit.ingest.v1.IngestService/GetPerson", Refused(404, 5, "UNKNOWN_PATH")),
    ],
)
def test_a_path_that_the_api_does_not_have_is_refused(
    gateway: Running, world: World, path: str, expected: Refused
) -> None:
    assert refused(gateway.call("GET", path)) == expected
    assert world.calls == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_the_path_does_not_have_is_refused(gateway: Running, method: str) -> None:
    assert refused(gateway.call(method, ONE)).reason in {"UNKNOWN_PATH", "MALFORMED_BODY"}


def test_a_path_and_a_body_that_differ_are_refused(gateway: Running) -> None:
    answer = gateway.call("PATCH", "/v1/people/ana", {"person_id": "bob"})
    assert refused(answer) == Refused(400, 3, "INVALID_FIELD", ("person_id",))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_where_none_is_taken_is_refused(gateway: Running, method: str) -> None:
    path = "/v1/people/ana/observations/0af76519-16cd-43dd-8448-eb211c80319c"
    assert refused(gateway.call(method, path, "{}")) == MALFORMED


def test_a_long_unknown_name_is_shortened(gateway: Running) -> None:
    answer = gateway.call("POST", ONE, {"é" * 5000: 1})
    assert refused(answer).reason == "UNKNOWN_FIELD"
    assert len(answer.body) < 2000


def test_deep_nesting_is_refused(gateway: Running) -> None:
    answer = gateway.call("POST", ONE, '{"person_id": ' + "[" * 500_000)
    assert refused(answer) == malformed("person_id")


def test_a_large_malformed_body_is_placed_without_delay(gateway: Running) -> None:
    answer = gateway.call("POST", ONE, "{" + " " * 500_000 + "\n" * 500_000 + "x")
    details = answer.json()["details"]
    assert isinstance(details, list)
    assert details[0]["metadata"] == {"line": "500001", "column": "1"}


def test_a_body_that_is_too_large_is_refused(gateway: Running, world: World) -> None:
    body = '{"person_id": "' + "x" * (1024 * 1024) + '"}'
    assert refused(gateway.call("POST", ONE, body)) == Refused(413, 8, "REQUEST_TOO_LARGE")
    assert world.calls == []


def test_a_body_just_below_the_limit_passes(gateway: Running, world: World) -> None:
    body = '{"person_id": "' + "x" * (1024 * 1024 - 1000) + '"}'
    assert gateway.call("POST", ONE, body).status == 200


def test_headers_that_are_too_large_are_refused(gateway: Running) -> None:
    answer = gateway.call("GET", "/v1/people/ana", x_padding="x" * 40_000)
    assert refused(answer) == Refused(413, 8, "REQUEST_TOO_LARGE")


def test_what_is_not_http_is_refused(gateway: Running) -> None:
    assert refused(raw(gateway, b"\x16\x03\x01 nonsense\r\n\r\n")) == MALFORMED
    assert refused(raw(gateway, b"GET / HTTP/1.1\r\n\r\n")) == MALFORMED


def raw(gateway: Running, sent: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(sent)
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(int(status.split()[1]), headers, body)


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def test_a_service_that_is_down_is_named_unavailable_and_the_others_answer(
    gateway: Running, services: FakeServices
) -> None:
    services.stop("ingest")
    answer = gateway.call("GET", "/v1/people/ana")
    assert refused(answer) == Refused(503, 14, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"
    assert gateway.call("GET", "/v1/people/ana/personas").status == 200
    services.start("ingest")
    assert gateway.call("GET", "/v1/people/ana").status == 200


def test_a_service_that_goes_in_the_middle_of_a_call_is_unavailable(
    gateway: Running, services: FakeServices, world: World
) -> None:
    async def go(request: Message, context: Context) -> Message:
        threading.Thread(target=services.stop, args=["ingest"]).start()
        await asyncio.sleep(10)
        return ingest_pb2.Person()

    world.answers["GetPerson"] = go
    answer = gateway.call("GET", "/v1/people/ana")
    assert refused(answer) == Refused(503, 14, "SERVICE_UNAVAILABLE")


def test_what_a_failing_service_says_of_itself_is_not_passed_on(
    gateway: Running, world: World
) -> None:
    async def fail(request: Message, context: Context) -> Message:
        raise ValueError("select secret from secrets")

    world.answers["GetPerson"] = fail
    answer = gateway.call("GET", "/v1/people/ana")
    assert refused(answer) == Refused(500, 13, "INTERNAL_FAULT")
    assert b"secret" not in answer.body


async def sleep(request: Message, context: Context) -> Message:
    await asyncio.sleep(3)
    return ingest_pb2.Person()


def test_a_service_that_takes_too_long_is_refused(serve: Serve, world: World) -> None:
    world.answers["GetPerson"] = sleep
    gateway = serve(timeout=timedelta(seconds=0.3))
    assert refused(gateway.call("GET", "/v1/people/ana")) == Refused(504, 4, "DEADLINE_PASSED")


def test_a_caller_cannot_change_the_timeout_of_the_gateway(serve: Serve, world: World) -> None:
    world.answers["GetPerson"] = sleep
    gateway = serve(timeout=timedelta(seconds=0.3))
    answer = gateway.call("GET", "/v1/people/ana", x_envoy_upstream_rq_timeout_ms="60000")
    assert refused(answer).reason == "DEADLINE_PASSED"


def test_more_requests_than_the_limit_are_refused(serve: Serve) -> None:
    gateway = serve(requests_per_second=3)
    answers = [gateway.call("GET", "/v1/people/ana") for _ in range(10)]
    refusals = [answer for answer in answers if answer.status != 200]
    assert {refused(answer) for answer in refusals} == {Refused(429, 8, "TOO_MANY_REQUESTS")}
    assert refusals[0].headers["retry-after"] == "1"
