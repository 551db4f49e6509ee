"""gRPC server reflection over the whole API, so that the gateway can ask any service."""

from importlib.resources import files

import grpc
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2


def add_reflection(server: grpc.aio.Server) -> None:
    """Lets a client discover every service of PersonaKit, also those of other processes."""
    described = _described()
    pool = DescriptorPool()
    for file in described:
        pool.Add(file)
    names = [f"{file.package}.{service.name}" for file in described for service in file.service]
    reflection.enable_server_reflection(names, server, pool=pool)


def _described() -> list[FileDescriptorProto]:
    """Returns every file of the API and of the standard services, each after its imports."""
    content = files("gateway").joinpath("personakit.binpb").read_bytes()
    standard = (health_pb2.DESCRIPTOR, reflection_pb2.DESCRIPTOR)
    return [
        *FileDescriptorSet.FromString(content).file,
        *(FileDescriptorProto.FromString(file.serialized_pb) for file in standard),
    ]
