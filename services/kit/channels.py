"""Channels to other services: identity, correlation id and trace travel along."""

from collections.abc import Callable
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
    return grpc.aio.insecure_channel(
        address,
        interceptors=[_Stamped(token)],
        options=[
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1000),
            # A proxy of the machine's must not stand between two services.
            ("grpc.enable_http_proxy", 0),
        ],
    )


class _Stamped(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, token: Callable[[], str] | None) -> None:
        self._token = token

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        metadata = grpc.aio.Metadata(*(client_call_details.metadata or ()))
        metadata.add(REQUEST_ID, correlation_id())
        if span := traceparent():
            metadata.add("traceparent", span)
        if self._token:
            metadata.add(AUTHORIZATION, f"Bearer {self._token()}")
        details = grpc.aio.ClientCallDetails(
            client_call_details.method,
            client_call_details.timeout,
            metadata,
            client_call_details.credentials,
            client_call_details.wait_for_ready,
        )
        return await continuation(details, request)
