"""What tokens mean for calls that are more than one request and one answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import grpc
import pytest
from grpc import StatusCode

from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1 import persona_pb2
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from personakit.profiler.v1 import profiler_pb2
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.ingest.main import assemble
from services.kit.errors import BadSetting
from services.kit.process import run
from services.kit.settings import Settings
from tests.refusals import refusal_of
from tests.tokens import Issuer

Channels = dict[str, grpc.aio.Channel]


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def session(person: str, source_id: str) -> ingest.Observation:
    work = ingest.WorkSession(duration_minutes=30)
    work.start_time.FromDatetime(datetime(2026, 11, 16, 9, tzinfo=UTC))
    return ingest.Observation(
        person_id=person, source="test", source_id=source_id, work_session=work
    )


@pytest.mark.parametrize("many", [False, True])
async def test_a_stream_is_held_to_its_person_message_by_message(
    channels: Channels, issuer: Issuer, many: bool
) -> None:
    stub = IngestServiceStub(channels["ingest"])

    async def both() -> AsyncIterator[ingest.StreamObservationsRequest]:
        for person in ("ana", "bob"):
            one = session(person, "1")
            if many:
                yield ingest.StreamObservationsRequest(observations=[session("ana", "2"), one])
            else:
                yield ingest.StreamObservationsRequest(observation=one)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.StreamObservations(both(), metadata=bearer(issuer.token(person="ana")))
    assert refusal_of(caught.value).reason == "OTHER_PERSON"
    listing = ingest.ListObservationsRequest(person_id="bob")
    found = await stub.ListObservations(listing, metadata=bearer(issuer.token()))
    assert not found.observations
    listing.person_id = "ana"
    found = await stub.ListObservations(listing, metadata=bearer(issuer.token()))
    assert {one.source_id for one in found.observations} == ({"1", "2"} if many else {"1"})


async def test_a_stream_ends_when_its_token_is_worth_nothing_any_more(
    channels: Channels, issuer: Issuer
) -> None:
    kid, token = issuer.jwk["kid"], issuer.token()

    async def retired_meanwhile() -> AsyncIterator[ingest.StreamObservationsRequest]:
        yield ingest.StreamObservationsRequest(observation=session("ana", "1"))
        issuer.ring.rotate("token")
        issuer.ring.retire(kid)
        yield ingest.StreamObservationsRequest(observation=session("ana", "2"))

    stub = IngestServiceStub(channels["ingest"])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.StreamObservations(retired_meanwhile(), metadata=bearer(token))
    assert refusal_of(caught.value).reason == "TOKEN_INVALID"


async def test_nothing_is_told_to_a_token_that_is_worth_nothing_any_more(
    channels: Channels, issuer: Issuer, settings: Settings
) -> None:
    kid, token = issuer.jwk["kid"], issuer.token(scope="profiler.read", person="ana")
    ingest_stub = IngestServiceStub(channels["ingest"])
    record = ingest.RecordObservationRequest(observation=session("ana", "1"))
    await ingest_stub.RecordObservation(record, metadata=bearer(issuer.token()))
    profiler = ProfilerServiceStub(channels["profiler"])
    request = profiler_pb2.WatchMindscapeRequest(person_id="ana")
    told = aiter(profiler.WatchMindscape(request, metadata=bearer(token)))
    assert (await anext(told)).version == 1
    issuer.ring.rotate("token")
    issuer.ring.retire(kid)
    record.observation.CopyFrom(session("ana", "2"))
    newer = Issuer(settings.secrets).token()
    await ingest_stub.RecordObservation(record, metadata=bearer(newer))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await anext(told)
    assert refusal_of(caught.value).reason == "TOKEN_INVALID"


async def test_a_watch_hears_of_the_profiler_in_the_services_own_name(
    channels: Channels, issuer: Issuer
) -> None:
    token = issuer.token(scope="persona.read", person="ana")
    persona = PersonaServiceStub(channels["persona"])
    request = persona_pb2.WatchSuggestionsRequest(person_id="ana")
    told = aiter(persona.WatchSuggestions(request, metadata=bearer(token)))
    assert (await anext(told)).mindscape_version == 0
    record = ingest.RecordObservationRequest(observation=session("ana", "1"))
    stub = IngestServiceStub(channels["ingest"])
    await stub.RecordObservation(record, metadata=bearer(issuer.token()))
    async with asyncio.timeout(10):
        assert (await anext(told)).mindscape_version == 1


async def test_bytes_that_are_no_message_tell_a_stranger_nothing(channels: Channels) -> None:
    method = "/personakit.ingest.v1.IngestService/GetPerson"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channels["ingest"].unary_unary(method, bytes, bytes)(b"\xff\xff")
    assert caught.value.code() is StatusCode.UNAUTHENTICATED


async def test_a_service_calls_others_in_its_own_name_and_not_in_the_callers(
    channels: Channels, issuer: Issuer
) -> None:
    token = issuer.token(scope="persona.read", person="ana")
    stub = PersonaServiceStub(channels["persona"])
    request = persona_pb2.SuggestRequest(person_id="ana")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Suggest(request, metadata=bearer(token))
    # The profiler has answered, that it knows nothing of ana yet.
    assert refusal_of(caught.value).reason == "MINDSCAPE_MISSING"


async def test_the_key_of_one_service_opens_no_more_than_that_service_asks_for(
    channels: Channels, settings: Settings
) -> None:
    stolen = Issuer(settings.secrets, "persona").token(scope="ingest.write ingest.read")
    stub = IngestServiceStub(channels["ingest"])
    request = ingest.RecordObservationRequest(observation=session("ana", "1"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.RecordObservation(request, metadata=bearer(stolen))
    assert refusal_of(caught.value).reason == "SCOPE_MISSING"


async def test_no_service_starts_that_should_ask_for_tokens_and_has_no_keys(
    settings: Settings,
) -> None:
    lost = replace(settings, jwks=settings.home / "nowhere.json")
    service = assemble(lost)
    with pytest.raises(BadSetting, match="nowhere"):
        await run(service, lost, asyncio.Event())
    for channel in service.channels:
        await channel.close()
