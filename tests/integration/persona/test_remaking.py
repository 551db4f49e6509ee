"""A persona says all that it was made from, so that it can be made again, long afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from google.protobuf.json_format import ParseDict

from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from services.kit.database import Database
from services.kit.settings import Settings
from services.persona.api import SuggestionIds, to_proto
from services.persona.model import PersonId
from services.persona.store import PostgresPersonas
from services.persona.usecases import remade
from tests.integration.persona.conftest import NOW
from tests.integration.persona.stand_ins import Neighbours, event
from tests.unit.persona.fakes import FakeClock, FakeNeighbours, FakePersonas, studio

JUDGED = {
    "weights": [
        {
            "suggestion_type": "protect_from_interruptions",
            "trait": "work.task_switching_cost",
            "weight": 1.21,
            "original": 1.0,
        }
    ],
    "refusals": [{"suggestion_type": "light_work", "create_time": "2026-11-17T07:00:00Z"}],
    "helpfulness": [
        {
            "suggestion_type": "deep_work_window",
            "part_of_day": "morning",
            "helpful": 2.5,
            "not_helpful": 1.25,
        }
    ],
}


async def test_a_persona_can_be_made_again_after_everything_has_changed(
    persona: PersonaServiceStub,
    neighbours: Neighbours,
    settings: Settings,
    set_clock: Callable[[datetime], None],
) -> None:
    ParseDict(JUDGED, neighbours.feedback.answer)
    neighbours.ingest.booked = [event("10:20", "11:00"), event("15:00", "16:00")]
    await persona.Suggest(pb.SuggestRequest(person_id="ada"))
    first = await persona.GeneratePersona(pb.GeneratePersonaRequest(person_id="ada"))
    set_clock(NOW + timedelta(days=3))

    database = Database(settings.database_url("persona"), application="test")
    personas = PostgresPersonas(database)
    # None of the neighbours knows anything any more.
    workshop = studio(FakeNeighbours(), FakePersonas(), FakeClock())
    workshop = replace(workshop, personas=personas)
    again = await remade(PersonId("ada"), UUID(first.persona_id), workshop)
    await database.close()

    assert again.made_from is not None
    assert [one.times for one in again.made_from.situation.told] == [1, 1]
    ids = SuggestionIds(settings.secret("signing-key").encode())
    assert to_proto(again, ids) == first
    assert [one.weight for one in first.weights] == [1.21]
    assert first.overlay.suggestions
