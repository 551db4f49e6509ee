"""Checks a request against the rules written in its proto."""

import protovalidate
from google.protobuf.message import Message
from protovalidate import FieldPathElementPb, Violation

from services.kit.status import InvalidFields


def check_rules(request: Message) -> None:
    """Returns if the request keeps every rule; raises `InvalidFields` naming all that do not."""
    violations = protovalidate.collect_violations(request)
    if violations:
        raise InvalidFields([(_path(violation), _text(violation)) for violation in violations])


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
