"""Small servers in place of persona's neighbours, and Ada, whom they know."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import grpc
from google.protobuf.json_format import ParseDict
from grpc.aio import ServicerContext as Context

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.feedback.v1 import feedback_pb2_grpc as feedback_grpc
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1 import ingest_pb2_grpc as ingest_grpc
from personakit.profiler.v1 import profiler_pb2 as profiler
from personakit.profiler.v1 import profiler_pb2_grpc as profiler_grpc
from services.kit.settings import Settings
from services.kit.times import timestamp
from tests.unit.persona.builders import MORNING_PERSON, on_tuesday

WELL_KNOWN = {"n": 80, "confidence": 0.8, "last_evidence_time": "2026-11-16T15:00:00Z"}
ADA = {
    "person_id": "ada",
    "version": 7,
    "time_zone": "Europe/Berlin",
    "traits": {
        "work.energy_patterns": WELL_KNOWN
        | {"energy_patterns": {"weekday": MORNING_PERSON, "weekend": [0.02] * 24}},
        "work.peak_hours": WELL_KNOWN
        | {"peak_hours": {"windows": [{"start": "09:00", "end": "12:00", "level": 0.9}]}},
        "work.focus_duration": WELL_KNOWN
        | {
            "focus_duration": {
                "p50_minutes": 50,
                "p75_minutes": 70,
                "p90_minutes": 90,
                "by_part_of_day": {
                    "evening": {"p50_minutes": 30, "p75_minutes": 40, "p90_minutes": 45, "n": 9}
                },
            }
        },
        "work.meeting_recovery": WELL_KNOWN
        | {"meeting_recovery": {"p50_minutes": 14, "p90_minutes": 30}},
        "work.task_switching_cost": WELL_KNOWN
        | {"task_switching_cost": {"level": "HIGH", "score_lost_per_interruption": 0.5}},
        "work.preferred_start_time": WELL_KNOWN | {"preferred_start_time": {"start": "09:00"}},
        "work.flow_disruptors": WELL_KNOWN
        | {"flow_disruptors": {"disruptors": [{"name": "slack", "share": 0.7}]}},
        "current_state.energy_level": WELL_KNOWN
        | {"energy_level": {"level": "HIGH", "value": 0.9, "worked_minutes_today": 25}},
        "work.not_known_here": WELL_KNOWN,
    },
}


def event(start: str, end: str, **fields: object) -> ingest.CalendarEvent:
    """An entry on that Tuesday; a meeting unless told otherwise."""
    times = {"start_time": timestamp(on_tuesday(start)), "end_time": timestamp(on_tuesday(end))}
    return ingest.CalendarEvent(**times, **fields)  # type: ignore[arg-type]


class Profiler(profiler_grpc.ProfilerServiceServicer):
    """Believes what it is told to; `watched` counts the streams that are open."""

    def __init__(self) -> None:
        self.believed: dict[str, object] | None = ADA
        self.asked: list[profiler.GetMindscapeRequest] = []
        self.watched = 0

    @property
    def version(self) -> int:
        return ParseDict(self.believed or {}, profiler.Mindscape()).version

    async def WatchMindscape(
        self, request: profiler.WatchMindscapeRequest, context: object
    ) -> AsyncIterator[profiler.WatchMindscapeResponse]:
        told = request.after_version
        self.watched += 1
        try:
            while True:
                if self.version > told:
                    told = self.version
                    yield profiler.WatchMindscapeResponse(version=told)
                await asyncio.sleep(0.01)
        finally:
            self.watched -= 1

    async def GetMindscape(
        self,
        request: profiler.GetMindscapeRequest,
        context: "Context[profiler.GetMindscapeRequest, Awaitable[profiler.Mindscape]]",
    ) -> profiler.Mindscape:
        self.asked.append(request)
        if self.believed is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "nothing is known")
        return ParseDict(self.believed or {}, profiler.Mindscape())


class Feedback(feedback_grpc.FeedbackServiceServicer):
    """Has the weights and refusals that it is given."""

    def __init__(self) -> None:
        self.answer = feedback.GetWeightsResponse()

    async def GetWeights(
        self, request: feedback.GetWeightsRequest, context: object
    ) -> feedback.GetWeightsResponse:
        return self.answer


class Ingest(ingest_grpc.IngestServiceServicer):
    """Knows where the person is and what is booked; pages are of one entry."""

    def __init__(self) -> None:
        self.zone = "Europe/Berlin"
        self.booked: list[ingest.CalendarEvent] = []

    async def GetPerson(
        self,
        request: ingest.GetPersonRequest,
        context: "Context[ingest.GetPersonRequest, Awaitable[ingest.Person]]",
    ) -> ingest.Person:
        if not self.zone:
            await context.abort(grpc.StatusCode.NOT_FOUND, "nobody")
        return ingest.Person(person_id=request.person_id, time_zone=self.zone)

    async def ListObservations(
        self, request: ingest.ListObservationsRequest, context: object
    ) -> ingest.ListObservationsResponse:
        assert request.kind == ingest.ListObservationsRequest.CALENDAR_EVENT
        index = int(request.page_token or 0)
        page = self.booked[index : index + 1]
        more = index + 1 < len(self.booked)
        return ingest.ListObservationsResponse(
            observations=[ingest.Observation(calendar_event=event) for event in page],
            next_page_token=str(index + 1) if more else "",
        )


class Neighbours:
    """The three servers, each of which can be stopped."""

    def __init__(self) -> None:
        self.profiler = Profiler()  # type: ignore[abstract]
        self.feedback = Feedback()  # type: ignore[abstract]
        self.ingest = Ingest()  # type: ignore[abstract]
        self._servers: dict[str, grpc.aio.Server] = {}

    async def start(self, settings: Settings, *names: str) -> None:
        for name in names or ("profiler", "feedback", "ingest"):
            server = grpc.aio.server()
            self._register(name, server)
            server.add_insecure_port(settings.address(name))
            await server.start()
            self._servers[name] = server

    def _register(self, name: str, server: grpc.aio.Server) -> None:
        if name == "profiler":
            profiler_grpc.add_ProfilerServiceServicer_to_server(self.profiler, server)
        elif name == "feedback":
            feedback_grpc.add_FeedbackServiceServicer_to_server(self.feedback, server)
        else:
            ingest_grpc.add_IngestServiceServicer_to_server(self.ingest, server)

    async def stop(self, *names: str) -> None:
        for name in names or tuple(self._servers):
            await self._servers[name].stop(None)
