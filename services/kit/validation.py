"""Checks a request against the rules written in its proto."""

import protovalidate
from google.protobuf.message import Message
from protovalidate import FieldPathElementPb, Violation

from services.kit.status import InvalidFields


def check(request: Message) -> None:
    """Returns if the request keeps every rule; raises `InvalidFields` naming all that do not."""
    violations = protovalidate.collect_violations(request)
    if violations:
        raise InvalidFields([(_path(violation), _text(violation)) for violation in violations])


def _path(violation: Violation) -> str:
    field = violation.proto.field
    return "".join(_step(element) for element in field.elements).lstrip(".") if field else ""


def _step(element: FieldPathElementPb) -> str:
    index = element.subscript
    return f".{element.field_name}" + (
        f"[{index.value}]" if index and index.field == "index" else ""
    )


def _text(violation: Violation) -> str:
    return violation.proto.message or violation.proto.rule_id
