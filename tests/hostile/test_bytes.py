"""Bytes that are no request: at the gateway's port, at the services' sockets, in gRPC's frames."""

import random
import socket
from collections.abc import Callable

import grpc
import pytest

from personakit.ingest.v1 import ingest_pb2 as pb
from services.kit.sockets import SERVICES, run_dir
from tests.e2e.stack import Run
from tests.hostile.budget import EXAMPLES
from tests.hostile.test_messages import FAULTS, METHODS, code_and_reason
from tests.integration.gateway.running import Running

RECORD = "personakit.ingest.v1.IngestService/RecordObservation"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\0\4\0\0\0\0\0"
HELLO = bytes.fromhex("16030100a5010000a10303") + b"\x55" * 160
HEAD = b"POST /v1/observations HTTP/1.1\r\nHost: localhost\r\n"
SCRIPTS = {
    "nothing": b"",
    "a greeting of TLS": HELLO,
    "half a line": b"GET /v1/obs",
    "no version": b"GET /\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n",
    "a line without end": b"GET /" + b"a" * 200_000,
    "headers without end": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
    "a body that stops": HEAD + b"Content-Length: 1000\r\n\r\n{",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
    "length and chunks": HEAD
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
    "a length below zero": HEAD + b"Content-Length: -1\r\n\r\n",
    "a chunk of 2^64": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
    "HTTP/2 that ends": PREFACE,
    "HTTP/2 and noise": PREFACE + SETTINGS + random.Random(1).randbytes(5000),
    "a flood of pings": PREFACE + SETTINGS + (b"\0\0\x08\6\0\0\0\0\0" + b"p" * 8) * 20_000,
    "a flood of settings": PREFACE + SETTINGS * 20_000,
    "a flood of resets": PREFACE
    + SETTINGS
    + b"".join(b"\0\0\4\3\0" + n.to_bytes(4, "big") + b"\0\0\0\0" for n in range(1, 9999, 2)),
    "a frame of 16 MB": PREFACE + SETTINGS + b"\xff\xff\xff\0\0\0\0\0\1" + b"a" * 100_000,
}
Connect = Callable[[], socket.socket]


@pytest.fixture
def doors(stack: Run) -> dict[str, Connect]:
    """Every place that bytes can be sent to."""

    def gateway() -> socket.socket:
        return socket.create_connection(("127.0.0.1", stack.port), timeout=5)

    def unix(name: str) -> Connect:
        def connect() -> socket.socket:
            found = socket.socket(socket.AF_UNIX)
            found.settimeout(5)
            found.connect(str(run_dir(stack.home) / f"{name}.sock"))
            return found

        return connect

    return {"gateway": gateway, **{name: unix(name) for name in SERVICES}}


def send(connect: Connect, content: bytes) -> bytes:
    """Sends all, as far as it is taken, and returns what is answered within a moment."""
    answered = b""
    with connect() as door:
        try:
            door.sendall(content)
            door.settimeout(0.05)
            while chunk := door.recv(65536):
                answered += chunk
        except OSError:
            pass
    return answered


@pytest.mark.parametrize("name", SCRIPTS)
def test_bytes_that_are_no_request_harm_nobody(
    unharmed: Run, doors: dict[str, Connect], name: str
) -> None:
    for connect in doors.values():
        answer = send(connect, SCRIPTS[name])
        assert not answer.startswith(b"HTTP/1.1 5"), answer


@pytest.mark.timeout(600)
def test_random_bytes_harm_nobody(unharmed: Run, doors: dict[str, Connect]) -> None:
    dice = random.Random(7)
    for _ in range(EXAMPLES):
        for connect in doors.values():
            noise = dice.randbytes(dice.choice([1, 9, 100, 20_000]))
            start = dice.choice([b"", PREFACE, PREFACE + SETTINGS, HEAD + b"\r\n"])
            assert not send(connect, start + noise).startswith(b"HTTP/1.1 5")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", METHODS)
def test_random_bytes_in_a_grpc_frame_are_refused_as_malformed(
    unharmed: Run, channel: grpc.Channel, name: str
) -> None:
    dice = random.Random(11)
    for _ in range(EXAMPLES):
        content = dice.randbytes(dice.choice([1, 2, 5, 50, 5000]))
        code, reason = code_and_reason(channel, name, content)
        assert code is None or (code not in FAULTS and reason)


def test_every_beginning_of_a_message_is_taken_or_refused(
    unharmed: Run, channel: grpc.Channel
) -> None:
    observation = pb.Observation(person_id="cut", time_zone="Asia/Tokyo", source="a", source_id="1")
    observation.work_session.start_time.FromJsonString("2026-11-17T00:00:00Z")
    observation.work_session.duration_minutes = 5
    whole = pb.RecordObservationRequest(observation=observation).SerializeToString()
    found = [code_and_reason(channel, RECORD, whole[:end]) for end in range(len(whole) + 1)]
    assert {reason for code, reason in found[:-1]} == {"INVALID_FIELD", "MALFORMED_BODY"}
    assert found[-1] == (None, "")


def test_every_changed_byte_of_a_message_is_taken_or_refused(
    unharmed: Run, channel: grpc.Channel, gateway: Running
) -> None:
    person = pb.Person(person_id="flipped", time_zone="Asia/Tokyo")
    whole = pb.UpdatePersonRequest(person=person).SerializeToString()
    for place in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            code, reason = code_and_reason(
                channel, "personakit.ingest.v1.IngestService/UpdatePerson", bytes(changed)
            )
            assert code is None or (code is grpc.StatusCode.INVALID_ARGUMENT and reason)
