"""A gRPC server that finds its methods by name itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import grpc

from services.kit.auth.access import OURS, PUBLIC
from services.kit.calls import Calls, Handler

Option: TypeAlias = tuple[str, Any]


class _Methods(grpc.GenericRpcHandler):
    """Methods by name; of those that are not PersonaKit's only gRPC's public ones are served."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._handlers: dict[str, Handler] = {}

    def add(self, method: str, handler: Handler) -> None:
        if method.startswith(OURS):
            self._handlers[method] = self._calls.around(method, handler)
        elif method.startswith(PUBLIC):
            self._handlers[method] = handler

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "Handler | None":
        return self._handlers.get(handler_call_details.method)


class Server(grpc.aio.Server):
    """A server with `calls` around each of PersonaKit's methods.

    gRPC's own would wait for a call of every method that it knows by name, all over again at each
    call, and then ask an interceptor which is which: a tenth of the processor time of a small call.
    """

    def __init__(self, calls: Calls, options: Sequence[Option] = ()) -> None:
        self._methods = _Methods(calls)
        self._server = grpc.aio.server(handlers=[self._methods], options=options)

    def add_generic_rpc_handlers(
        self, generic_rpc_handlers: Iterable[grpc.GenericRpcHandler]
    ) -> None:
        """Does nothing: what generated code adds, it adds by name too."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, Handler]
    ) -> None:
        """Adds the methods of a service."""
        for name, handler in method_handlers.items():
            self._methods.add(f"/{service_name}/{name}", handler)

    def add_insecure_port(self, address: str) -> int:
        """Listens; returns the port."""
        return self._server.add_insecure_port(address)

    def add_secure_port(self, address: str, server_credentials: grpc.ServerCredentials) -> int:
        """Listens, encrypted; returns the port."""
        return self._server.add_secure_port(address, server_credentials)

    async def start(self) -> None:
        """Begins to serve."""
        await self._server.start()

    async def stop(self, grace: float | None) -> None:
        """Takes no more calls; ends those under way after so many seconds."""
        await self._server.stop(grace)

    async def wait_for_termination(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - gRPC's own
        """Waits until it has stopped, or the seconds are over; tells which."""
        return await self._server.wait_for_termination(timeout)
