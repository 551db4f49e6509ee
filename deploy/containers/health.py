"""`python -m deploy.containers.health`: ends with 0 if what listens at PERSONAKIT_HEALTH_ADDRESS
says by `grpc.health.v1` that it serves, else with 1."""

import os
import sys

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

PATIENCE_SECONDS = 2


def serves(address: str) -> bool:
    """Asks once; an answer that takes longer than the patience is none."""
    with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            HealthCheckRequest.SerializeToString,
            HealthCheckResponse.FromString,
        )
        try:
            answer = check(HealthCheckRequest(), timeout=PATIENCE_SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == HealthCheckResponse.SERVING)


if __name__ == "__main__":
    sys.exit(0 if serves(os.environ["PERSONAKIT_HEALTH_ADDRESS"]) else 1)
