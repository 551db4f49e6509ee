"""gRPC server reflection over the whole API, so that the gateway can ask any service."""

from importlib.resources import files

import grpc
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection


def add_reflection(server: grpc.aio.Server) -> None:
    """Lets a client discover every service of PersonaKit, also those of other processes."""
    content = files("gateway").joinpath("personakit.binpb").read_bytes()
    described = FileDescriptorSet.FromString(content)
    pool = DescriptorPool()
    for file in described.file:
        pool.Add(file)
    names = [
        f"{file.package}.{service.name}" for file in described.file for service in file.service
    ]
    reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], server, pool=pool)
