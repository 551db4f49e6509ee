"""Watching suggestions over gRPC: the clock, the profiler's death, and going on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import grpc
import pytest

from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from services.kit.channels import connect
from services.kit.database import Database
from services.kit.process import run
from services.kit.settings import Settings
from services.kit.sql import Sql
from services.kit.times import moment, timestamp
from services.persona.main import assemble
from tests.conftest import Serve
from tests.integration.persona.stand_ins import ADA, Neighbours
from tests.refusals import refusal_of
from tests.unit.persona.builders import on_tuesday

Response = pb.WatchSuggestionsResponse
Stream = AsyncIterator[Response]


@pytest.fixture
async def neighbours(settings: Settings) -> AsyncIterator[Neighbours]:
    started = Neighbours()
    await started.start(settings)
    yield started
    await started.stop()


@pytest.fixture
def set_clock(settings: Settings) -> Callable[[datetime], None]:
    def set_to(at: datetime) -> None:
        (settings.home / "clock").write_text(at.isoformat())

    set_to(on_tuesday("10:00"))
    return set_to


@pytest.fixture
async def persona(
    neighbours: Neighbours, set_clock: Callable[[datetime], None], serve: Serve
) -> PersonaServiceStub:
    return PersonaServiceStub(await serve(assemble))


def watch(persona: PersonaServiceStub, token: str = "") -> Stream:
    request = pb.WatchSuggestionsRequest(person_id="ada", resume_token=token)
    return aiter(persona.WatchSuggestions(request))


async def told(stream: Stream, seconds: float = 5) -> Response:
    async with asyncio.timeout(seconds):
        return await anext(stream)


def learn(neighbours: Neighbours) -> None:
    neighbours.profiler.believed = ADA | {"version": neighbours.profiler.version + 1}


def book(neighbours: Neighbours, start: str, end: str) -> None:
    times = {"start_time": timestamp(on_tuesday(start)), "end_time": timestamp(on_tuesday(end))}
    neighbours.ingest.booked = [ingest.CalendarEvent(**times)]  # type: ignore[arg-type]


async def test_how_things_stand_is_told_at_once_and_no_persona_is_kept(
    persona: PersonaServiceStub, settings: Settings
) -> None:
    suggested = await persona.Suggest(pb.SuggestRequest(person_id="ada"))
    before = await kept(settings)
    first = await told(watch(persona))
    assert list(first.causes) == [Response.STARTED]
    assert list(first.suggestion_types) == [one.type for one in suggested.suggestions]
    assert (moment(first.change_time), first.mindscape_version) == (on_tuesday("10:00"), 7)
    assert await kept(settings) == before


async def kept(settings: Settings) -> int:
    database = Database(settings.database_url("persona"), application="test")
    count: int = await database.value(Sql("SELECT count(*) FROM persona.personas"))
    await database.close()
    return count


async def test_a_moved_clock_is_noticed_within_two_seconds(
    persona: PersonaServiceStub, neighbours: Neighbours, set_clock: Callable[[datetime], None]
) -> None:
    book(neighbours, "11:00", "11:30")
    stream = watch(persona)
    await told(stream)
    set_clock(on_tuesday("10:31"))
    near = await told(stream, seconds=3)
    assert Response.MEETING in near.causes
    assert moment(near.change_time) == on_tuesday("10:30")
    assert "meeting_preparation" in near.suggestion_types


async def test_a_new_version_is_told_with_the_calendar_that_came_with_it(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    stream = watch(persona)
    await told(stream)
    book(neighbours, "10:20", "11:00")
    learn(neighbours)
    found = await told(stream)
    assert list(found.causes) == [Response.TRAITS_CHANGED, Response.MEETING]
    assert found.mindscape_version == 8


async def test_a_stream_goes_on_with_what_was_missed(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    first = await told(watch(persona))
    learn(neighbours)
    missed = await told(watch(persona, first.resume_token))
    assert list(missed.causes) == [Response.TRAITS_CHANGED]
    silent = watch(persona, missed.resume_token)
    with pytest.raises(TimeoutError):
        await told(silent, seconds=0.5)


async def test_a_token_that_is_not_of_this_stream_is_refused(persona: PersonaServiceStub) -> None:
    first = await told(watch(persona))
    for token in ("x", first.resume_token[:-2]):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await told(watch(persona, token))
        refusal = refusal_of(refused.value)
        assert (refusal.code, refusal.reason) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "RESUME_TOKEN_INVALID",
        )


async def test_a_stream_survives_the_profilers_death_and_misses_nothing(
    persona: PersonaServiceStub, neighbours: Neighbours, settings: Settings
) -> None:
    stream = watch(persona)
    await told(stream)
    await neighbours.stop("profiler")
    learn(neighbours)
    await asyncio.sleep(0.5)
    await neighbours.start(settings, "profiler")
    found = await told(stream, seconds=10)
    assert (list(found.causes), found.mindscape_version) == ([Response.TRAITS_CHANGED], 8)


async def test_streams_that_are_cancelled_are_cancelled_at_the_profiler_too(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    request = pb.WatchSuggestionsRequest(person_id="ada")
    calls = [persona.WatchSuggestions(request) for _ in range(20)]
    for call in calls:
        await told(aiter(call))
    async with asyncio.timeout(5):
        while neighbours.profiler.watched < 20:
            await asyncio.sleep(0.01)
        for call in calls:
            call.cancel()
        while neighbours.profiler.watched:
            await asyncio.sleep(0.01)


async def test_a_stop_of_the_service_ends_streams_soon_and_without_an_error(
    neighbours: Neighbours, set_clock: object, settings: Settings
) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(run(assemble(settings), settings, stop, ready))
    await ready.wait()
    async with connect(settings.address("persona")) as channel:
        stream = watch(PersonaServiceStub(channel))
        await told(stream)
        stop.set()
        async with asyncio.timeout(4):
            assert [one async for one in stream] == []
            await running
