"""Persona over gRPC, on a real Postgres, with small servers in place of its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.signing import verify
from services.kit.sql import Sql
from services.kit.times import moment
from services.persona.main import assemble
from tests.integration.persona.conftest import NOW
from tests.integration.persona.stand_ins import Neighbours, event
from tests.refusals import refusal_of
from tests.unit.persona.builders import on_tuesday


def suggest(persona: PersonaServiceStub) -> Awaitable[pb.SuggestResponse]:
    return persona.Suggest(pb.SuggestRequest(person_id="ada"))


def generate(persona: PersonaServiceStub, **fields: object) -> Awaitable[pb.Persona]:
    request = ParseDict({"person_id": "ada"} | fields, pb.GeneratePersonaRequest())
    return persona.GeneratePersona(request)


async def kept(settings: Settings) -> int:
    database = Database(settings.database_url("persona"), application="test")
    count: int = await database.value(Sql("SELECT count(*) FROM persona.personas"))
    await database.close()
    return count


async def test_suggestions_come_with_state_and_reasons(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    answer = await suggest(persona)

    first, second = answer.suggestions
    assert (first.type, second.type) == ("deep_work_window", "protect_from_interruptions")
    assert first.local_window == "09:30-10:40"
    assert moment(first.end_time) == on_tuesday("10:40")
    assert first.why.traits[1].name == "work.focus_duration"
    assert first.why.traits[1].n == 80
    assert first.why.traits[1].last_evidence_time.ToJsonString() == "2026-11-16T15:00:00Z"
    assert first.why.weight == 1
    assert answer.current_state.energy == "high"
    assert answer.current_state.recommended_task_type == "deep work"
    assert answer.current_state.worked_minutes_today == 25
    assert not answer.current_state.HasField("minutes_to_next_meeting")
    assert answer.time_zone == "Europe/Berlin"
    assert not answer.missing
    assert moment(neighbours.profiler.asked[0].at) == NOW


async def test_what_was_suggested_stands_in_the_persona(persona: PersonaServiceStub) -> None:
    answer = await suggest(persona)

    whole = await persona.GetPersona(
        pb.GetPersonaRequest(person_id="ada", persona_id=answer.persona_id)
    )

    assert list(whole.overlay.suggestions) == list(answer.suggestions)
    assert whole.core.preferences.break_every_minutes == 50
    assert whole.core.work_style.task_switching_cost == "high"
    assert whole.mindscape_version == 7
    assert whole.expire_time == answer.expire_time


async def test_a_suggestion_id_is_signed_for_its_person(
    persona: PersonaServiceStub, settings: Settings
) -> None:
    answer = await suggest(persona)

    key = settings.secret("signing-key").encode()
    ticket = pb.SuggestionTicket.FromString(verify(key, answer.suggestions[1].suggestion_id, "ada"))
    assert (ticket.type, ticket.trait) == ("protect_from_interruptions", "work.task_switching_cost")
    assert ticket.ordinal == 1
    assert ticket.time_zone == "Europe/Berlin"
    assert ticket.expire_at == answer.expire_time.seconds
    with pytest.raises(ValueError, match="signature"):
        verify(key, answer.suggestions[1].suggestion_id, "ben")


async def test_the_calendar_is_heeded_on_every_page(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    neighbours.ingest.booked = [
        event("10:30", "11:00"),
        event("08:00", "20:00", all_day=True),
        event("09:00", "12:00", kind=ingest.CalendarEvent.FOCUS_BLOCK),
        event("10:15", "10:25", kind=ingest.CalendarEvent.OTHER),
    ]

    answer = await suggest(persona)

    assert answer.suggestions[0].local_window == "09:30-10:15"
    assert answer.current_state.minutes_to_next_meeting == 60


async def test_a_calendar_too_full_to_read_counts_as_missing(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    neighbours.ingest.booked = [event("10:30", "11:00")] * 6

    assert list((await suggest(persona)).missing) == ["calendar"]


async def test_verdicts_are_heeded(persona: PersonaServiceStub, neighbours: Neighbours) -> None:
    refusal = {"suggestion_type": "deep_work_window", "suggestion_time": "2026-11-17T07:00:00Z"}
    weight = {
        "suggestion_type": "protect_from_interruptions",
        "trait": "work.task_switching_cost",
        "weight": 1.1,
        "original": 1.0,
    }
    ParseDict({"refusals": [refusal], "weights": [weight]}, neighbours.feedback.answer)

    (only,) = (await suggest(persona)).suggestions

    assert only.type == "protect_from_interruptions"
    assert only.why.weight == 1.1


@pytest.mark.parametrize(
    ("stopped", "missing"),
    [
        (["feedback"], ["feedback"]),
        (["ingest"], ["calendar"]),
        (["feedback", "ingest"], ["feedback", "calendar"]),
    ],
    ids=["feedback", "ingest", "both"],
)
async def test_without_feedback_or_ingest_it_answers_and_says_so(
    persona: PersonaServiceStub, neighbours: Neighbours, stopped: list[str], missing: list[str]
) -> None:
    await neighbours.stop(*stopped)

    answer = await suggest(persona)

    assert list(answer.missing) == missing
    assert answer.suggestions[0].type == "deep_work_window"
    assert answer.time_zone == "Europe/Berlin"


async def test_without_the_profiler_it_says_when_to_come_back(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    await neighbours.stop("profiler")

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await suggest(persona)

    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")
    assert refusal.retry_seconds == 1


@pytest.mark.parametrize("believed", [None, {"person_id": "ada", "version": 1, "traits": {}}])
async def test_too_little_known_is_refused_with_what_to_do(
    persona: PersonaServiceStub, neighbours: Neighbours, believed: dict[str, object] | None
) -> None:
    neighbours.profiler.believed = believed

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await suggest(persona)

    refusal = refusal_of(error.value)
    assert refusal.code is grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.reason == "MINDSCAPE_MISSING"


async def test_a_person_whom_ingest_does_not_know_is_where_the_mindscape_says(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    neighbours.ingest.zone = ""

    answer = await suggest(persona)

    assert answer.time_zone == "Europe/Berlin"
    assert not answer.missing


async def test_an_unknown_mapper_is_refused(persona: PersonaServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await generate(persona, mapper_id="no_such_mapper")

    assert refusal_of(error.value).reason == "MAPPER_NOT_FOUND"


async def test_fifty_equal_requests_make_one_persona(
    persona: PersonaServiceStub, settings: Settings
) -> None:
    made = await asyncio.gather(*(generate(persona, request_id="r-1") for _ in range(50)))

    assert len({one.SerializeToString(deterministic=True) for one in made}) == 1
    assert await kept(settings) == 1


async def test_an_expired_persona_is_returned_by_nothing(
    persona: PersonaServiceStub, set_clock: Callable[[datetime], None]
) -> None:
    made = await generate(persona, request_id="r-1", ttl="60s")
    assert moment(made.expire_time) == NOW + timedelta(seconds=60)
    set_clock(NOW + timedelta(seconds=60))

    request = pb.GetPersonaRequest(person_id="ada", persona_id=made.persona_id)
    for call in (persona.GetPersona(request), generate(persona, request_id="r-1", ttl="60s")):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        assert refusal_of(error.value).reason == "PERSONA_NOT_FOUND"
    listed = await persona.ListPersonas(pb.ListPersonasRequest(person_id="ada"))
    assert list(listed.personas) == []


async def test_personas_are_listed_in_pages_newest_first(
    persona: PersonaServiceStub, set_clock: Callable[[datetime], None]
) -> None:
    made = []
    for minute in range(3):
        set_clock(NOW + timedelta(minutes=minute))
        made.append((await generate(persona)).persona_id)

    first = await persona.ListPersonas(pb.ListPersonasRequest(person_id="ada", page_size=2))
    second = await persona.ListPersonas(
        pb.ListPersonasRequest(person_id="ada", page_size=2, page_token=first.next_page_token)
    )

    listed = [one.persona_id for page in (first, second) for one in page.personas]
    assert listed == made[::-1]
    assert second.next_page_token == ""


async def test_another_moment_can_be_asked_for(persona: PersonaServiceStub) -> None:
    lunch = on_tuesday("13:10")

    made = await generate(persona, at=lunch.isoformat())

    assert moment(made.at) == lunch
    assert moment(made.create_time) == NOW


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"person_id": "a/b"}, "person_id"),
        ({"ttl": "0s"}, "ttl"),
        ({"ttl": "86401s"}, "ttl"),
        ({"mapper_id": "Not A Mapper"}, "mapper_id"),
        ({"at": "1970-01-01T00:00:00Z"}, "at"),
    ],
)
async def test_bad_input_is_refused_naming_the_field(
    persona: PersonaServiceStub, fields: dict[str, object], at_fault: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await generate(persona, **fields)

    refusal = refusal_of(error.value)
    assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.fields == [at_fault]


@pytest.mark.parametrize("token", ["nonsense", "WyJwZXJzb25hcyIsICJ4IiwgInkiXQ"])
async def test_a_made_up_page_token_is_refused(persona: PersonaServiceStub, token: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await persona.ListPersonas(pb.ListPersonasRequest(person_id="ada", page_token=token))

    assert refusal_of(error.value).reason == "INVALID_PAGE_TOKEN"


async def test_retention_removes_what_expired_long_ago(
    persona: PersonaServiceStub,
    settings: Settings,
    set_clock: Callable[[datetime], None],
) -> None:
    await generate(persona)
    set_clock(NOW + timedelta(days=40))
    service = assemble(settings)
    stop = asyncio.Event()
    loop = asyncio.create_task(service.loops[0](stop))
    async with asyncio.timeout(10):
        while await kept(settings):
            await asyncio.sleep(0.02)
    stop.set()
    await loop
    for channel in service.channels:
        await channel.close()
    await service.database.close()
