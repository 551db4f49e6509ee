"""All four services in this process, and somebody who uses all of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.json_format import ParseDict

from personakit.feedback.v1 import feedback_pb2
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.ingest.v1 import ingest_pb2, person_data_pb2
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.ingest.v1.person_data_pb2_grpc import PersonDataServiceStub
from personakit.persona.v1 import persona_pb2
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from personakit.profiler.v1 import profiler_pb2
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql

NOW = "2026-11-20T08:40:00Z"
TABLES = Sql("""
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
""")

Rows = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class System:
    """The services by their stubs, and the database as its owner sees it."""

    settings: Settings
    channels: Mapping[str, grpc.aio.Channel]
    ingest: IngestServiceStub = field(init=False)
    profiler: ProfilerServiceStub = field(init=False)
    persona: PersonaServiceStub = field(init=False)
    feedback: FeedbackServiceStub = field(init=False)
    holders: Mapping[str, PersonDataServiceStub] = field(init=False)

    def __post_init__(self) -> None:
        stubs = {
            "ingest": IngestServiceStub(self.channels["ingest"]),
            "profiler": ProfilerServiceStub(self.channels["profiler"]),
            "persona": PersonaServiceStub(self.channels["persona"]),
            "feedback": FeedbackServiceStub(self.channels["feedback"]),
            "holders": {
                name: PersonDataServiceStub(channel) for name, channel in self.channels.items()
            },
        }
        for name, stub in stubs.items():
            object.__setattr__(self, name, stub)

    async def record(self, *observations: ingest_pb2.Observation) -> Sequence[str]:
        request = ingest_pb2.RecordObservationsRequest(observations=observations)
        return list((await self.ingest.RecordObservations(request)).observation_ids)

    async def settle(self, person_id: str) -> None:
        """Waits until all that was recorded is processed."""
        request = profiler_pb2.WaitProcessedRequest(person_id=person_id)
        request.timeout.FromSeconds(30)
        status = await self.profiler.WaitProcessed(request)
        assert (status.pending, status.failed) == (0, 0)

    async def retract(self, person_id: str, observation_id: str) -> None:
        await self.ingest.RetractObservation(
            ingest_pb2.RetractObservationRequest(person_id=person_id, observation_id=observation_id)
        )

    async def traits(self, person_id: str) -> Mapping[str, profiler_pb2.Trait]:
        """Returns the traits, once all is processed; none for somebody unknown."""
        await self.settle(person_id)
        request = profiler_pb2.GetMindscapeRequest(person_id=person_id)
        request.at.FromJsonString(NOW)
        try:
            return dict((await self.profiler.GetMindscape(request)).traits)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                return {}
            raise

    async def erase(self, person_id: str) -> ingest_pb2.ErasureReceipt:
        return await self.ingest.ErasePerson(ingest_pb2.ErasePersonRequest(person_id=person_id))

    async def export(self, person_id: str) -> dict[str, Any]:
        request = ingest_pb2.ExportPersonRequest(person_id=person_id)
        pieces = [piece.data async for piece in self.ingest.ExportPerson(request)]
        document: dict[str, Any] = json.loads(b"".join(pieces))
        return document

    async def live(self, person_id: str, secret: str = "") -> set[str]:
        """Uses everything that there is; returns every name, id and text that went in or out."""
        kept = await self._observe(person_id, secret)
        retracted, *_ = kept
        await self.retract(person_id, retracted)
        await self.settle(person_id)
        made = persona_pb2.GeneratePersonaRequest(person_id=person_id, request_id=f"make-{secret}")
        made.at.FromJsonString(NOW)
        first = await self.persona.GeneratePersona(made)
        verdict = await self._judge(person_id, first, secret)
        names = {person_id, *kept, first.persona_id, verdict.feedback_id, verdict.suggestion_id}
        words = {f"{word}-{secret}" for word in WORDS} if secret else set()
        return names | words

    async def _observe(self, person_id: str, secret: str) -> Sequence[str]:
        days = [
            a_session(person_id, f"2026-11-{day:02}T08:30:00Z", 80, source=f"app-{secret}")
            for day in range(2, 20)
        ]
        told = [
            a_session(person_id, "2026-11-20T07:00:00Z", 30, label=f"label-{secret}"),
            a_meeting(person_id, "2026-11-20T13:00:00Z", f"title-{secret}"),
            an_answer(person_id, "MOST_PRODUCTIVE", "morning"),
        ]
        told[0].request_id = f"request-{secret}"
        return await self.record(*days, *told)

    async def _judge(
        self, person_id: str, judged: persona_pb2.Persona, secret: str
    ) -> feedback_pb2.Feedback:
        request = feedback_pb2.SubmitFeedbackRequest(
            person_id=person_id,
            suggestion_id=judged.overlay.suggestions[0].suggestion_id,
            helpful=True,
            request_id=f"judge-{secret}",
        )
        return await self.feedback.SubmitFeedback(request)

    async def close(self, holder: str, person_id: str, erasure_id: str) -> Mapping[str, int]:
        """Erases in one service only, which stays closed."""
        request = person_data_pb2.ErasePersonDataRequest(person_id=person_id, erasure_id=erasure_id)
        return dict((await self.holders[holder].ErasePersonData(request)).removed)

    async def readmit(self, holder: str, person_id: str, erasure_id: str) -> None:
        request = person_data_pb2.ReadmitPersonRequest(person_id=person_id, erasure_id=erasure_id)
        await self.holders[holder].ReadmitPerson(request)

    async def dump(self) -> Rows:
        """Returns every row of every table as text, in order."""
        owner = Database(self.settings.owner_url(), application="test")
        rows = {
            table: [
                text
                for (text,) in await owner.rows(Sql(f"SELECT t::text FROM {table} t ORDER BY 1"))
            ]
            for (table,) in await owner.rows(TABLES)
        }
        await owner.close()
        return rows


WORDS = ("app", "label", "title", "request", "make", "judge")


def without(rows: Rows, person_id: str) -> Rows:
    """Returns the rows that do not name the person."""
    return {table: [one for one in of if person_id not in one] for table, of in rows.items()}


def traces(rows: Rows, words: set[str]) -> list[tuple[str, str]]:
    """Returns where any of the words occur."""
    return [
        (table, word)
        for table, of in rows.items()
        for row in of
        for word in words
        if word and word in row
    ]


def a_session(
    person_id: str, start: str, minutes: int, *, source: str = "", label: str = "", score: int = 4
) -> ingest_pb2.Observation:
    session = {
        "start_time": start,
        "duration_minutes": minutes,
        "productivity_score": score,
        "interruptions": 1,
        "label": label,
    }
    named = {"source": source, "source_id": f"{source}/{start}"} if source else {}
    given = {"person_id": person_id, "time_zone": "Europe/Berlin", "work_session": session}
    return ParseDict(given | named, ingest_pb2.Observation())


def a_meeting(
    person_id: str, start: str, title: str = "", minutes: int = 45
) -> ingest_pb2.Observation:
    event = ingest_pb2.CalendarEvent(title=title)
    event.start_time.FromJsonString(start)
    event.end_time.FromSeconds(event.start_time.seconds + minutes * 60)
    return ingest_pb2.Observation(
        person_id=person_id, time_zone="Europe/Berlin", calendar_event=event
    )


def an_answer(
    person_id: str, question: str, answer: str, at: str = "2026-11-19T18:00:00Z"
) -> ingest_pb2.Observation:
    said = {"question": question, "answer": answer, "answer_time": at}
    given = {"person_id": person_id, "time_zone": "Europe/Berlin", "user_input": said}
    return ParseDict(given, ingest_pb2.Observation())
