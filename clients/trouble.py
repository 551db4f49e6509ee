"""Says in one sentence why a call was refused, and what to do next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2 as details
from google.rpc import status_pb2
from grpc import StatusCode
from grpc.aio import AioRpcError

REFUSED: Final = 1
UNREACHABLE: Final = 3
"""Exit codes; 2 is the shell's usual one for a command that was not understood."""

_TELL_MORE = (
    "Tell it more: `persona-kit observe --minutes 50 --score 4` after some work, "
    "`persona-kit answer most_productive morning`, or `persona-kit import ics FILE`."
)
_START = "Start it with `make run`, or name another with --address or PERSONAKIT_ADDRESS."
_SUGGEST_FIRST = "Run `persona-kit suggest --verbose`: it shows the ids, or use the numbers."
_WAIT = "Try again in a moment; `persona-kit status` shows what does not serve."

ADVICE_BY_REASON: Final[dict[str, str]] = {
    "MAPPER_INVALID": "`persona-kit mapper validate FILE` says what is wrong, and where.",
    "MAPPER_NOT_FOUND": "`persona-kit mapper list` shows those that there are.",
    "MAPPER_RESERVED": "Give the document another mapper_id, and upload it again.",
    "MINDSCAPE_MISSING": _TELL_MORE,
    "MINDSCAPE_NOT_FOUND": _TELL_MORE,
    "PERSON_NOT_FOUND": f"Is the name right? {_TELL_MORE}",
    "TRAIT_NOT_FOUND": "`persona-kit mindscape` lists the traits that are there.",
    "VERSION_NOT_FOUND": "Name one that is kept, or none to see the current one.",
    "PERSONA_NOT_FOUND": "Make a new one with `persona-kit suggest`.",
    "SUGGESTION_NOT_FOUND": _SUGGEST_FIRST,
    "SUGGESTION_MISMATCH": _SUGGEST_FIRST,
    "SUGGESTION_EXPIRED": "Run `persona-kit suggest` again, and judge what it shows.",
    "ALREADY_JUDGED": "The first verdict stands; judge the next suggestion as you see it now.",
    "DAILY_LIMIT_REACHED": "Come back then; `persona-kit analytics` shows what was said so far.",
    "RESUME_TOKEN_INVALID": "Leave the token out: the stream begins with how things stand.",
    "UNKNOWN_TIME_ZONE": "Give an IANA name such as Europe/Berlin.",
    "OBSERVATION_IN_FUTURE": "Check the times, and this machine's clock and time zone.",
    "OBSERVATION_NOT_FOUND": "It may have been retracted, or its time of keeping is over.",
    "DATABASE_UNAVAILABLE": _WAIT,
    "SERVICE_UNAVAILABLE": _WAIT,
    "CONFLICT": "Send it again; nothing is stored twice.",
    "PERSON_BEING_ERASED": "Wait until `persona-kit erase` is done; then it is taken as new.",
    "ERASURE_UNFINISHED": "It goes on by itself; the same command again waits for its end.",
    "REQUEST_TOO_LARGE": "Send it in smaller parts.",
    "TOO_MANY_REQUESTS": "Try again in a moment.",
    "FOREIGN_ORIGIN": "Call it by a loopback name, such as 127.0.0.1.",
}
ADVICE_BY_CODE: Final[dict[StatusCode, str]] = {
    StatusCode.UNAVAILABLE: _WAIT,
    StatusCode.DEADLINE_EXCEEDED: _WAIT,
    StatusCode.UNAUTHENTICATED: "Put a token into PERSONAKIT_TOKEN; `persona-kit token` makes one.",
    StatusCode.PERMISSION_DENIED: "The token in PERSONAKIT_TOKEN does not allow this.",
    StatusCode.UNIMPLEMENTED: "The server is of another release, or not PersonaKit.",
}


@dataclass(frozen=True)
class Trouble:
    """Why a call was refused, for a person to read.

    `reason` is the name of a value of an `ErrorReason`, or empty when the answer names none.
    """

    code: StatusCode
    reason: str
    sentence: str
    advice: str

    @property
    def exit_code(self) -> int:
        """What a command that meets it exits with."""
        silent = {StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED}
        return UNREACHABLE if self.code in silent else REFUSED


def trouble_with(error: AioRpcError, address: str, request_id: str = "") -> Trouble:
    """Explains an error of a call to the given address."""
    status = _status_of(error)
    reason = _reason(status)
    if error.code() is StatusCode.UNAVAILABLE and not status.details:
        return _silence(error, address)
    advice = ADVICE_BY_REASON.get(reason) or ADVICE_BY_CODE.get(error.code(), "")
    if not advice and request_id:
        advice = _default_advice(error.code(), request_id)
    return Trouble(error.code(), reason, _sentence(error, status), advice)


def _silence(error: AioRpcError, address: str) -> Trouble:
    # The gateway's own words when it is there and the service behind it is not.
    if "upstream" in (error.details() or ""):
        return Trouble(error.code(), "", "A service of PersonaKit does not answer now.", _WAIT)
    return Trouble(error.code(), "", f"PersonaKit does not answer at {address}.", _START)


def _default_advice(code: StatusCode, request_id: str) -> str:
    if code in {StatusCode.INTERNAL, StatusCode.UNKNOWN}:
        return f"The server's log has the details under x-request-id {request_id}."
    return ""


def _sentence(error: AioRpcError, status: status_pb2.Status) -> str:
    message = readable(error.details() or "") or _code_in_words(error.code())
    if error.code() is StatusCode.DEADLINE_EXCEEDED:
        message = "no answer came in time"
    said = _fields(status) or _capitalised(message)
    wait = _wait(status)
    when = f" Try again in {wait}." if wait else ""
    return (said if said.endswith("...") else said.rstrip(".!") + ".") + when


def _capitalised(sentence: str) -> str:
    """The sentence, but for one that begins with a name such as `sql_coach`: that stays."""
    if re.match(r"[a-z]+[_.:\d-]", sentence):
        return sentence
    return sentence[:1].upper() + sentence[1:]


def _status_of(error: AioRpcError) -> status_pb2.Status:
    """The rich status, or an empty one when the answer brings none that can be read."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                break
    return status_pb2.Status()


def _reason(status: status_pb2.Status) -> str:
    info = details.ErrorInfo()
    return next((info.reason for detail in status.details if detail.Unpack(info)), "")


def _fields(status: status_pb2.Status) -> str:
    found = details.BadRequest()
    if not any(detail.Unpack(found) for detail in status.details):
        return ""
    said = (f"{it.field}: {it.description}".removeprefix(": ") for it in found.field_violations)
    return readable("; ".join(said))


def _wait(status: status_pb2.Status) -> str:
    retry = details.RetryInfo()
    delays = (retry.retry_delay.ToTimedelta() for it in status.details if it.Unpack(retry))
    delay = next(delays, timedelta())
    return in_words(delay) if delay > timedelta() else ""


def in_words(length: timedelta) -> str:
    """A length of time such as "5 h 12 min" or "3 s", rounded up."""
    seconds = -int(-length.total_seconds() // 1)
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(-(-seconds // 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def readable(text: str) -> str:
    """The text without control characters, which could steer the terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def _code_in_words(code: StatusCode) -> str:
    return f"The call was refused: {code.name.lower().replace('_', ' ')}"
