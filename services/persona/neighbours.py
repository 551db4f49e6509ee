"""The services that a persona is made from, over their public gRPC API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time

import grpc

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1 import profiler_pb2 as profiler
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.kit.errors import Unavailable
from services.kit.times import moment, timestamp
from services.persona.model import (
    Commitment,
    Disruptor,
    EnergyLevel,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    Helpfulness,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    PersonId,
    PreferredStartTime,
    Quantiles,
    Refusal,
    TaskSwitchingCost,
    Trait,
    TraitValue,
    Verdicts,
    Weight,
    Window,
)

PAGE_SIZE, MOST_PAGES = 1000, 5


class ProfilerBeliefs:
    """Implements `usecases.Beliefs`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = ProfilerServiceStub(channel)

    async def mindscape(self, person_id: PersonId, at: datetime) -> Mindscape | None:
        request = profiler.GetMindscapeRequest(person_id=person_id, at=timestamp(at))
        try:
            with _understood():
                return mindscape_from_proto(await self._stub.GetMindscape(request))
        except LookupError:
            return None


class FeedbackJudgements:
    """Implements `usecases.Judgements`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = FeedbackServiceStub(channel)

    async def verdicts(self, person_id: PersonId) -> Verdicts:
        with _understood():
            answer = await self._stub.GetWeights(feedback.GetWeightsRequest(person_id=person_id))
        return Verdicts(
            weights={
                (one.suggestion_type, one.trait): Weight(one.weight, one.original)
                for one in answer.weights
            },
            refusals=tuple(
                Refusal(one.suggestion_type, moment(one.suggestion_time)) for one in answer.refusals
            ),
            helpfulness={
                (one.suggestion_type, one.part_of_day): Helpfulness(one.helpful, one.not_helpful)
                for one in answer.helpfulness
            },
        )


class IngestDiary:
    """Implements `usecases.Diary`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = IngestServiceStub(channel)

    async def zone(self, person_id: PersonId) -> str | None:
        try:
            with _understood():
                person = await self._stub.GetPerson(ingest.GetPersonRequest(person_id=person_id))
        except LookupError:
            return None
        return person.time_zone or None

    async def commitments(
        self, person_id: PersonId, from_: datetime, until: datetime
    ) -> tuple[Commitment, ...]:
        request = ingest.ListObservationsRequest(
            person_id=person_id,
            kind=ingest.ListObservationsRequest.CALENDAR_EVENT,
            from_time=timestamp(from_),
            until_time=timestamp(until),
            page_size=PAGE_SIZE,
        )
        found: list[Commitment] = []
        for _ in range(MOST_PAGES):
            with _understood():
                answer = await self._stub.ListObservations(request)
            found += (_commitment(one.calendar_event) for one in answer.observations if _binds(one))
            if not answer.next_page_token:
                return tuple(found)
            request.page_token = answer.next_page_token
        # A calendar that is known in part would let a block collide with the rest.
        raise Unavailable("SERVICE_UNAVAILABLE", "the calendar is too full to be read")


@contextmanager
def _understood() -> Iterator[None]:
    """Raises `LookupError` for what is not there, and `Unavailable` for any other failure."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            raise LookupError from error
        raise Unavailable("SERVICE_UNAVAILABLE", f"answered {error.code().name}") from error


def _binds(observation: ingest.Observation) -> bool:
    event = observation.calendar_event
    return not event.all_day and event.kind != ingest.CalendarEvent.FOCUS_BLOCK


def _commitment(event: ingest.CalendarEvent) -> Commitment:
    is_meeting = event.kind != ingest.CalendarEvent.OTHER
    return Commitment(moment(event.start_time), moment(event.end_time), is_meeting)


def mindscape_from_proto(answer: profiler.Mindscape) -> Mindscape:
    """The traits of a mindscape as advice needs them, without those of a kind not known here."""
    traits = (_trait(trait) for trait in answer.traits.values())
    return Mindscape(
        version=answer.version,
        zone=answer.time_zone,
        traits={trait.value.NAME: trait for trait in traits if trait is not None},
    )


def _trait(trait: profiler.Trait) -> Trait | None:
    value = _value(trait)
    if value is None:
        return None
    seen = trait.HasField("last_evidence_time")
    return Trait(
        value=value,
        n=trait.n,
        confidence=trait.confidence,
        provisional=trait.provisional,
        last_evidence_at=moment(trait.last_evidence_time) if seen else None,
    )


def _value(trait: profiler.Trait) -> TraitValue | None:
    """The value; None for a kind that this version does not know."""
    match trait.WhichOneof("value"):
        case "energy_patterns":
            return _energy_patterns(trait.energy_patterns)
        case "peak_hours":
            return _peak_hours(trait.peak_hours)
        case "focus_duration":
            return _focus_duration(trait.focus_duration)
        case "meeting_recovery":
            return MeetingRecovery(
                trait.meeting_recovery.p50_minutes, trait.meeting_recovery.p90_minutes
            )
        case "task_switching_cost":
            return _task_switching_cost(trait.task_switching_cost)
        case "preferred_start_time":
            return _preferred_start_time(trait.preferred_start_time)
        case "flow_disruptors":
            disruptors = trait.flow_disruptors.disruptors
            return FlowDisruptors(tuple(Disruptor(one.name, one.share) for one in disruptors))
        case "energy_level":
            return _energy_level(trait.energy_level)
    return None


def _energy_patterns(value: profiler.EnergyPatterns) -> EnergyPatterns:
    return EnergyPatterns(tuple(value.weekday), tuple(value.weekend or value.weekday))


def _peak_hours(value: profiler.PeakHours) -> PeakHours:
    windows, weekend = (
        tuple(Window(_clock(one.start), _clock(one.end)) for one in several)
        for several in (value.windows, value.weekend_windows)
    )
    return PeakHours(windows, weekend)


def _focus_duration(value: profiler.FocusDuration) -> FocusDuration:
    return FocusDuration(
        overall=_quantiles(value),
        by_part_of_day={name: _quantiles(one) for name, one in value.by_part_of_day.items()},
    )


def _quantiles(value: profiler.FocusDuration | profiler.FocusDuration.Quantiles) -> Quantiles:
    return Quantiles(value.p50_minutes, value.p75_minutes, value.p90_minutes)


def _task_switching_cost(value: profiler.TaskSwitchingCost) -> TaskSwitchingCost:
    return TaskSwitchingCost(
        level=profiler.TaskSwitchingCost.Level.Name(value.level).lower(),
        score_lost=value.score_lost_per_interruption,
        minutes_lost=value.minutes_lost_per_interruption,
    )


def _preferred_start_time(value: profiler.PreferredStartTime) -> PreferredStartTime:
    return PreferredStartTime(
        start=_clock(value.start),
        end=_known_clock(value.end),
        earlier_end={weekday: _clock(end) for weekday, end in value.earlier_end.items()},
        weekend_start=_known_clock(value.weekend_start),
        weekend_end=_known_clock(value.weekend_end),
    )


def _energy_level(value: profiler.EnergyLevel) -> EnergyLevel:
    return EnergyLevel(
        level=profiler.EnergyLevel.Level.Name(value.level).lower(),
        value=value.value,
        worked_minutes_today=value.worked_minutes_today,
        meeting_minutes_today=value.meeting_minutes_today,
        minutes_since_break=value.minutes_since_break,
    )


def _known_clock(local: str) -> time | None:
    return _clock(local) if local else None


def _clock(local: str) -> time:
    """A local time such as "09:00"; "24:00" is the midnight that it names."""
    hour, _, minute = local.partition(":")
    return time(int(hour) % 24, int(minute))
