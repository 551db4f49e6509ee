"""Connects to PersonaKit: one channel to the gateway, with identity, deadlines and retries."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import grpc
from grpc import aio

from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.gateway.v1.health_pb2_grpc import HealthServiceStub
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1.mapper_pb2_grpc import MapperServiceStub
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub

DEADLINE = timedelta(seconds=10)
"""How long a call may take that names no deadline of its own."""

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")

_RETRIES = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2.0,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)


@dataclass(frozen=True)
class Target:
    """Where PersonaKit is and who calls it.

    `address` is `host:port` or `unix:/path` in the clear, or `https://host:port`. `request_id`
    stands in the logs of every service that the calls pass through.
    """

    address: str
    token: str = field(default="", repr=False)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def from_environment(
        cls, address: str = "", environment: Mapping[str, str] = os.environ
    ) -> Target:
        """The given address, else PERSONAKIT_ADDRESS, else this machine's PERSONAKIT_PORT."""
        local = f"127.0.0.1:{environment.get('PERSONAKIT_PORT') or 8000}"
        return cls(
            address=address or environment.get("PERSONAKIT_ADDRESS") or local,
            token=environment.get("PERSONAKIT_TOKEN", ""),
        )

    @property
    def is_local(self) -> bool:
        """Whether it never leaves this machine."""
        local = ("unix:", "127.", "localhost", "[::1]", "http://127.", "http://localhost")
        return self.address.startswith(local)

    def metadata(self) -> list[tuple[str, str]]:
        """What every call carries."""
        identity = [("authorization", f"Bearer {self.token}")] if self.token else []
        return [("x-request-id", self.request_id), *identity]


@dataclass(frozen=True)
class PersonaKit:
    """The services of PersonaKit, over one channel."""

    target: Target
    ingest: IngestServiceStub
    profiler: ProfilerServiceStub
    persona: PersonaServiceStub
    mapper: MapperServiceStub
    feedback: FeedbackServiceStub
    health: HealthServiceStub

    def new_request_id(self) -> str:
        """An id for one write, so that a retry of it stores nothing twice."""
        return str(uuid.uuid4())


@asynccontextmanager
async def connect(target: Target, deadline: timedelta = DEADLINE) -> AsyncIterator[PersonaKit]:
    """Opens the channel; nothing is sent before the first call."""
    async with _channel(target, deadline) as channel:
        yield PersonaKit(
            target=target,
            ingest=IngestServiceStub(channel),
            profiler=ProfilerServiceStub(channel),
            persona=PersonaServiceStub(channel),
            mapper=MapperServiceStub(channel),
            feedback=FeedbackServiceStub(channel),
            health=HealthServiceStub(channel),
        )


def _channel(target: Target, deadline: timedelta) -> aio.Channel:
    options: list[tuple[str, str | int]] = [
        ("grpc.service_config", _RETRIES),
        ("grpc.primary_user_agent", "persona-kit"),
        # A proxy of the environment is not asked for what is on this machine.
        ("grpc.enable_http_proxy", 0 if target.is_local else 1),
    ]
    stamp = _Stamp(target, deadline)
    interceptors = [_StampUnary(stamp), _StampStream(stamp), _StampPieces(stamp)]
    scheme, _, rest = target.address.rpartition("://")
    if scheme == "https":
        credentials = grpc.ssl_channel_credentials()
        return aio.secure_channel(rest, credentials, options=options, interceptors=interceptors)
    return aio.insecure_channel(rest, options=options, interceptors=interceptors)


@dataclass(frozen=True)
class _Stamp:
    """Puts the caller's identity, and a deadline where there is none, on a call."""

    target: Target
    deadline: timedelta

    def __call__(self, call: aio.ClientCallDetails) -> aio.ClientCallDetails:
        timeout = self.deadline.total_seconds() if call.timeout is None else call.timeout
        metadata = aio.Metadata(*(call.metadata or ()), *self.target.metadata())
        return aio.ClientCallDetails(
            call.method, timeout, metadata, call.credentials, call.wait_for_ready
        )


class _StampUnary(aio.UnaryUnaryClientInterceptor):
    def __init__(self, stamp: _Stamp) -> None:
        self._stamp = stamp

    async def intercept_unary_unary(
        self,
        continuation: Callable[
            [aio.ClientCallDetails, _Request], Awaitable[aio.UnaryUnaryCall[_Request, _Response]]
        ],
        client_call_details: aio.ClientCallDetails,
        request: _Request,
    ) -> aio.UnaryUnaryCall[_Request, _Response]:
        return await continuation(self._stamp(client_call_details), request)


class _StampStream(aio.StreamUnaryClientInterceptor):
    def __init__(self, stamp: _Stamp) -> None:
        self._stamp = stamp

    async def intercept_stream_unary(
        self,
        continuation: Callable[
            [aio.ClientCallDetails, AsyncIterable[_Request] | Iterable[_Request]],
            Awaitable[aio.StreamUnaryCall[_Request, _Response]],
        ],
        client_call_details: aio.ClientCallDetails,
        request_iterator: AsyncIterable[_Request] | Iterable[_Request],
    ) -> aio.StreamUnaryCall[_Request, _Response]:
        return await continuation(self._stamp(client_call_details), request_iterator)


class _StampPieces(aio.UnaryStreamClientInterceptor):
    def __init__(self, stamp: _Stamp) -> None:
        self._stamp = stamp

    async def intercept_unary_stream(
        self,
        continuation: Callable[
            [aio.ClientCallDetails, _Request], Awaitable[aio.UnaryStreamCall[_Request, _Response]]
        ],
        client_call_details: aio.ClientCallDetails,
        request: _Request,
    ) -> aio.UnaryStreamCall[_Request, _Response]:
        return await continuation(self._stamp(client_call_details), request)
