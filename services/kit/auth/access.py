"""What each method asks of its callers, read from the protos."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from personakit.gateway.v1 import access_pb2

OURS = "/personakit."
# The standard services of gRPC tell nothing about anybody.
PUBLIC = ("/grpc.health.", "/grpc.reflection.")
PERSON = "person_id"

FieldPath: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """What a method asks for: a token with `scope`, or nothing if it is `public`.

    A method that declares neither has an empty `scope`. `people` are the paths of the fields of
    its request that name a person.
    """

    scope: str
    public: bool
    people: tuple[FieldPath, ...]


def access_of(method: str) -> Access:
    """Returns what `/package.Service/Method` asks for; raises `KeyError` if there is none."""
    name = method.removeprefix("/").replace("/", ".")
    described = descriptor_pool.Default().FindMethodByName(name)
    options = described.GetOptions()
    return Access(
        scope=options.Extensions[access_pb2.scope],
        public=options.Extensions[access_pb2.public],
        people=tuple(person_paths(described.input_type)),
    )


def person_paths(message: Descriptor) -> Iterator[FieldPath]:
    """Yields the path of every field that names a person; messages may not contain themselves."""
    for field in message.fields:
        if field.name == PERSON:
            yield (field.name,)
        elif field.message_type and field.message_type.file.package.startswith("personakit."):
            yield from ((field.name, *rest) for rest in person_paths(field.message_type))


def people_in(message: Message, path: FieldPath) -> Iterator[str]:
    """Yields whom the message names at the path; a part that is left out names nobody."""
    name, *rest = path
    found = getattr(message, name)
    if not rest:
        yield found
        return
    if isinstance(found, Message):
        found = [found] if message.HasField(name) else []
    for part in found:
        yield from people_in(part, tuple(rest))
