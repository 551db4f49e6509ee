"""Channels to other services: identity, correlation id and trace travel along."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from services.kit.auth.guard import AUTHORIZATION
from services.kit.calls import REQUEST_ID
from services.kit.logs import correlation_id
from services.kit.telemetry import traceparent


def connect(address: str, token: Callable[[], str] | None = None) -> grpc.aio.Channel:
    """Opens a channel to a service; it reconnects by itself, at the latest every second.

    With `token`, each call shows the token that it returns at that moment.
    """
    stamp = _Stamp(token)
    return grpc.aio.insecure_channel(
        address,
        interceptors=[_Stamped(stamp), _StampedStream(stamp)],
        options=[
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1000),
            # A proxy of the machine's must not stand between two services.
            ("grpc.enable_http_proxy", 0),
        ],
    )


class _Stamp:
    """Puts on a call what travels along."""

    def __init__(self, token: Callable[[], str] | None) -> None:
        self._token = token

    def __call__(self, call: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
        metadata = grpc.aio.Metadata(*(call.metadata or ()))
        metadata.add(REQUEST_ID, correlation_id())
        if span := traceparent():
            metadata.add("traceparent", span)
        if self._token:
            metadata.add(AUTHORIZATION, f"Bearer {self._token()}")
        return grpc.aio.ClientCallDetails(
            call.method, call.timeout, metadata, call.credentials, call.wait_for_ready
        )


class _Stamped(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, stamp: _Stamp) -> None:
        self._stamp = stamp

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        return await continuation(self._stamp(client_call_details), request)


class _StampedStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, stamp: _Stamp) -> None:
        self._stamp = stamp

    async def intercept_unary_stream(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Awaitable[Any]],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        return await continuation(self._stamp(client_call_details), request)
