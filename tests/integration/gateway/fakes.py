"""The four services as a test wants them: real gRPC servers whose answers a test chooses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health_aio
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from grpc_reflection.v1alpha import reflection

from personakit.feedback.v1 import feedback_pb2
from personakit.gateway.v1 import health_pb2 as gateway_pb2
from personakit.ingest.v1 import ingest_pb2
from personakit.persona.v1 import mapper_pb2, persona_pb2
from personakit.profiler.v1 import profiler_pb2

Result = TypeVar("Result")
Context = grpc.aio.ServicerContext[Message, Message]
Handler: TypeAlias = "grpc.RpcMethodHandler[Message, Message]"
Answer = Callable[[Message, Context], Awaitable[Message]]

CONTRACTS = [feedback_pb2, gateway_pb2, ingest_pb2, mapper_pb2, persona_pb2, profiler_pb2]
SERVICES = [
    service.full_name
    for contract in CONTRACTS
    for service in contract.DESCRIPTOR.services_by_name.values()
]
NAMES = ("ingest", "profiler", "persona", "feedback")


@dataclass(frozen=True)
class Call:
    """A call that reached a service."""

    service: str
    method: str
    request: Message
    metadata: dict[str, str]


@dataclass
class World:
    """What the services answer, by method, and what they were asked. Unset answers are empty."""

    answers: dict[str, Answer] = field(default_factory=dict)
    # What a stream of answers goes on with after the first.
    pieces: list[Message] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def asked(self) -> Call:
        """Returns the only call that was made."""
        (call,) = self.calls
        return call


class FakeServices:
    """Runs the services in a thread of their own, one unix socket each."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self._folder = folder
        self._servers: dict[str, grpc.aio.Server] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def address(self, name: str) -> str:
        return f"unix:{self._folder / name}.sock"

    def start(self, *names: str) -> None:
        for name in names:
            if name not in self._servers:
                self._servers[name] = self._run(self._serve(name))

    def stop(self, *names: str) -> None:
        for name in names:
            if server := self._servers.pop(name, None):
                self._run(self._stop(server))

    def close(self) -> None:
        self.stop(*NAMES)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[object, object, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=20)

    async def _stop(self, server: grpc.aio.Server) -> None:
        await server.stop(grace=None)

    async def _serve(self, name: str) -> grpc.aio.Server:
        server = grpc.aio.server()
        server.add_generic_rpc_handlers([AnyMethod(name, self)])
        health = health_aio.HealthServicer()
        await health.set("", health_pb2.HealthCheckResponse.SERVING)
        add_HealthServicer_to_server(health, server)
        reflection.enable_server_reflection([*SERVICES, reflection.SERVICE_NAME], server)
        server.add_insecure_port(self.address(name))
        await server.start()
        return server


class AnyMethod(grpc.GenericRpcHandler):
    """Answers every method of the API, as the world says."""

    def __init__(self, name: str, services: FakeServices) -> None:
        self._name = name
        self._services = services

    def service(
        self, details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[Message, Message] | None:
        path = details.method.strip("/").replace("/", ".")
        try:
            method = Default().FindMethodByName(path)
        except KeyError:
            return None
        read = GetMessageClass(method.input_type).FromString
        write = GetMessageClass(method.output_type).SerializeToString
        if method.client_streaming:
            return grpc.stream_unary_rpc_method_handler(self._stream(method), read, write)
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(self._pieces(method), read, write)
        return grpc.unary_unary_rpc_method_handler(self._unary(method), read, write)

    def _unary(self, method: MethodDescriptor) -> Answer:
        async def answer(request: Message, context: Context) -> Message:
            return await self._answer(method, request, context)

        return answer

    def _stream(self, method: MethodDescriptor) -> Callable[..., Awaitable[Message]]:
        async def answer(requests: AsyncIterator[Message], context: Context) -> Message:
            last = GetMessageClass(method.input_type)()
            async for request in requests:
                last = request
            return await self._answer(method, last, context)

        return answer

    def _pieces(self, method: MethodDescriptor) -> Callable[..., AsyncIterator[Message]]:
        async def answer(request: Message, context: Context) -> AsyncIterator[Message]:
            first = await self._answer(method, request, context)
            yield first
            for piece in self._services.world.pieces:
                yield piece

        return answer

    async def _answer(
        self, method: MethodDescriptor, request: Message, context: Context
    ) -> Message:
        metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
        world = self._services.world
        world.calls.append(Call(self._name, method.name, request, metadata))
        if answer := world.answers.get(method.name):
            return await answer(request, context)
        return GetMessageClass(method.output_type)()
