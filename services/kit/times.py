"""Moments, as the protos carry them."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp


def moment(time: Timestamp) -> datetime:
    """Returns the moment, aware and in UTC."""
    return time.ToDatetime(UTC)


def timestamp(at: datetime) -> Timestamp:
    """Returns the moment as a proto."""
    time = Timestamp()
    time.FromDatetime(at)
    return time
