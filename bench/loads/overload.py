"""Records more than can be taken: an open loop, whose calls do not wait for each other."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter

import grpc

from bench.loads.recording import requests_of_people
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub

SLICE_SECONDS = 0.01
PATIENCE_SECONDS = 10.0
"""An answer that takes longer is none."""
MOST_UNDER_WAY = 1000
"""Twice what ingest serves at once. What is due beyond that is not sent: the client would measure
its own queue otherwise."""


@dataclass(slots=True)
class Overload:
    """What became of the calls: the seconds of those accepted and of those refused, and how many
    ended with each status."""

    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)


def overload(address: str, seconds: float, rate: float) -> Overload:
    """Sends calls at a steady rate, whatever becomes of those before."""

    async def run() -> Overload:
        told, under_way = Overload(), set[asyncio.Task[None]]()
        async with grpc.aio.insecure_channel(address) as channel:
            stub = IngestServiceStub(channel)
            turns = requests_of_people()
            await stub.RecordObservation(next(turns), wait_for_ready=True)

            async def call() -> None:
                began = perf_counter()
                try:
                    await stub.RecordObservation(next(turns), timeout=PATIENCE_SECONDS)
                except grpc.aio.AioRpcError as error:
                    told.refused.append(perf_counter() - began)
                    told.codes[error.code().name] += 1
                else:
                    told.accepted.append(perf_counter() - began)
                    told.codes["OK"] += 1

            began, sent = perf_counter(), 0
            while (passed := perf_counter() - began) < seconds:
                due, sent = int(passed * rate) - sent, int(passed * rate)
                for _ in range(min(due, MOST_UNDER_WAY - len(under_way))):
                    task = asyncio.create_task(call())
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                await asyncio.sleep(SLICE_SECONDS)
            await asyncio.gather(*under_way)
        return told

    return asyncio.run(run())
