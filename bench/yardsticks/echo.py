"""An empty grpc.aio server: takes the same message, answers with it, and does nothing else."""

import asyncio

import grpc
import uvloop

from personakit.ingest.v1 import ingest_pb2 as pb

METHOD = "/personakit.ingest.v1.IngestService/RecordObservation"


class _Echo(grpc.GenericRpcHandler):
    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[pb.RecordObservationRequest, pb.Observation] | None":
        if handler_call_details.method != METHOD:
            return None
        return grpc.unary_unary_rpc_method_handler(
            _answer, pb.RecordObservationRequest.FromString, pb.Observation.SerializeToString
        )


async def _answer(request: pb.RecordObservationRequest, context: object) -> pb.Observation:
    return request.observation


def serve(address: str) -> None:
    """Serves as grpc.aio comes, until the process is ended."""
    asyncio.run(_serve(address))


def serve_tuned(address: str) -> None:
    """Serves on ingest's loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(address))


async def _serve(address: str) -> None:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_Echo(),))
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()
