"""The ways a call can be refused, and a process; `kit.status` alone knows what gRPC calls them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar


class Refusal(Exception):
    """A call is refused for a documented reason.

    `reason` is the name of a value of an `ErrorReason` enum, `field` the path of the field at
    fault, `retry_after` when the same call may succeed (unless given, as usual for its kind).
    `message` is for people: no secrets, no content of observations.
    """

    usual_wait: ClassVar[timedelta | None] = None

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        field: str | None = None,
        retry_after: timedelta | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field
        self.retry_after = self.usual_wait if retry_after is None else retry_after
        self.metadata = dict(metadata or {})

    def __reduce__(self) -> tuple[object, ...]:
        # Each kind takes arguments of its own: from another process it comes without a call.
        return Exception.__new__, (type(self), self.message), vars(self)


class Invalid(Refusal):
    """The request can never succeed as it is."""


class NotFound(Refusal):
    """What the request names is not there."""


class AlreadyExists(Refusal):
    """What the request would make is there, and different."""


class FailedPrecondition(Refusal):
    """Something has to happen first; the message says what."""


class ResourceExhausted(Refusal):
    """A limit is reached."""


class Unavailable(Refusal):
    """Something needed does not answer; the same call may succeed later."""

    usual_wait = timedelta(seconds=1)


class Aborted(Refusal):
    """Two calls met; the same call again is safe."""

    usual_wait = timedelta(seconds=1)


class DeadlineExceeded(Refusal):
    """The call was not finished in its time."""


class PermissionDenied(Refusal):
    """The caller may not do this."""


class Unauthenticated(Refusal):
    """Nobody knows who the caller is."""


class BadSetting(Exception):
    """A setting cannot be used; the message names it and says why."""
