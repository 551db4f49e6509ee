"""Mappers over gRPC: checked, uploaded, listed, tried, and used like PersonaKit's own."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import grpc
import pytest

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.persona.v1 import mapper_pb2 as pb
from personakit.persona.v1 import persona_pb2
from personakit.persona.v1.mapper_pb2_grpc import MapperServiceStub
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.signing import verify
from services.kit.sql import Sql
from services.kit.times import moment
from services.persona.main import assemble
from tests.conftest import Serve
from tests.integration.persona.conftest import NOW
from tests.integration.persona.stand_ins import Neighbours
from tests.refusals import refusal_of
from tests.unit.persona.builders import on_tuesday
from tests.unit.persona.data_mappers.documents import SOUND, changed

UNSOUND = changed("type: skimming", "type: Skim").replace("priority: 0.5", "priority: busy")


@pytest.fixture
async def channel(
    neighbours: Neighbours, set_clock: Callable[[datetime], None], serve: Serve
) -> grpc.aio.Channel:
    return await serve(assemble)


@pytest.fixture
def mappers(channel: grpc.aio.Channel) -> MapperServiceStub:
    return MapperServiceStub(channel)


@pytest.fixture
def persona(channel: grpc.aio.Channel) -> PersonaServiceStub:
    return PersonaServiceStub(channel)


async def upload(mappers: MapperServiceStub, source: str = SOUND) -> pb.Mapper:
    return await mappers.UploadMapper(pb.UploadMapperRequest(source=source))


def suggest_with(mapper_id: str) -> persona_pb2.SuggestRequest:
    return persona_pb2.SuggestRequest(person_id="ada", mapper_id=mapper_id)


async def test_an_uploaded_mapper_is_there_with_its_source(mappers: MapperServiceStub) -> None:
    made = await upload(mappers)

    assert (made.mapper_id, made.version) == ("reading_coach", 1)
    assert made.source == SOUND
    assert moment(made.create_time) == NOW
    assert made.suggestion_types == ["reading", "skimming"]
    assert made.required_traits == ["work.focus_duration"]
    assert await mappers.GetMapper(pb.GetMapperRequest(mapper_id="reading_coach")) == made


async def test_versions_rise_with_changes_and_stay(mappers: MapperServiceStub) -> None:
    other = changed("Take the next chapter.", "Take two.")
    assert [(await upload(mappers, text)).version for text in (SOUND, SOUND, other)] == [1, 1, 2]

    first = await mappers.GetMapper(pb.GetMapperRequest(mapper_id="reading_coach", version=1))
    assert first.source == SOUND


async def test_uploads_at_once_are_one_version_each_text(mappers: MapperServiceStub) -> None:
    texts = [SOUND, changed("Take the next chapter.", "Take two.")]
    made = await asyncio.gather(*(upload(mappers, text) for text in texts))

    assert sorted(one.version for one in made) == [1, 2]
    again = await asyncio.gather(*(upload(mappers, made[0].source) for _ in range(10)))
    assert len({one.version for one in again}) == 1


async def test_problems_come_with_rule_line_and_column(mappers: MapperServiceStub) -> None:
    answer = await mappers.ValidateMapper(pb.ValidateMapperRequest(source=UNSOUND))
    assert [(one.rule, one.line, one.column) for one in answer.problems] == [
        ("read_later", 20, 11),
        ("read_later", 26, 15),
    ]
    sound = await mappers.ValidateMapper(pb.ValidateMapperRequest(source=SOUND))
    assert not sound.problems


async def test_an_unsound_document_is_refused_naming_every_problem(
    mappers: MapperServiceStub,
) -> None:
    trial = pb.TryMapperRequest(person_id="ada", source=UNSOUND)
    for call in (upload(mappers, UNSOUND), mappers.TryMapper(trial)):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        refusal = refusal_of(error.value)
        assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
        assert refusal.reason == "MAPPER_INVALID"
        assert refusal.fields == ["source", "source"]


async def test_as_many_problems_as_there_can_be_fit_into_an_answer(
    mappers: MapperServiceStub,
) -> None:
    wrong = "mapper_id: é\n" + "".join(f"{'ü' * 90}{number}: 1\n" for number in range(300))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await upload(mappers, wrong)
    assert refusal_of(error.value).reason == "MAPPER_INVALID"
    answer = await mappers.ValidateMapper(pb.ValidateMapperRequest(source=wrong))
    assert len(answer.problems) == 100


async def test_personakits_own_are_reserved(mappers: MapperServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await upload(mappers, changed("reading_coach", "sql_coach"))
    refusal = refusal_of(error.value)
    assert refusal.code is grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.reason == "MAPPER_RESERVED"


async def test_mappers_are_listed_in_pages_without_their_sources(
    mappers: MapperServiceStub,
) -> None:
    await upload(mappers)
    first = await mappers.ListMappers(pb.ListMappersRequest(page_size=2))
    second = await mappers.ListMappers(
        pb.ListMappersRequest(page_size=2, page_token=first.next_page_token)
    )

    listed = [*first.mappers, *second.mappers]
    assert [(one.mapper_id, bool(one.source)) for one in listed] == [
        ("daily_work_optimizer", False),
        ("reading_coach", False),
        ("sql_coach", False),
    ]
    assert second.next_page_token == ""


async def test_a_mapper_that_is_not_there_is_not_found(mappers: MapperServiceStub) -> None:
    for request in (
        pb.GetMapperRequest(mapper_id="nobodys"),
        pb.GetMapperRequest(mapper_id="sql_coach", version=9),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await mappers.GetMapper(request)
        assert refusal_of(error.value).reason == "MAPPER_NOT_FOUND"


async def test_an_uploaded_mapper_suggests_and_can_be_judged(
    mappers: MapperServiceStub, persona: PersonaServiceStub, settings: Settings
) -> None:
    await upload(mappers)

    answer = await persona.Suggest(suggest_with("reading_coach"))

    (reading,) = answer.suggestions
    assert (reading.type, reading.local_window) == ("reading", "09:35-10:35")
    assert (answer.mapper_id, answer.mapper_version) == ("reading_coach", 1)
    key = settings.secret("signing-key").encode()
    ticket = persona_pb2.SuggestionTicket.FromString(verify(key, reading.suggestion_id, "ada"))
    assert (ticket.type, ticket.trait) == ("reading", "work.focus_duration")


async def test_the_coach_that_was_shipped_suggests_practice(persona: PersonaServiceStub) -> None:
    answer = await persona.Suggest(suggest_with("sql_coach"))
    assert [one.type for one in answer.suggestions] == ["practice_session"]
    assert answer.current_state.recommended_task_type == "practice session"


async def test_a_weight_moves_what_a_document_suggests(
    mappers: MapperServiceStub, persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    neighbours.feedback.answer = feedback.GetWeightsResponse(
        weights=[
            feedback.TraitWeight(
                suggestion_type="reading", trait="work.focus_duration", weight=0.5, original=1.0
            )
        ]
    )
    await upload(mappers, changed("busy || energy.rank < 0.5", "true"))
    answer = await persona.Suggest(suggest_with("reading_coach"))
    assert [one.type for one in answer.suggestions] == ["skimming"]


async def test_a_trial_keeps_nothing_and_its_suggestions_have_no_id(
    mappers: MapperServiceStub, settings: Settings
) -> None:
    request = pb.TryMapperRequest(person_id="ada", source=SOUND)
    request.at.FromDatetime(on_tuesday("13:10"))
    made = await mappers.TryMapper(request)

    assert made.mapper_id == "reading_coach"
    assert moment(made.at) == on_tuesday("13:10")
    assert made.overlay.suggestions
    assert {one.suggestion_id for one in made.overlay.suggestions} == {""}
    assert (made.persona_id, made.mapper_version) == ("", 0)
    database = Database(settings.database_url("persona"), application="test")
    for table in ("people", "personas", "mappers"):
        assert await database.value(Sql(f"SELECT count(*) FROM persona.{table}")) == 0
    await database.close()


async def test_what_an_uploaded_mapper_suggests_can_be_watched(
    mappers: MapperServiceStub, persona: PersonaServiceStub
) -> None:
    await upload(mappers)
    request = persona_pb2.WatchSuggestionsRequest(person_id="ada", mapper_id="reading_coach")
    watch = persona.WatchSuggestions(request)
    first = await anext(aiter(watch))
    watch.cancel()
    assert first.suggestion_types == ["reading"]
