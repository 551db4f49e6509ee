"""What a rule of `buf.validate` is in JSON Schema, or in words where JSON Schema has none."""

from datetime import UTC, datetime
from typing import Any, TypeAlias

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from buf.validate import validate_pb2 as validate

Json: TypeAlias = dict[str, Any]

STRINGS = {"min_len": "minLength", "max_len": "maxLength", "pattern": "pattern"}
NUMBERS = {
    "gte": "minimum",
    "lte": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
}
LISTS = {"min_items": "minItems", "max_items": "maxItems"}
MOMENTS = {"gt": "after {}", "gte": "from {}", "lt": "before {}", "lte": "until {}"}
LENGTHS = {"gt": "more than {}", "gte": "at least {}", "lt": "less than {}", "lte": "at most {}"}
# Without these JSON Schema knows a Duration as any string; this is how JSON writes one.
DURATION = {"pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$", "examples": ["5s"]}


def with_message_rules(schema: Json, message: DescriptorProto) -> Json:
    """Returns the schema of a message, or of some of its fields, with the rules added."""
    fields = {field.name: field for field in message.field}
    properties = {
        name: with_field_rules(of, fields[name])
        for name, of in schema.get("properties", {}).items()
    }
    words = [rule.message for rule in message.options.Extensions[validate.message].cel]
    ruled = schema | {"properties": properties} | required_oneof(message)
    return said(ruled, *words)


def with_field_rules(schema: Json, field: FieldDescriptorProto) -> Json:
    """Returns the schema of a field with the rules added."""
    if field.type_name == ".google.protobuf.Duration":
        schema = schema | DURATION
    rules = field.options.Extensions[validate.field]
    kind = rules.WhichOneof("type")
    if kind is None:
        return schema
    if kind in ("timestamp", "duration"):
        return said(schema, bounds(getattr(rules, kind)))
    return schema | constraints(kind, getattr(rules, kind), schema)


def constraints(kind: str, rules: Any, schema: Json) -> Json:
    if kind == "string":
        return renamed(rules, STRINGS) | ({"format": "uuid"} if rules.uuid else {})
    if kind == "repeated":
        items = rules.items.WhichOneof("type")
        of = constraints(items, getattr(rules.items, items), {}) if items else {}
        return renamed(rules, LISTS) | {"items": schema["items"] | of}
    if kind == "enum":
        # Zero is the only value that a rule of ours takes from an enum.
        return {"not": {"pattern": "_UNSPECIFIED$"}} if 0 in rules.not_in else {}
    return renamed(rules, NUMBERS)


def renamed(rules: Message, names: dict[str, str]) -> Json:
    return {ours: getattr(rules, name) for name, ours in names.items() if rules.HasField(name)}


def required_oneof(message: DescriptorProto) -> Json:
    for index, oneof in enumerate(message.oneof_decl):
        if oneof.options.Extensions[validate.oneof].required:
            of_it = [
                field.name
                for field in message.field
                if field.HasField("oneof_index") and field.oneof_index == index
            ]
            return {"oneOf": [{"required": [name]} for name in of_it]}
    return {}


def bounds(rules: validate.TimestampRules | validate.DurationRules) -> str:
    """Returns in words what JSON Schema has no bounds for."""
    forms = LENGTHS if isinstance(rules, validate.DurationRules) else MOMENTS
    given = {field.name: value for field, value in rules.ListFields()}
    return " and ".join(
        form.format(readable(given[name])) for name, form in forms.items() if name in given
    )


def readable(bound: Timestamp | Duration) -> str:
    if isinstance(bound, Duration):
        return f"{bound.seconds} s"
    return f"{datetime.fromtimestamp(bound.seconds, UTC):%Y-%m-%d}"


def said(schema: Json, *sentences: str) -> Json:
    """Returns the schema with sentences added to its description."""
    added = [f"{text[0].upper()}{text[1:]}." for text in sentences if text]
    described = " ".join([*filter(None, [schema.get("description")]), *added])
    return schema | ({"description": described} if described else {})
