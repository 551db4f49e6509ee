"""Watches the suggestions of many people at once, and measures what that costs while it lasts."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import grpc
import psutil

from bench.loads.recording import observation
from bench.memory import pss
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1 import persona_pb2 as persona
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub

OPENED_AT_ONCE = 64
SETTLE_SECONDS = 5
PATIENCE_SECONDS = 30
"""Who is not told within this time never is."""


@dataclass(frozen=True, slots=True)
class Watched:
    """`megabytes` that the streams took in all of the services, `processor` seconds a second that
    they added there while nothing happened, seconds from an observation's answer to `told`."""

    opened: float
    megabytes: float
    processor: float
    told: list[float]


def watch(
    persona_address: str,
    ingest_address: str,
    pids: Sequence[int],
    streams: int,
    silence: float,
    tellings: int,
) -> Watched:
    """Opens streams, one a person, keeps silent for a while, then records something for some of
    the people, one after the other."""
    processes = [psutil.Process(pid) for pid in pids]

    async def run() -> Watched:
        async with AsyncExitStack() as stack:
            channels = [
                await stack.enter_async_context(grpc.aio.insecure_channel(address))
                for address in (persona_address, ingest_address)
            ]
            quiet, before = await _used(processes, silence), pss(processes)
            began = perf_counter()
            watches = await _open(PersonaServiceStub(channels[0]), streams)
            opened = perf_counter() - began
            await asyncio.sleep(SETTLE_SECONDS)
            megabytes = pss(processes) - before
            processor = await _used(processes, silence) - quiet
            told = await _tell(IngestServiceStub(channels[1]), watches[:tellings])
            return Watched(opened, megabytes, processor, told)

    return asyncio.run(run())


async def _open(stub: PersonaServiceStub, streams: int) -> list[Any]:
    room = asyncio.Semaphore(OPENED_AT_ONCE)

    async def begin(number: int) -> Any:
        async with room:
            request = persona.WatchSuggestionsRequest(person_id=f"person-{number}")
            watch = aiter(stub.WatchSuggestions(request))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await anext(watch)
            return watch

    return list(await asyncio.gather(*(begin(number) for number in range(streams))))


async def _tell(stub: IngestServiceStub, watches: Sequence[Any]) -> list[float]:
    took = []
    for number, watch in enumerate(watches):
        made = observation(f"person-{number}")
        await stub.RecordObservation(ingest.RecordObservationRequest(observation=made))
        began = perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await anext(watch)
        took.append(perf_counter() - began)
    return took


async def _used(processes: Sequence[psutil.Process], seconds: float) -> float:
    """Returns seconds of processor a second."""
    before = _processor(processes)
    await asyncio.sleep(seconds)
    return (_processor(processes) - before) / seconds


def _processor(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)
