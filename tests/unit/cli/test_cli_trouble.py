"""What a refused call says to a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import error_details_pb2 as details
from google.rpc import status_pb2
from grpc import StatusCode
from grpc.aio import AioRpcError, Metadata

from clients.trouble import ADVICE_BY_REASON, in_words, readable, trouble_with
from personakit.feedback.v1.error_reason_pb2 import ErrorReason as FeedbackReason
from personakit.gateway.v1.error_reason_pb2 import ErrorReason as GatewayReason
from personakit.ingest.v1.error_reason_pb2 import ErrorReason as IngestReason
from personakit.persona.v1.error_reason_pb2 import ErrorReason as PersonaReason
from personakit.profiler.v1.error_reason_pb2 import ErrorReason as ProfilerReason

HERE = "127.0.0.1:8000"
KNOWN = {
    *FeedbackReason.keys(),
    *GatewayReason.keys(),
    *IngestReason.keys(),
    *PersonaReason.keys(),
    *ProfilerReason.keys(),
}


def _error(code: StatusCode, message: str = "", *found: Message) -> AioRpcError:
    packed = []
    for detail in found:
        packed.append(Any())
        packed[-1].Pack(detail)
    status = status_pb2.Status(code=1, message=message, details=packed)
    trailing = Metadata(("grpc-status-details-bin", status.SerializeToString()))
    return AioRpcError(code, Metadata(), trailing, message)


def test_every_reason_with_advice_is_one_of_the_api() -> None:
    assert set(ADVICE_BY_REASON) <= KNOWN


def test_every_refusal_for_want_of_something_says_what_to_do() -> None:
    missing = {reason for reason in KNOWN if reason.endswith(("_MISSING", "_NOT_FOUND"))}
    # What to do about tokens follows from the code alone.
    others = {"TOKEN_MISSING", "SCOPE_MISSING"}
    assert missing - set(ADVICE_BY_REASON) <= others


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("what was sent is odd", "What was sent is odd."),
        ("send it as: Bearer ...", "Send it as: Bearer ..."),
        ("sql_coach is ours", "sql_coach is ours."),
    ],
)
def test_a_sentence_begins_with_a_capital_but_a_name_stays(message: str, said: str) -> None:
    trouble = trouble_with(_error(StatusCode.FAILED_PRECONDITION, message), HERE)
    assert trouble.sentence == said


def test_no_server_says_where_it_was_sought_and_how_to_start_it() -> None:
    error = AioRpcError(StatusCode.UNAVAILABLE, Metadata(), Metadata(), "failed to connect")
    trouble = trouble_with(error, HERE)
    assert HERE in trouble.sentence
    assert "make run" in trouble.advice
    assert trouble.exit_code == 3


def test_a_gateway_without_its_service_is_not_a_missing_server() -> None:
    error = AioRpcError(StatusCode.UNAVAILABLE, Metadata(), Metadata(), "no healthy upstream")
    trouble = trouble_with(error, HERE)
    assert "make run" not in trouble.advice
    assert trouble.exit_code == 3


def test_no_answer_in_time_is_as_good_as_none() -> None:
    trouble = trouble_with(_error(StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"), HERE)
    assert "persona-kit status" in trouble.advice
    assert trouble.exit_code == 3


def test_the_reason_decides_what_to_do() -> None:
    info = details.ErrorInfo(reason="MINDSCAPE_MISSING", domain="personakit")
    trouble = trouble_with(_error(StatusCode.FAILED_PRECONDITION, "too little", info), HERE)
    assert trouble.reason == "MINDSCAPE_MISSING"
    assert "persona-kit observe" in trouble.advice
    assert trouble.exit_code == 1


def test_fields_are_named() -> None:
    violation = details.BadRequest.FieldViolation(field="a.b", description="must be 1 to 5")
    found = details.BadRequest(field_violations=[violation, violation])
    trouble = trouble_with(_error(StatusCode.INVALID_ARGUMENT, "bad", found), HERE)
    assert trouble.sentence == "a.b: must be 1 to 5; a.b: must be 1 to 5."


def test_the_time_to_wait_is_told() -> None:
    retry = details.RetryInfo()
    retry.retry_delay.FromTimedelta(timedelta(seconds=90))
    trouble = trouble_with(_error(StatusCode.RESOURCE_EXHAUSTED, "enough", retry), HERE)
    assert "2 min" in trouble.sentence


def test_a_fault_names_the_request_id_to_look_for() -> None:
    trouble = trouble_with(_error(StatusCode.INTERNAL, "broken"), HERE, "id-1")
    assert "id-1" in trouble.advice


def test_details_that_cannot_be_read_are_left_out() -> None:
    trailing = Metadata(("grpc-status-details-bin", b"\xff\xff"))
    error = AioRpcError(StatusCode.NOT_FOUND, Metadata(), trailing, "")
    assert trouble_with(error, HERE).sentence == "The call was refused: not found."


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=0.2), "1 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=61), "2 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(hours=5, minutes=12), "5 h 12 min"),
    ],
)
def test_lengths_of_time_are_rounded_up(length: timedelta, words: str) -> None:
    assert in_words(length) == words


def test_a_text_cannot_steer_the_terminal() -> None:
    assert readable("a\x1b[2Jb\r\n\x9bc") == "a [2Jb c"
