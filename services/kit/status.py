"""Turns a refusal into a gRPC status with details; the only place that knows the codes."""

from typing import Final

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from services.kit import errors

DOMAIN: Final = "personakit"
MOST_NAMED: Final = 10
CODES: Final[dict[type[errors.Refusal], StatusCode]] = {
    errors.Invalid: StatusCode.INVALID_ARGUMENT,
    errors.NotFound: StatusCode.NOT_FOUND,
    errors.AlreadyExists: StatusCode.ALREADY_EXISTS,
    errors.FailedPrecondition: StatusCode.FAILED_PRECONDITION,
    errors.ResourceExhausted: StatusCode.RESOURCE_EXHAUSTED,
    errors.Unavailable: StatusCode.UNAVAILABLE,
    errors.Aborted: StatusCode.ABORTED,
    errors.DeadlineExceeded: StatusCode.DEADLINE_EXCEEDED,
    errors.PermissionDenied: StatusCode.PERMISSION_DENIED,
    errors.Unauthenticated: StatusCode.UNAUTHENTICATED,
}


def code_of(refusal: errors.Refusal) -> StatusCode:
    """Returns the code; a kind of refusal that is not listed is a fault of ours."""
    kinds = (CODES[kind] for kind in type(refusal).__mro__ if kind in CODES)
    return next(kinds, StatusCode.INTERNAL)


def to_status(refusal: errors.Refusal) -> Status:
    """Returns the status that a client gets."""
    number: int = code_of(refusal).value[0]
    return Status(code=number, message=refusal.message, details=_details(refusal))


def _details(refusal: errors.Refusal) -> list[AnyMessage]:
    found: list[Message] = [
        ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=refusal.metadata)
    ]
    violations = [
        BadRequest.FieldViolation(field=field, description=description)
        for field, description in violations_of(refusal)
    ]
    if violations:
        found.append(BadRequest(field_violations=violations))
    if refusal.retry_after is not None:
        retry = RetryInfo()
        retry.retry_delay.FromTimedelta(refusal.retry_after)
        found.append(retry)
    return [_packed(message) for message in found]


def violations_of(refusal: errors.Refusal) -> list[tuple[str, str]]:
    """Returns the fields at fault, each with what is wrong with it."""
    if isinstance(refusal, InvalidFields):
        return refusal.violations
    return [(refusal.field, refusal.message)] if refusal.field else []


class InvalidFields(errors.Invalid):
    """One or more fields break a rule, those of the protos if no reason is given; ten are named.

    A status travels in the headers of its answer, and of those gRPC takes 8 KiB.
    """

    def __init__(self, violations: list[tuple[str, str]], reason: str = "INVALID_FIELD") -> None:
        named = violations[:MOST_NAMED]
        words = [f"{field}: {text}" if field else text for field, text in named]
        if more := len(violations) - len(named):
            words.append(f"and {more} more")
        super().__init__(reason, "; ".join(words))
        self.violations = named


def _packed(message: Message) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed
