"""Writes the OpenAPI document: paths and messages by grpc-gateway's tool, rules by our protos.

`protoc-gen-openapiv2` turns the protos and their comments into OpenAPI 2. It knows neither the
rules of `buf.validate` nor the shape of our errors; so its document is put into OpenAPI 3.1, gets
the rules, and is laid into a frame that is written by hand (`openapi_frame.json`).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet

from protos.fields import Messages, all_methods, named_messages, reachable, rules_of
from protos.openapi_rules import Json, with_field_rules, with_message_rules

FRAME = Path(__file__).with_name("openapi_frame.json")
# Without its package a message's name is unique, and it is what a reader looks for.
PACKAGE = re.compile(r"\bpersonakit\.[a-z]+\.v\d+\.")
# The tool names a path's variable by where the field is: {person.person_id}.
NESTED = re.compile(r"\{(?:\w+\.)+(\w+)\}")
SCHEMAS = "#/components/schemas/"
CLOSED = {"additionalProperties": False}
# What is streamed as bytes (`google.api.HttpBody`) is a JSON document.
DOCUMENT = {"binary": {"type": "object"}}
REFUSED = {"$ref": "#/components/responses/Error"}
ENUM_VALUE = 2  # EnumDescriptorProto.value, in a path of SourceCodeInfo
FILE_ENUM = 5  # FileDescriptorProto.enum_type


def openapi_json(swagger: str, descriptors: FileDescriptorSet) -> str:
    """Returns the document; `descriptors` are those of the same protos, with their comments.

    Raises ValueError if two messages would have one name.
    """
    given = json.loads(swagger.replace("#/definitions/", SCHEMAS))
    names = given["definitions"]
    if len({PACKAGE.sub("", name) for name in names}) < len(names):
        raise ValueError("two messages have the same name but for their packages")
    document = merged(json.loads(FRAME.read_text()), document_of(given, descriptors))
    info = document["components"]["schemas"]["ErrorInfo"]["properties"]
    info["reason"] |= reasons(descriptors)
    text = json.dumps(document, indent=1, ensure_ascii=False)
    return PACKAGE.sub("", text) + "\n"


def document_of(given: Json, descriptors: FileDescriptorSet) -> Json:
    messages = dict(named_messages(descriptors))
    known = dict(bindings(descriptors, messages))
    bodies = [binding.body for binding in known.values() if binding.body]
    # The gateway refuses unknown names in a request; what only answers hold may grow.
    closed = reachable(bodies, messages)
    definitions = {
        name: schema_of(schema, messages.get(name)) | (CLOSED if name in closed else {})
        for name, schema in given["definitions"].items()
        if not name.startswith("google.")
    }
    return {
        "info": {"version": version("personakit")},
        "tags": given["tags"],
        "paths": paths(given, known),
        "components": {"schemas": {name: definitions[name] for name in sorted(definitions)}},
    }


@dataclass(frozen=True)
class Binding:
    """What a method takes at one of its paths; `request` and `body` are names of messages."""

    messages: Messages
    request: str
    body: str

    def field(self, path: str) -> FieldDescriptorProto:
        """Returns the field of the request that a parameter such as `person.person_id` is."""
        message = self.messages[self.request]
        *outer, name = path.split(".")
        for step in outer:
            message = self.messages[field_of(message, step).type_name.removeprefix(".")]
        return field_of(message, name)

    def body_schema(self, given: Json, definitions: Json) -> Json:
        """Returns a reference to a message, or what the tool made of one without path fields."""
        name = given.get("$ref", "").removeprefix(SCHEMAS)
        if name in self.messages:
            return given
        return schema_of(definitions.get(name, given), self.messages[self.body]) | CLOSED


def bindings(
    descriptors: FileDescriptorSet, messages: Messages
) -> Iterator[tuple[tuple[str, str], Binding]]:
    """Returns the bindings by HTTP method and path."""
    for method in all_methods(descriptors):
        for verb, path, _, body in rules_of(method, messages):
            request = method.input_type.removeprefix(".")
            yield (verb.lower(), path), Binding(messages, request, body)


def paths(given: Json, known: dict[tuple[str, str], Binding]) -> Json:
    """Returns the paths; those that differ in the name of a variable only become one."""
    found: Json = {}
    for path, operations in given["paths"].items():
        of_path = found.setdefault(NESTED.sub(r"{\1}", path), {})
        for verb, operation in operations.items():
            of_path[verb] = operation_of(operation, known[verb, path], given["definitions"])
    return found


def operation_of(given: Json, binding: Binding, definitions: Json) -> Json:
    summary, _, rest = given["summary"].replace("\n", " ").partition(". ")
    inputs = given.get("parameters", ())
    operation = {
        "tags": given["tags"],
        "summary": summary.rstrip("."),
        "description": rest,
        "operationId": given["operationId"],
        "parameters": [
            parameter(one, binding.field(one["name"])) for one in inputs if one["in"] != "body"
        ],
    }
    for one in inputs:
        if one["in"] == "body":
            schema = binding.body_schema(one["schema"], definitions)
            operation["requestBody"] = {"required": True, **content(schema)}
    return operation | {"responses": responses(given["responses"])}


def parameter(given: Json, field: FieldDescriptorProto) -> Json:
    found: Json = {name: given[name] for name in ("in", "required", "description") if name in given}
    schema: Json = {
        name: given[name] for name in ("type", "format", "enum", "items") if name in given
    }
    ruled = with_field_rules(schema, field)
    if words := ruled.pop("description", ""):
        found["description"] = " ".join(filter(None, (found.get("description"), words)))
    name = field.name if given["in"] == "path" else given["name"]
    return {"name": name, **found, "schema": ruled}


def responses(given: Json) -> Json:
    answered = {
        code: {"description": "Done."}
        | content(DOCUMENT.get(answer["schema"].get("format"), answer["schema"]))
        for code, answer in given.items()
        if code != "default"
    }
    return answered | {"default": REFUSED}


def content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def schema_of(given: Json, message: DescriptorProto | None) -> Json:
    """Returns the schema with the rules of its message, if it is one and not a reference."""
    if "enum" in given:
        return {name: value for name, value in given.items() if name != "default"}
    return with_message_rules(given, message) if message and "$ref" not in given else given


def reasons(descriptors: FileDescriptorSet) -> Json:
    """Returns every reason of a refusal, with what the protos say of it."""
    said = dict(commented_reasons(descriptors))
    rows = [f"- `{name}`: {comment}" for name, comment in sorted(said.items())]
    return {"enum": sorted(said), "description": "\n".join(rows)}


def commented_reasons(descriptors: FileDescriptorSet) -> Iterator[tuple[str, str]]:
    for file in descriptors.file:
        comments = {
            tuple(place.path): " ".join(place.leading_comments.split())
            for place in file.source_code_info.location
        }
        for number, enum in enumerate(file.enum_type):
            for index, value in enumerate(enum.value):
                if enum.name == "ErrorReason" and value.number:
                    yield value.name, comments[FILE_ENUM, number, ENUM_VALUE, index]


def field_of(message: DescriptorProto, name: str) -> FieldDescriptorProto:
    return next(field for field in message.field if field.name == name)


def merged(one: Json, other: Json) -> Json:
    """Returns both; where both have an object of the same name, that of both merged."""
    found = dict(one)
    for name, value in other.items():
        both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = merged(found[name], value) if both else value
    return found
