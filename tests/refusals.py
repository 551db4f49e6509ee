"""Reads what a refused call says, so that tests compare codes, reasons and fields."""

from dataclasses import dataclass, field

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc_status.rpc_status import from_call


@dataclass(frozen=True)
class SeenRefusal:
    """One refusal; `retry_seconds` is None without a hint."""

    code: grpc.StatusCode
    reason: str
    fields: list[str]
    retry_seconds: float | None
    metadata: dict[str, str] = field(default_factory=dict)


def refusal_of(error: grpc.aio.AioRpcError | grpc.Call) -> SeenRefusal:
    """Returns what the details of the status say."""
    status = from_call(error)  # type: ignore[arg-type]
    assert status is not None, error
    info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
    hinted = False
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
        hinted = detail.Unpack(retry) or hinted
    assert info.domain == "personakit"
    return SeenRefusal(
        error.code(),
        info.reason,
        [violation.field for violation in bad.field_violations],
        retry.retry_delay.ToTimedelta().total_seconds() if hinted else None,
        dict(info.metadata),
    )
