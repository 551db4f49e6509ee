"""What the gateway answers by itself, in the one shape that errors of the services have.

Envoy asks a list of mappers, in order, what becomes of a reply that it makes itself. Each `Reply`
here turns into two: JSON for REST, and status, message and details for gRPC.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToDict
from google.rpc.code_pb2 import (
    DEADLINE_EXCEEDED,
    INTERNAL,
    INVALID_ARGUMENT,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    UNAUTHENTICATED,
    UNAVAILABLE,
)
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from personakit.gateway.v1.error_reason_pb2 import ErrorReason

Json = dict[str, object]

# The transcoder makes a gRPC request of every REST one, and notes the path that it had.
GRPC = (
    "request.headers['content-type'].startsWith('application/grpc')"
    " && !('x-envoy-original-path' in request.headers)"
)
DETAILS = "response.code_details"
FROM_LUA = f"{DETAILS} == 'lua_response'"
FROM_TRANSCODER = (
    f"{DETAILS}.contains('grpc_json_transcode_failure') && response.code in [400, 404]"
)


@dataclass(frozen=True)
class Reply:
    """An error that the gateway makes. `when` is a CEL condition on the reply that Envoy made."""

    when: str
    code: int
    reason: "ErrorReason.ValueType"
    message: str
    http_status: int
    retry_seconds: int = 0

    def status(self) -> Status:
        status = Status(code=self.code, message=self.message)
        reason = ErrorReason.Name(self.reason)
        status.details.add().Pack(ErrorInfo(reason=reason, domain="personakit"))
        if self.retry_seconds:
            delay = Duration(seconds=self.retry_seconds)
            status.details.add().Pack(RetryInfo(retry_delay=delay))
        return status


NO_TOKEN = Reply(
    f"{DETAILS}.contains('Jwt_is_missing')",
    UNAUTHENTICATED,
    ErrorReason.TOKEN_MISSING,
    "send a token: authorization: Bearer ...",
    401,
)
OLD_TOKEN = Reply(
    f"{DETAILS}.contains('Jwt_is_expired')",
    UNAUTHENTICATED,
    ErrorReason.TOKEN_EXPIRED,
    "the token's time is over: get a new one",
    401,
)
BAD_TOKEN = Reply(
    f"{DETAILS}.contains('jwt_authn_access_denied')",
    UNAUTHENTICATED,
    ErrorReason.TOKEN_INVALID,
    "this is no token of this system",
    401,
)
TOO_LARGE = Reply(
    "response.code == 413 || response.code == 431",
    RESOURCE_EXHAUSTED,
    ErrorReason.REQUEST_TOO_LARGE,
    "the request is larger than the gateway takes",
    413,
)
TOO_MANY = Reply(
    f"response.code == 429 || {DETAILS}.contains('overflow')",
    RESOURCE_EXHAUSTED,
    ErrorReason.TOO_MANY_REQUESTS,
    "more requests than the gateway takes; come back in a second",
    429,
    retry_seconds=1,
)
TOO_LATE = Reply(
    f"response.code == 504 || response.code == 408 || {DETAILS}.contains('timeout')",
    DEADLINE_EXCEEDED,
    ErrorReason.DEADLINE_PASSED,
    "the call was not finished in time",
    504,
)
NOT_THERE = Reply(
    "response.code == 502 || response.code == 503",
    UNAVAILABLE,
    ErrorReason.SERVICE_UNAVAILABLE,
    "the service does not answer; come back in a second",
    503,
    retry_seconds=1,
)
NOT_HTTP = Reply(
    "response.code >= 400 && response.code < 404",
    INVALID_ARGUMENT,
    ErrorReason.MALFORMED_BODY,
    "not a request that the gateway can read",
    400,
)
FAULT = Reply(
    "response.code >= 500",
    INTERNAL,
    ErrorReason.INTERNAL_FAULT,
    "a fault of PersonaKit itself; its log has the details under this answer's x-request-id",
    500,
)
# The only refusal of the Lua filter that a gRPC call meets; JSON calls get theirs in full from Lua.
FOREIGN = Reply(
    FROM_LUA,
    PERMISSION_DENIED,
    ErrorReason.FOREIGN_ORIGIN,
    "this gateway answers programs and pages of this machine only",
    403,
)
REPLIES = (
    NO_TOKEN,
    OLD_TOKEN,
    BAD_TOKEN,
    TOO_LARGE,
    TOO_MANY,
    TOO_LATE,
    NOT_THERE,
    NOT_HTTP,
    FAULT,
)


def local_replies() -> Json:
    """Returns Envoy's `local_reply_config`."""
    return {"mappers": list(mappers())}


def mappers() -> Iterator[Json]:
    yield for_grpc(FOREIGN)
    yield from (for_grpc(reply) for reply in REPLIES)
    # What no reply above is meant for keeps Envoy's status and words, without the JSON below.
    yield {"filter": when(GRPC), "body_format_override": text("%LOCAL_REPLY_BODY%", "text/plain")}
    yield {
        "filter": when(FROM_LUA),
        "body_format_override": text("%LOCAL_REPLY_BODY%", "application/json"),
    }
    # The Lua filter makes JSON of this; see lua/transcoder.lua.
    yield {
        "filter": when(FROM_TRANSCODER),
        "body_format_override": text(
            "%RESPONSE_CODE_DETAILS% %LOCAL_REPLY_BODY%", "application/x-transcoder-refusal"
        ),
    }
    yield from (for_json(reply) for reply in REPLIES)


def for_json(reply: Reply) -> Json:
    status = MessageToDict(
        reply.status(), preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return {
        "filter": when(reply.when),
        "status_code": reply.http_status,
        "headers_to_add": [header("retry-after", str(reply.retry_seconds))]
        if reply.retry_seconds
        else [],
        "body_format_override": {"json_format": status},
    }


def encoded(reply: Reply) -> str:
    """Returns the value of `grpc-status-details-bin`."""
    return base64.b64encode(reply.status().SerializeToString()).decode()


def for_grpc(reply: Reply) -> Json:
    return {
        "filter": when(f"({reply.when}) && {GRPC}"),
        "headers_to_add": [
            header("grpc-status", str(reply.code)),
            header("grpc-status-details-bin", encoded(reply)),
        ],
        "body": {"inline_string": reply.message},
        "body_format_override": text("%LOCAL_REPLY_BODY%", "text/plain"),
    }


def when(expression: str) -> Json:
    return {
        "extension_filter": {
            "name": "cel",
            "typed_config": {
                "@type": "type.googleapis.com/"
                "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
                "expression": expression,
            },
        }
    }


def header(name: str, value: str) -> Json:
    return {
        "header": {"key": name, "value": value},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }


def text(form: str, content_type: str) -> Json:
    return {"text_format_source": {"inline_string": form}, "content_type": content_type}
