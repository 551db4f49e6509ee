"""Ingest as gRPC: converts, calls a use case, converts back."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1 import ingest_pb2_grpc as pb_grpc
from services.ingest import usecases
from services.ingest.model import (
    CalendarEvent,
    Content,
    Draft,
    EventKind,
    Key,
    Observation,
    ObservationId,
    Person,
    PersonId,
    Question,
    Receipt,
    Task,
    UserInput,
    WorkSession,
)
from services.ingest.usecases import (
    Eraser,
    Filter,
    Holder,
    Observations,
    People,
    Recorded,
    Tasks,
)
from services.kit.batching import Batch
from services.kit.clock import Clock
from services.kit.errors import Invalid, Refusal
from services.kit.logs import correlation_id
from services.kit.paging import Position, page_size
from services.kit.person_data import Record, Section
from services.kit.telemetry import traceparent
from services.kit.times import moment, put, timestamp

LIST = "observations"
LONGEST_SESSION = timedelta(hours=24)
LONGEST_EVENT = timedelta(days=31)
STREAM_CHUNK = 1000

EVENT_KINDS = {
    pb.CalendarEvent.KIND_UNSPECIFIED: EventKind.MEETING,
    pb.CalendarEvent.MEETING: EventKind.MEETING,
    pb.CalendarEvent.FOCUS_BLOCK: EventKind.FOCUS_BLOCK,
    pb.CalendarEvent.OTHER: EventKind.OTHER,
}


class IngestApi(pb_grpc.IngestServiceServicer):
    """Answers `personakit.ingest.v1.IngestService`."""

    def __init__(
        self,
        recorded: Batch[Draft, Recorded],
        observations: Observations,
        people: People,
        clock: Clock,
        eraser: Eraser,
        holders: Mapping[str, Holder],
    ) -> None:
        self._recorded = recorded
        self._observations = observations
        self._people = people
        self._clock = clock
        self._eraser = eraser
        self._holders = holders

    async def RecordObservation(
        self, request: pb.RecordObservationRequest, context: object
    ) -> pb.Observation:
        drafts = self._drafts([("observation", request.observation)])
        (recorded,) = await self._recorded.add(drafts)
        return to_proto(recorded.observation)

    async def RecordObservations(
        self, request: pb.RecordObservationsRequest, context: object
    ) -> pb.RecordObservationsResponse:
        recorded = await self._recorded.add(self._drafts(_named(request.observations)))
        new = _new(recorded)
        return pb.RecordObservationsResponse(
            observation_ids=[one.observation.observation_id for one in recorded],
            recorded=new,
            already_recorded=len(recorded) - new,
        )

    async def StreamObservations(
        self, request_iterator: AsyncIterator[pb.StreamObservationsRequest], context: object
    ) -> pb.StreamObservationsResponse:
        answer = pb.StreamObservationsResponse()
        chunk: list[Draft] = []
        try:
            async for request in request_iterator:
                chunk += self._drafts(_of_message(request))
                if len(chunk) >= STREAM_CHUNK:
                    full, chunk = chunk, []
                    _count(answer, await self._recorded.add(full))
        except Refusal:
            # What came before the message that is refused stays recorded.
            if chunk:
                await self._recorded.add(chunk)
            raise
        if chunk:
            _count(answer, await self._recorded.add(chunk))
        return answer

    async def GetObservation(
        self, request: pb.GetObservationRequest, context: object
    ) -> pb.Observation:
        return to_proto(await usecases.get(self._observations, _key(request)))

    async def ListObservations(
        self, request: pb.ListObservationsRequest, context: object
    ) -> pb.ListObservationsResponse:
        size = page_size(request.page_size)
        found = await self._observations.find(
            _filter(request), Position.of(LIST, request.page_token), size + 1
        )
        page = found[:size]
        more = len(found) > size
        return pb.ListObservationsResponse(
            observations=[to_proto(observation) for observation in page],
            next_page_token=_position(page[-1]).token(LIST) if more else "",
        )

    async def RetractObservation(
        self, request: pb.RetractObservationRequest, context: object
    ) -> Empty:
        await usecases.retract(self._observations, _key(request), correlation_id(), self._clock)
        return Empty()

    async def GetPerson(self, request: pb.GetPersonRequest, context: object) -> pb.Person:
        return _person(await usecases.get_person(self._people, PersonId(request.person_id)))

    async def UpdatePerson(self, request: pb.UpdatePersonRequest, context: object) -> pb.Person:
        person = request.person
        mask = request.update_mask.paths or (["time_zone"] if person.time_zone else [])
        if unknown := set(mask) - {"time_zone"}:
            path = sorted(unknown)[0]
            raise Invalid("INVALID_FIELD", f"{path} cannot be updated", field="update_mask")
        zone = person.time_zone if mask else None
        return _person(
            await usecases.update_person(
                self._people, PersonId(person.person_id), zone, self._clock
            )
        )

    async def ExportPerson(
        self, request: pb.ExportPersonRequest, context: object
    ) -> AsyncIterator[HttpBody]:
        person_id = PersonId(request.person_id)
        pieces = usecases.export(self._people, self._holders, self._clock, person_id)
        async for piece in pieces:
            yield HttpBody(content_type="application/json", data=piece.encode())

    async def ErasePerson(
        self, request: pb.ErasePersonRequest, context: object
    ) -> pb.ErasureReceipt:
        return _receipt(await self._eraser.erase(PersonId(request.person_id)))

    def _drafts(self, observations: Iterable[tuple[str, pb.Observation]]) -> list[Draft]:
        """Returns them as drafts, each checked; the text says where in the request each is."""
        now, ties = self._clock.now(), Ties(correlation_id(), traceparent() or "")
        drafts = []
        for field, observation in observations:
            draft = from_proto(observation, now, field, ties)
            usecases.check(draft, now, field=field)
            drafts.append(draft)
        return drafts


def _of_message(request: pb.StreamObservationsRequest) -> Iterator[tuple[str, pb.Observation]]:
    """Yields its observations in order, each with where in the message it is."""
    if request.HasField("observation"):
        yield "observation", request.observation
    yield from _named(request.observations)


def _named(observations: Iterable[pb.Observation]) -> Iterator[tuple[str, pb.Observation]]:
    for index, observation in enumerate(observations):
        yield f"observations[{index}]", observation


def sections(people: People, observations: Observations, tasks: Tasks) -> Mapping[str, Section]:
    """Returns how to read what ingest keeps of a person."""

    async def person(person_id: str, after: str, limit: int) -> Sequence[Record]:
        found = await people.get(PersonId(person_id))
        return [Record.of(_person(found))] if found else []

    async def observed(person_id: str, after: str, limit: int) -> Sequence[Record]:
        place = Position.of(LIST, after)
        found = await observations.find(Filter(PersonId(person_id)), place, limit)
        return [Record.of(to_proto(one), _position(one).token(LIST)) for one in found]

    async def queued(person_id: str, after: str, limit: int) -> Sequence[Record]:
        found = await tasks.page(PersonId(person_id), int(after or 0), limit)
        return [Record(str(one.position), _task(one)) for one in found]

    return {"person": person, "observations": observed, "tasks": queued}


def _task(task: Task) -> Mapping[str, object]:
    return {
        "task_id": str(task.task_id),
        "task_type": task.task_type,
        "payload": task.payload,
        "status": task.status,
        "attempts": task.attempts,
        "last_error": task.last_error,
        "create_time": timestamp(task.created_at).ToJsonString(),
    }


class Ties(NamedTuple):
    """What ties work to the call that it comes from."""

    correlation_id: str = ""
    traceparent: str = ""


UNTIED = Ties()


def from_proto(
    observation: pb.Observation, now: datetime, field: str, ties: Ties = UNTIED
) -> Draft:
    """Returns the draft; refuses a span that is none or too long, naming the field."""
    return Draft(
        PersonId(observation.person_id),
        _content(observation, now, field),
        observation.time_zone,
        observation.source,
        observation.source_id,
        observation.request_id,
        ties.correlation_id,
        ties.traceparent,
    )


def to_proto(observation: Observation) -> pb.Observation:
    """Returns the message; its parts are written in place, which costs half of making them."""
    message = pb.Observation(
        observation_id=observation.observation_id,
        person_id=observation.person_id,
        time_zone=observation.time_zone,
        source=observation.source,
        source_id=observation.source_id,
    )
    put(observation.recorded_at, message.record_time)
    match observation.content:
        case WorkSession() as session:
            _put_session(session, message.work_session)
        case CalendarEvent() as event:
            message.calendar_event.CopyFrom(_event(event))
        case UserInput() as answer:
            message.user_input.CopyFrom(_answer(answer))
    return message


def _content(observation: pb.Observation, now: datetime, field: str) -> Content:
    if observation.HasField("work_session"):
        session = observation.work_session
        start, end = _session_span(session, field)
        return WorkSession(
            start,
            end,
            session.productivity_score if session.HasField("productivity_score") else None,
            session.interruptions if session.HasField("interruptions") else None,
            session.label,
        )
    if observation.HasField("calendar_event"):
        event = observation.calendar_event
        start, end = moment(event.start_time), moment(event.end_time)
        _check_span(start, end, LONGEST_EVENT, f"{field}.calendar_event.end_time")
        return CalendarEvent(start, end, EVENT_KINDS[event.kind], event.title, event.all_day)
    given = observation.user_input
    answered = moment(given.answer_time) if given.HasField("answer_time") else now
    question = Question(pb.UserInput.Question.Name(given.question).lower())
    return UserInput(question, given.answer, answered)


def _session_span(session: pb.WorkSession, field: str) -> tuple[datetime, datetime]:
    start = moment(session.start_time)
    if session.HasField("duration_minutes"):
        return start, start + timedelta(minutes=session.duration_minutes)
    end = moment(session.end_time)
    _check_span(start, end, LONGEST_SESSION, f"{field}.work_session.end_time")
    return start, end


def _check_span(start: datetime, end: datetime, longest: timedelta, field: str) -> None:
    if end <= start:
        raise Invalid("INVALID_FIELD", "end_time must be after start_time", field=field)
    if end - start > longest:
        raise Invalid("INVALID_FIELD", f"must end within {longest} of start_time", field=field)


def _put_session(session: WorkSession, message: pb.WorkSession) -> None:
    put(session.start, message.start_time)
    put(session.end, message.end_time)
    if session.score is not None:
        message.productivity_score = session.score
    if session.interruptions is not None:
        message.interruptions = session.interruptions
    message.label = session.label


def _event(event: CalendarEvent) -> pb.CalendarEvent:
    return pb.CalendarEvent(
        start_time=timestamp(event.start),
        end_time=timestamp(event.end),
        kind=pb.CalendarEvent.Kind.Value(event.kind.name),
        title=event.title,
        all_day=event.all_day,
    )


def _answer(answer: UserInput) -> pb.UserInput:
    return pb.UserInput(
        question=pb.UserInput.Question.Value(answer.question.name),
        answer=answer.answer,
        answer_time=timestamp(answer.start),
    )


def _person(person: Person) -> pb.Person:
    return pb.Person(
        person_id=person.person_id,
        time_zone=person.time_zone,
        create_time=timestamp(person.created_at),
        update_time=timestamp(person.updated_at),
    )


def _receipt(receipt: Receipt) -> pb.ErasureReceipt:
    return pb.ErasureReceipt(
        removed=[
            pb.ErasureReceipt.Removed(holder=one.holder, table=one.table, rows=one.rows)
            for one in receipt.removed
        ],
        rows=receipt.rows,
        erase_time=timestamp(receipt.erased_at),
    )


def _key(request: pb.GetObservationRequest | pb.RetractObservationRequest) -> Key:
    return PersonId(request.person_id), ObservationId(str(UUID(request.observation_id)))


def _filter(request: pb.ListObservationsRequest) -> Filter:
    kind = pb.ListObservationsRequest.Kind.Name(request.kind).lower() if request.kind else None
    return Filter(
        PersonId(request.person_id),
        kind,
        request.source or None,
        moment(request.from_time) if request.HasField("from_time") else None,
        moment(request.until_time) if request.HasField("until_time") else None,
    )


def _position(observation: Observation) -> Position:
    return Position(observation.content.start, UUID(observation.observation_id))


def _count(answer: pb.StreamObservationsResponse, recorded: Sequence[Recorded]) -> None:
    answer.recorded += _new(recorded)
    answer.already_recorded += len(recorded) - _new(recorded)


def _new(recorded: Sequence[Recorded]) -> int:
    return sum(one.new for one in recorded)
