"""gRPC server reflection over the whole API, so that the gateway can ask any service."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2

STANDARD = (health_pb2.DESCRIPTOR, reflection_pb2.DESCRIPTOR)


def add_reflection(server: grpc.aio.Server) -> None:
    """Lets a client discover every service of PersonaKit, also those of other processes."""
    pool = descriptor_pool.Default()
    standard = [one.full_name for file in STANDARD for one in file.services_by_name.values()]
    reflection.enable_server_reflection([*described_services(), *standard], server, pool=pool)


@cache
def described_services() -> Sequence[str]:
    """Returns the names of the API's services, described in the pool of the generated code.

    That has most of their files already; what is missing is read once, if possible before services
    are forked: it takes 2 MB.
    """
    described = FileDescriptorSet.FromString(
        files("gateway").joinpath("personakit.binpb").read_bytes()
    )
    pool = descriptor_pool.Default()
    for file in described.file:
        if not _has(pool, file.name):
            pool.AddSerializedFile(file.SerializeToString())
    return [f"{file.package}.{one.name}" for file in described.file for one in file.service]


def _has(pool: descriptor_pool.DescriptorPool, name: str) -> bool:
    try:
        pool.FindFileByName(name)
    except KeyError:
        return False
    return True
