"""Moments, as the protos carry them."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60 * 60

# By hand: every call converts some, and protobuf's own conversion takes three times as long.


def moment(time: Timestamp) -> datetime:
    """Returns the moment, aware and in UTC."""
    whole = datetime.fromtimestamp(time.seconds, UTC)
    return whole.replace(microsecond=time.nanos // 1000) if time.nanos else whole


def timestamp(at: datetime) -> Timestamp:
    """Returns the moment as a proto."""
    time = Timestamp()
    put(at, time)
    return time


def put(at: datetime, time: Timestamp) -> None:
    """Writes the moment into a proto, as into a field of a message."""
    since = at - _EPOCH
    time.seconds = since.days * _DAY + since.seconds
    # What is zero is set as well, else the field would seem not to be given.
    time.nanos = since.microseconds * 1000
