"""Asks for advice, and waits for what was recorded to be believed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import perf_counter

import grpc

from bench.loads.recording import observation
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1 import persona_pb2 as persona
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from personakit.profiler.v1 import profiler_pb2 as profiler
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub

PATIENCE = timedelta(seconds=30)


def suggest(address: str, people: list[str], calls: int) -> list[float]:
    """Asks for suggestions, one person after the other; returns each call's seconds."""

    def call(stub: PersonaServiceStub, person_id: str) -> Awaitable[object]:
        return stub.Suggest(persona.SuggestRequest(person_id=person_id))

    return asyncio.run(_one_by_one(address, people, calls, call))


def generate(address: str, people: list[str], calls: int) -> list[float]:
    """Has personas generated, one person after the other; returns each call's seconds."""

    def call(stub: PersonaServiceStub, person_id: str) -> Awaitable[object]:
        return stub.GeneratePersona(persona.GeneratePersonaRequest(person_id=person_id))

    return asyncio.run(_one_by_one(address, people, calls, call))


async def _one_by_one(
    address: str,
    people: list[str],
    calls: int,
    call: Callable[[PersonaServiceStub, str], Awaitable[object]],
) -> list[float]:
    async with grpc.aio.insecure_channel(address) as channel:
        stub = PersonaServiceStub(channel)
        await call(stub, people[0])
        took = []
        for number in range(calls):
            began = perf_counter()
            await call(stub, people[number % len(people)])
            took.append(perf_counter() - began)
        return took


def until_believed(addresses: dict[str, str], seconds: float, rate: int) -> list[float]:
    """Records at a steady rate, for 100 people; returns the seconds from each answer to the
    moment when it is processed, as `WaitProcessed` tells it."""

    async def run() -> list[float]:
        async with (
            grpc.aio.insecure_channel(addresses["ingest"]) as to_ingest,
            grpc.aio.insecure_channel(addresses["profiler"]) as to_profiler,
        ):
            stubs = IngestServiceStub(to_ingest), ProfilerServiceStub(to_profiler)
            began, tasks = perf_counter(), []
            for number in count():
                due = number / rate
                if due > seconds:
                    break
                await asyncio.sleep(began + due - perf_counter())
                tasks.append(asyncio.create_task(_believed(*stubs, number)))
            return await asyncio.gather(*tasks)

    return asyncio.run(run())


async def _believed(
    recorder: IngestServiceStub, believer: ProfilerServiceStub, number: int
) -> float:
    person_id = f"person-{number % 100}"
    one = observation(person_id)
    at = datetime.now(UTC) - timedelta(hours=2 + number // 100 % 2000)
    one.work_session.start_time.FromDatetime(at)
    one.work_session.duration_minutes = 30
    await recorder.RecordObservation(ingest.RecordObservationRequest(observation=one))
    answered = perf_counter()
    request = profiler.WaitProcessedRequest(person_id=person_id)
    request.timeout.FromTimedelta(PATIENCE)
    status = await believer.WaitProcessed(request)
    if status.pending and status.oldest_pending_time.ToDatetime(UTC) < at:
        raise TimeoutError(person_id)
    return perf_counter() - answered
