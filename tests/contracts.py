"""Every method of the API, found in the descriptors: a test over these covers methods to come."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from personakit.gateway.v1 import access_pb2

_DESCRIPTORS = Path(__file__).parents[1] / "gateway" / "personakit.binpb"


def methods() -> Iterator[MethodDescriptor]:
    """Yields every method of PersonaKit's own services."""
    for file in FileDescriptorSet.FromString(_DESCRIPTORS.read_bytes()).file:
        if file.package.startswith("personakit."):
            import_module(file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
            for service in file.service:
                found = Default().FindServiceByName(f"{file.package}.{service.name}")
                yield from found.methods


def path(method: MethodDescriptor) -> str:
    """Returns the method's name as gRPC writes it."""
    return f"/{method.containing_service.full_name}/{method.name}"


def scope(method: MethodDescriptor) -> str:
    return method.GetOptions().Extensions[access_pb2.scope]


def is_public(method: MethodDescriptor) -> bool:
    return method.GetOptions().Extensions[access_pb2.public]


def request_about(method: MethodDescriptor, person: str) -> Message:
    """Returns a request in which every field for a person, however deep, names that person."""
    return _filled(GetMessageClass(method.input_type)(), person)


def names_people(method: MethodDescriptor) -> bool:
    """Tells whether a request of the method can name a person at all."""
    return b"ana-of-the-test" in request_about(method, "ana-of-the-test").SerializeToString()


def _filled(message: Message, person: str) -> Message:
    for field in message.DESCRIPTOR.fields:
        if field.name == "person_id":
            setattr(message, field.name, person)
        elif field.message_type and field.message_type.full_name.startswith("personakit."):
            part = getattr(message, field.name)
            inner = part if isinstance(part, Message) else part.add()
            _filled(inner, person)
            inner.SetInParent()
    return message
