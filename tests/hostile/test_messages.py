"""Every RPC, with messages of any content: an answer, or a refusal that says why."""

from collections.abc import Sequence
from threading import Timer
from typing import cast

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personakit.feedback.v1 import feedback_pb2
from personakit.gateway.v1 import health_pb2
from personakit.ingest.v1 import ingest_pb2
from personakit.persona.v1 import mapper_pb2, persona_pb2
from personakit.profiler.v1 import profiler_pb2
from tests.e2e.stack import Run
from tests.hostile.budget import EXAMPLES
from tests.hostile.messages import messages
from tests.refusals import refusal_of

FILES = (ingest_pb2, profiler_pb2, persona_pb2, mapper_pb2, feedback_pb2, health_pb2)
METHODS = {
    f"{service.full_name}/{method.name}": method
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
# Codes that mean a fault of ours, or an answer without a reason.
FAULTS = {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DATA_LOSS}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", METHODS)
def test_any_message_is_answered_or_refused_with_a_reason(
    unharmed: Run, channel: grpc.Channel, name: str
) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(messages(METHODS[name].input_type), min_size=1, max_size=3))
    def try_all(requests: list[Message]) -> None:
        written = [request.SerializeToString() for request in requests]
        code, reason = code_and_reason(channel, name, *written)
        assert code is None or (code not in FAULTS and reason)

    try_all()


def code_and_reason(
    channel: grpc.Channel, name: str, *requests: bytes
) -> tuple[grpc.StatusCode | None, str]:
    """Sends these bytes as requests of a method; None is OK."""
    try:
        call(channel, name, requests)
    except grpc.RpcError as error:
        refusal = refusal_of(cast("grpc.Call", error))
        return refusal.code, refusal.reason
    return None, ""


def call(channel: grpc.Channel, name: str, requests: Sequence[bytes]) -> None:
    method = METHODS[name]
    read = GetMessageClass(method.output_type).FromString
    if method.client_streaming:
        channel.stream_unary(f"/{name}", bytes, read)(iter(requests), timeout=20)
    elif method.server_streaming:
        answers = channel.unary_stream(f"/{name}", bytes, read)(requests[0], timeout=20)
        if method.name.startswith("Watch"):
            begin(answers)
        else:
            list(answers)
    else:
        channel.unary_unary(f"/{name}", bytes, read)(requests[0], timeout=20)


def begin(watch: "grpc._CallIterator[Message]") -> None:
    """Takes the first answer of a stream that has no end; silence is an answer too."""
    ending = Timer(0.5, watch.cancel)
    ending.start()
    try:
        next(watch, None)
    except grpc.RpcError as error:
        if cast("grpc.Call", error).code() is not grpc.StatusCode.CANCELLED:
            raise
    finally:
        ending.cancel()
        watch.cancel()
