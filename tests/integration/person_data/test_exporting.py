"""An export has everything, and the mindscape comes back from it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from clients.importers.export import read_document
from personakit.ingest.v1 import ingest_pb2 as ingest
from services.ingest.store import PostgresObservations
from services.kit.database import Database
from tests.integration.person_data.system import (
    System,
    a_meeting,
    a_session,
    an_answer,
)
from tests.refusals import refusal_of

ANA = "ana-8d1f"

# Also documented in docs/personal-data.md. Names may be added, and none may change.
SECTIONS = {
    "ingest": ["person", "observations", "tasks"],
    "profiler": ["facts", "mindscapes"],
    "persona": ["personas"],
    "feedback": ["feedback", "weights", "weight_changes", "helpfulness"],
}


async def bring_in(system: System, document: dict[str, Any], person_id: str = "") -> str:
    """Imports as the command line does; returns for whom."""
    read = read_document(json.dumps(document).encode(), person_id)
    for start in range(0, len(read.observations), 1000):
        await system.record(*read.observations[start : start + 1000])
    home = ingest.Person(person_id=read.person_id, time_zone=read.time_zone)
    await system.ingest.UpdatePerson(ingest.UpdatePersonRequest(person=home))
    return read.person_id


async def purge(system: System) -> None:
    """Removes raw observations and finished tasks, as time does."""
    database = Database(system.settings.database_url("ingest"), application="test")
    later = datetime.now(UTC) + timedelta(days=36500)
    await PostgresObservations(database).purge(later)
    await PostgresObservations(database).purge_tasks(later)
    await database.close()


async def test_an_export_holds_what_every_service_keeps(system: System) -> None:
    words = await system.live(ANA, "s3cr3t")
    document = await system.export(ANA)
    assert document["format"] == "personakit.person/1"
    assert document["person_id"] == ANA
    holders = {name: list(document[name]) for name in SECTIONS}
    assert holders == SECTIONS
    assert list(document) == ["format", "person_id", "export_time", *SECTIONS]
    written = json.dumps(document, ensure_ascii=False)
    # Names of requests are the caller's: they say nothing of the person.
    assert {word for word in words if word not in written} == {
        f"{request}-s3cr3t" for request in ("request", "make", "judge")
    }
    tables = await system.dump()
    counted = {
        "person": tables["ingest.people"],
        "observations": tables["ingest.observations"],
        "tasks": tables["ingest.outbox_tasks"],
    }
    for section, rows in counted.items():
        assert len(document["ingest"][section]) == len(rows)
    assert len(document["profiler"]["mindscapes"]) == len(tables["profiler.mindscape_versions"])


async def test_only_that_person_is_in_it(system: System) -> None:
    await system.live(ANA, "s3cr3t")
    await system.live("ben", "pr1vate")
    assert "pr1vate" not in json.dumps(await system.export(ANA))


async def test_nobody_cannot_be_exported(system: System) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await system.export("nobody")
    assert refusal_of(caught.value).reason == "PERSON_NOT_FOUND"


def a_working_life(person_id: str) -> Sequence[ingest.Observation]:
    """Three weeks of sessions with and without a name, over midnight too, meetings and answers."""
    days = [(number, f"2026-11-{number:02}") for number in range(1, 20)]
    return [
        *(a_session(person_id, f"{day}T08:30:00Z", 50 + n, source="t") for n, day in days),
        *(a_session(person_id, f"{day}T13:10:00Z", 30, score=2) for _, day in days),
        *(a_session(person_id, f"{day}T22:40:00Z", 90, score=3) for _, day in days[3:8:4]),
        *(a_meeting(person_id, f"{day}T12:00:00Z", "weekly") for _, day in days),
        an_answer(person_id, "MOST_PRODUCTIVE", "morning"),
        an_answer(person_id, "FOCUS_LENGTH", "1hr"),
        an_answer(person_id, "TIME_ZONE", "Europe/Paris"),
        an_answer(person_id, "ENERGY_NOW", "low", "2026-11-20T09:00:00Z"),
    ]


@pytest.mark.parametrize("purged", [False, True], ids=["raw", "purged"])
async def test_the_mindscape_comes_back_from_an_export(system: System, purged: bool) -> None:
    first, *_ = await system.record(*a_working_life(ANA))
    before_retraction = await system.traits(ANA)
    await system.retract(ANA, first)
    before = await system.traits(ANA)
    assert before != before_retraction
    if purged:
        await purge(system)
    document = await system.export(ANA)
    assert len(document["ingest"]["observations"]) == (0 if purged else 62)
    other = await bring_in(system, document, "somebody-else")
    assert await system.traits(other) == before
    await system.erase(ANA)
    assert await bring_in(system, document) == ANA
    assert await system.traits(ANA) == before
    person = await system.ingest.GetPerson(ingest.GetPersonRequest(person_id=ANA))
    assert person.time_zone == document["ingest"]["person"][0]["time_zone"] == "Europe/Paris"
    again = await system.export(ANA)
    ids = [
        sorted({one["observation_id"] for one in each["profiler"]["facts"] if not one["retracted"]})
        for each in (document, again)
    ]
    assert ids[0] == ids[1]


async def test_an_import_twice_and_a_source_that_is_read_again_double_nothing(
    system: System,
) -> None:
    named = [a_session(ANA, f"2026-11-{day:02}T08:30:00Z", 50, source="t") for day in range(1, 9)]
    await system.record(*named)
    await system.settle(ANA)
    await purge(system)
    document = await system.export(ANA)
    await system.erase(ANA)
    for _ in range(2):
        await bring_in(system, document)
    request = ingest.RecordObservationsRequest(observations=named)
    answer = await system.ingest.RecordObservations(request)
    assert (answer.recorded, answer.already_recorded) == (0, 8)
    assert (await system.traits(ANA))["work.focus_duration"].n == 8


async def test_what_is_being_retracted_does_not_come_back(system: System) -> None:
    kept, gone = await system.record(
        a_session(ANA, "2026-11-18T08:30:00Z", 50), a_session(ANA, "2026-11-18T12:30:00Z", 50)
    )
    await system.settle(ANA)
    await purge(system)
    document = await system.export(ANA)
    task = {"task_type": "retract_observation", "payload": {"observation_id": gone}}
    document["ingest"]["tasks"] = [task | {"status": "pending"}]
    read = read_document(json.dumps(document).encode())
    assert [one.source_id for one in read.observations] == [kept]


async def test_ten_thousand_observations_are_exported_and_erased(system: System) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for thousand in range(10):
        moments = (start + timedelta(minutes=40 * (thousand * 1000 + n)) for n in range(1000))
        await system.record(
            *(a_session(ANA, moment.isoformat(), 30, label="x" * 100) for moment in moments)
        )
    document = await system.export(ANA)
    observations = document["ingest"]["observations"]
    assert len({one["observation_id"] for one in observations}) == 10_000
    assert len({one["task_id"] for one in document["ingest"]["tasks"]}) == 10_000
    receipt = await system.erase(ANA)
    removed = {(one.holder, one.table): one.rows for one in receipt.removed}
    assert removed["ingest", "observations"] == removed["ingest", "outbox_tasks"] == 10_000


@pytest.mark.parametrize("source_id", ["", "no-uuid", "A" * 36])
async def test_the_source_of_exports_takes_ids_only(system: System, source_id: str) -> None:
    session = a_session(ANA, "2026-11-18T08:30:00Z", 50)
    session.source, session.source_id = "personakit", source_id
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await system.ingest.RecordObservation(ingest.RecordObservationRequest(observation=session))
    assert refusal_of(caught.value).fields == ["observation.source_id"]
