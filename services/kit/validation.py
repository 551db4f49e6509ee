"""Checks a request against the rules written in its proto."""

from collections.abc import Iterable, Iterator

import protovalidate
from google.protobuf import descriptor_pool
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from protovalidate import FieldPathElementPb, Violation

from services.kit.rules import SECONDS, TIMESTAMP, soundness
from services.kit.status import InvalidFields

NANOS = {
    TIMESTAMP: range(1_000_000_000),
    "google.protobuf.Duration": range(-999_999_999, 1_000_000_000),
}


def check_rules(request: Message) -> None:
    """Returns if the request keeps every rule; raises `InvalidFields` naming all that do not."""
    if not soundness(request.DESCRIPTOR)(request) and (broken := broken_rules(request)):
        raise InvalidFields(broken)


def broken_rules(request: Message) -> list[tuple[str, str]]:
    """Returns the fields that break a rule, each with what is wrong with it."""
    violations = protovalidate.collect_violations(request)
    broken = [(_path(violation), _text(violation)) for violation in violations]
    return broken + [(path, "is beyond what its type can hold") for path in _no_times(request, "")]


def learn_rules(services: Iterable[str]) -> None:
    """Compiles the rules of all requests of these services, which happens at their first use
    otherwise: 3 MB that forked services share, if it is done before."""
    pool = descriptor_pool.Default()
    for name in services:
        for method in pool.FindServiceByName(name).methods:
            protovalidate.collect_violations(GetMessageClass(method.input_type)())
            soundness(method.input_type)


def _no_times(message: Message, path: str) -> Iterator[str]:
    """Yields the path of every moment and length of time that its type cannot hold."""
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None or kind.GetOptions().map_entry:
            continue
        if field.is_repeated:
            for index, element in enumerate(value):
                yield from _no_times(element, f"{path}{field.name}[{index}].")
        elif kind.full_name not in SECONDS:
            yield from _no_times(value, f"{path}{field.name}.")
        elif not _is_time(value, kind.full_name):
            yield path + field.name


def _is_time(value: Timestamp | Duration, kind: str) -> bool:
    if value.seconds not in SECONDS[kind] or value.nanos not in NANOS[kind]:
        return False
    # The parts of a length of time have the same sign.
    return kind == TIMESTAMP or value.seconds * value.nanos >= 0


# A rule over a whole message names the field at fault in its id: "field.answer".
NAMES_FIELD = "field."


def _path(violation: Violation) -> str:
    field = violation.proto.field
    steps = [_step(element) for element in field.elements] if field else []
    if violation.proto.rule_id.startswith(NAMES_FIELD):
        steps.append("." + violation.proto.rule_id.removeprefix(NAMES_FIELD))
    return "".join(steps).lstrip(".")


def _step(element: FieldPathElementPb) -> str:
    index = element.subscript
    return f".{element.field_name}" + (
        f"[{index.value}]" if index and index.field == "index" else ""
    )


def _text(violation: Violation) -> str:
    return violation.proto.message or violation.proto.rule_id
