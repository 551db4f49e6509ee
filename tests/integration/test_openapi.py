"""The OpenAPI document says what the protos say."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.json_format import ParseDict

from personakit.feedback.v1.feedback_pb2 import SubmitFeedbackRequest
from personakit.ingest.v1.ingest_pb2 import Observation, RecordObservationsRequest
from personakit.persona.v1.persona_pb2 import GeneratePersonaRequest
from protos.fields import all_methods, named_messages, rules_of
from protos.openapi import NESTED, PACKAGE
from services.kit.validation import check_rules

GATEWAY = Path("gateway")
DOCUMENT: dict[str, Any] = json.loads((GATEWAY / "openapi.json").read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
API = FileDescriptorSet.FromString((GATEWAY / "personakit.binpb").read_bytes())
MESSAGES = {PACKAGE.sub("", name): message for name, message in named_messages(API)}


def test_every_path_and_method_of_the_protos_is_there() -> None:
    """If this or the next fails after a change of the protos: `make openapi`."""
    rules = [
        rule for method in all_methods(API) for rule in rules_of(method, dict(named_messages(API)))
    ]
    said = {(verb.lower(), NESTED.sub(r"{\1}", path)) for verb, path, *_ in rules}
    assert said == {(verb, path) for path, of in DOCUMENT["paths"].items() for verb in of}


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() & MESSAGES.keys()))
def test_every_message_has_its_fields(name: str) -> None:
    fields = {field.name for field in MESSAGES[name].field}
    assert set(SCHEMAS[name].get("properties", {})) == fields


def test_every_reason_of_a_refusal_is_there() -> None:
    said = SCHEMAS["ErrorInfo"]["properties"]["reason"]["enum"]
    enums = [enum for file in API.file for enum in file.enum_type if enum.name == "ErrorReason"]
    assert set(said) == {value.name for enum in enums for value in enum.value if value.number}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("WorkSession", "properties", "duration_minutes", "maximum"), 1440),
        (("Observation", "properties", "person_id", "pattern"), "^[A-Za-z0-9._@:-]{1,128}$"),
        (("Observation", "oneOf", 1, "required"), ["calendar_event"]),
        (("Observation", "additionalProperties"), False),
        (("RecordObservationsRequest", "properties", "observations", "maxItems"), 1000),
        (("UserInput", "properties", "question", "not", "pattern"), "_UNSPECIFIED$"),
    ],
)
def test_rules_of_the_protos_are_there(path: tuple[str | int, ...], expected: object) -> None:
    found: Any = SCHEMAS
    for step in path:
        found = found[step]
    assert found == expected


@pytest.mark.parametrize(
    "message",
    [
        Observation(),
        RecordObservationsRequest(),
        GeneratePersonaRequest(),
        SubmitFeedbackRequest(),
    ],
    ids=lambda message: message.DESCRIPTOR.name,
)
def test_examples_keep_the_rules(message: Any) -> None:
    (example,) = SCHEMAS[message.DESCRIPTOR.name]["examples"]
    check_rules(ParseDict(example, message))
