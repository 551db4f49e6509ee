"""Refusals as gRPC statuses, and requests checked against their rules."""

import json
import logging
import pickle
from datetime import timedelta

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo

from personakit.feedback.v1 import error_reason_pb2 as feedback_reasons
from personakit.gateway.v1 import error_reason_pb2 as gateway_reasons
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.error_reason_pb2 import ErrorReason
from services.kit import errors
from services.kit.calls import InternalFault
from services.kit.logs import JsonFormatter, correlated
from services.kit.status import CODES, InvalidFields, code_of, to_status
from services.kit.validation import check_rules

USUAL_START = pb.UserInput.USUAL_START


def test_every_kind_of_refusal_has_a_code() -> None:
    assert set(CODES) == set(errors.Refusal.__subclasses__()) - {InternalFault}


def test_a_refusal_carries_reason_field_and_when_to_come_back() -> None:
    status = to_status(
        errors.ResourceExhausted(
            "DAILY_LIMIT_REACHED", "enough", field="person_id", retry_after=timedelta(hours=2)
        )
    )
    info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
    for detail, message in zip(status.details, (info, bad, retry), strict=True):
        assert detail.Unpack(message)
    assert status.code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    assert (info.reason, info.domain) == ("DAILY_LIMIT_REACHED", "personakit")
    assert [violation.field for violation in bad.field_violations] == ["person_id"]
    assert retry.retry_delay.seconds == 7200


def test_a_refusal_of_an_unlisted_kind_is_a_fault_of_ours() -> None:
    assert code_of(errors.Refusal("X", "x")) is grpc.StatusCode.INTERNAL


@pytest.mark.parametrize(
    "refusal",
    [
        errors.Aborted("CONFLICT", "again", metadata={"of": "a"}),
        errors.NotFound("PERSON_NOT_FOUND", "nobody", field="person_id"),
        InvalidFields([("name", "is too long")]),
        InternalFault(),
    ],
)
def test_a_refusal_in_another_process_arrives_as_it_is(refusal: errors.Refusal) -> None:
    arrived: errors.Refusal = pickle.loads(pickle.dumps(refusal))  # noqa: S301
    assert type(arrived) is type(refusal)
    assert (str(arrived), to_status(arrived)) == (str(refusal), to_status(refusal))


def test_all_broken_rules_of_a_request_are_named_at_once() -> None:
    request = pb.RecordObservationsRequest(
        observations=[
            pb.Observation(
                person_id="ana", user_input=pb.UserInput(question=USUAL_START, answer="soon")
            ),
            pb.Observation(person_id="a/b"),
        ]
    )
    with pytest.raises(InvalidFields) as caught:
        check_rules(request)
    assert [field for field, _ in caught.value.violations] == [
        "observations[0].user_input.answer",
        "observations[1].kind",
        "observations[1].person_id",
    ]


def test_reasons_of_the_protos_do_not_collide() -> None:
    names = [
        name
        for reasons in (ErrorReason, feedback_reasons.ErrorReason, gateway_reasons.ErrorReason)
        for name in reasons.keys()  # noqa: SIM118
        if not name.endswith("UNSPECIFIED")
    ]
    assert len(names) == len(set(names))


def test_a_log_line_is_json_with_the_correlation_id() -> None:
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "done", "count": 3})
    with correlated("abc"):
        line = json.loads(JsonFormatter("ingest").format(record))
    assert (line["message"], line["service"], line["correlation_id"]) == ("done", "ingest", "abc")
    assert line["count"] == 3
    assert line["time"].endswith("+00:00")
