"""Moments, as the protos carry them."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60 * 60

# By hand: every call converts some, and protobuf's own conversion takes three times as long.


def moment(time: Timestamp) -> datetime:
    """Returns the moment, aware and in UTC."""
    return _EPOCH + timedelta(seconds=time.seconds, microseconds=time.nanos // 1000)


def timestamp(at: datetime) -> Timestamp:
    """Returns the moment as a proto."""
    since = at - _EPOCH
    return Timestamp(seconds=since.days * _DAY + since.seconds, nanos=since.microseconds * 1000)
