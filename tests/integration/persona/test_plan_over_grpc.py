"""The plan of a day over gRPC."""

import grpc
import pytest

from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from services.kit.times import moment, timestamp
from tests.integration.persona.conftest import NOW
from tests.integration.persona.stand_ins import Neighbours, event
from tests.refusals import refusal_of
from tests.unit.persona.builders import on_tuesday

ADA = pb.PlanDayRequest(person_id="ada")


def windows(kind: pb.PlanBlock.Kind.ValueType, plan: pb.DayPlan) -> list[str]:
    return [one.local_window for one in plan.blocks if one.kind == kind]


async def test_the_rest_of_the_day_is_laid_out_between_the_meetings(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    neighbours.ingest.booked = [event("10:30", "11:00"), event("14:00", "15:00")]

    plan = await persona.PlanDay(ADA)

    assert (plan.person_id, plan.date, plan.time_zone) == ("ada", "2026-11-17", "Europe/Berlin")
    assert moment(plan.at) == NOW == moment(plan.blocks[0].start_time)
    assert windows(pb.PlanBlock.MEETING, plan) == ["10:30-11:00", "14:00-15:00"]
    assert windows(pb.PlanBlock.DEEP_WORK, plan)[0] == "09:30-10:20"
    assert plan.deep_work_minutes >= 50
    assert plan.mindscape_version == 7
    assert not plan.missing
    assert all(one.reason and 0 <= one.energy_level <= 1 for one in plan.blocks)
    assert plan.summary


async def test_a_plan_from_another_moment_begins_there_and_keeps_nothing(
    persona: PersonaServiceStub, settings: Settings
) -> None:
    noon = on_tuesday("12:00")
    plan = await persona.PlanDay(pb.PlanDayRequest(person_id="ada", at=timestamp(noon)))

    assert moment(plan.blocks[0].start_time) == noon
    database = Database(settings.database_url("persona"), application="test")
    for table in ("people", "personas"):
        assert await database.value(Sql(f"SELECT count(*) FROM persona.{table}")) == 0
    await database.close()


async def test_without_the_calendar_it_says_so_and_verdicts_are_not_asked_for(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    await neighbours.stop("ingest", "feedback")

    assert list((await persona.PlanDay(ADA)).missing) == ["calendar"]


async def test_of_somebody_of_whom_too_little_is_known_no_day_is_planned(
    persona: PersonaServiceStub, neighbours: Neighbours
) -> None:
    neighbours.profiler.believed = None

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await persona.PlanDay(ADA)

    assert refusal_of(error.value).reason == "MINDSCAPE_MISSING"
