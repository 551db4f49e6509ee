"""`ProfilerService` over gRPC: converts, calls a use case, converts back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, assert_never
from uuid import UUID

from google.protobuf.duration_pb2 import Duration

from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1 import profiler_pb2_grpc as pb_grpc
from services.kit.clock import Clock
from services.kit.errors import Invalid
from services.kit.paging import page_size
from services.kit.person_data import Record, Section
from services.kit.times import moment, timestamp
from services.profiler import usecases
from services.profiler.days import NOWHERE
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EnergyLevel,
    EnergyPatterns,
    Explanation,
    Fact,
    FailedTask,
    FlowDisruptors,
    FocusDuration,
    Level,
    MeetingRecovery,
    Mindscape,
    ObservationId,
    PeakHours,
    PersonId,
    PreferredStartTime,
    ProcessingStatus,
    Quantiles,
    Source,
    TaskSwitchingCost,
    Trait,
    Value,
    Window,
    WorkSession,
)
from services.profiler.usecases import Beliefs, Ledgers, Mindscapes, Noted, Notices, Queue

DEFAULT_PATIENCE = timedelta(seconds=5)
FIRST_MOMENT, LAST_MOMENT = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

SOURCES = {
    Source.PRIOR: pb.Trait.PRIOR,
    Source.ANSWERED: pb.Trait.ANSWERED,
    Source.OBSERVED: pb.Trait.OBSERVED,
    Source.MIXED: pb.Trait.MIXED,
}
COSTS = {
    Level.LOW: pb.TaskSwitchingCost.LOW,
    Level.MEDIUM: pb.TaskSwitchingCost.MEDIUM,
    Level.HIGH: pb.TaskSwitchingCost.HIGH,
}
ENERGIES = {
    Level.LOW: pb.EnergyLevel.LOW,
    Level.MEDIUM: pb.EnergyLevel.MEDIUM,
    Level.HIGH: pb.EnergyLevel.HIGH,
}


class ProfilerApi(pb_grpc.ProfilerServiceServicer):
    """Answers for the profiler."""

    def __init__(
        self,
        queue: Queue,
        ledgers: Ledgers,
        mindscapes: Mindscapes,
        notices: Notices,
        clock: Clock,
    ) -> None:
        self._queue = queue
        self._ledgers = ledgers
        self._mindscapes = mindscapes
        self._notices = notices
        self._clock = clock

    async def GetMindscape(self, request: pb.GetMindscapeRequest, context: object) -> pb.Mindscape:
        found = await usecases.get_mindscape(
            self._mindscapes,
            self._ledgers,
            PersonId(request.person_id),
            version=request.version or None,
            as_of=_given(request, "as_of_time"),
            at=_given(request, "at") or self._clock.now(),
        )
        return _mindscape_to_proto(found)

    async def ListMindscapeVersions(
        self, request: pb.ListMindscapeVersionsRequest, context: object
    ) -> pb.ListMindscapeVersionsResponse:
        versions, token = await usecases.list_versions(
            self._mindscapes,
            PersonId(request.person_id),
            page_size(request.page_size),
            request.page_token,
        )
        return pb.ListMindscapeVersionsResponse(
            versions=[
                pb.ListMindscapeVersionsResponse.Version(
                    version=one.version, update_time=timestamp(one.updated_at)
                )
                for one in versions
            ],
            next_page_token=token,
        )

    async def ExplainTrait(
        self, request: pb.ExplainTraitRequest, context: object
    ) -> pb.ExplainTraitResponse:
        explanation = await usecases.explain(
            self._mindscapes,
            self._ledgers,
            self._clock,
            PersonId(request.person_id),
            request.trait,
        )
        return _explanation_to_proto(explanation)

    async def GetProcessingStatus(
        self, request: pb.GetProcessingStatusRequest, context: object
    ) -> pb.ProcessingStatus:
        person_id = PersonId(request.person_id)
        return _status_to_proto(await usecases.get_status(self._queue, self._clock, person_id))

    async def WaitProcessed(
        self, request: pb.WaitProcessedRequest, context: object
    ) -> pb.ProcessingStatus:
        given = request.HasField("timeout")
        status = await usecases.wait_processed(
            self._queue,
            self._notices,
            self._clock,
            PersonId(request.person_id),
            request.timeout.ToTimedelta() if given else DEFAULT_PATIENCE,
        )
        return _status_to_proto(status)

    async def ListFailedTasks(
        self, request: pb.ListFailedTasksRequest, context: object
    ) -> pb.ListFailedTasksResponse:
        tasks, token = await usecases.list_failed(
            self._queue,
            PersonId(request.person_id),
            page_size(request.page_size),
            request.page_token,
        )
        return pb.ListFailedTasksResponse(
            failed_tasks=map(_failed_to_proto, tasks), next_page_token=token
        )

    async def RetryFailedTasks(
        self, request: pb.RetryFailedTasksRequest, context: object
    ) -> pb.RetryFailedTasksResponse:
        task_ids = [UUID(task_id) for task_id in request.task_ids]
        retried = await usecases.retry_failed(
            self._queue, self._clock, PersonId(request.person_id), task_ids
        )
        return pb.RetryFailedTasksResponse(retried=retried)


def sections(beliefs: Beliefs) -> Mapping[str, Section]:
    """Returns how to read what the profiler keeps of a person, without what follows from it."""

    async def facts(person_id: str, after: str, limit: int) -> Sequence[Record]:
        day, _, name = after.partition(" ")
        place = (date.fromisoformat(day), ObservationId(name)) if day else None
        found = await beliefs.facts(PersonId(person_id), place, limit)
        return [Record(f"{one.day} {one.observation_id}", _noted(one)) for one in found]

    async def mindscapes(person_id: str, after: str, limit: int) -> Sequence[Record]:
        found = await beliefs.history(PersonId(person_id), int(after or 0), limit)
        return [Record.of(_mindscape_to_proto(one), str(one.version)) for one in found]

    return {"facts": facts, "mindscapes": mindscapes}


def _noted(noted: Noted) -> Mapping[str, object]:
    """Returns the fact as ingest's API writes the observation, as far as it is known here."""
    fact = noted.entry.fact
    return {
        "date": None if noted.day == NOWHERE else noted.day.isoformat(),
        "observation_id": noted.observation_id,
        "retracted": fact is None,
        **(_fact(fact) if fact else {}),
    }


def _fact(fact: Fact) -> Mapping[str, object]:
    times = {"start_time": _text(fact.start), "end_time": _text(fact.end)}
    match fact:
        case WorkSession():
            counted = {
                "productivity_score": fact.score,
                "interruptions": fact.interruptions,
            }
            given = {name: value for name, value in counted.items() if value is not None}
            return {"time_zone": fact.zone, "work_session": times | given}
        case CalendarEvent():
            event = {"kind": fact.kind.name, "all_day": fact.all_day}
            return {"time_zone": fact.zone, "calendar_event": times | event}
        case Answer():
            answer = {"question": fact.question.name, "answer": fact.text}
            said = answer | {"answer_time": _text(fact.start)}
            return {"time_zone": fact.zone, "user_input": said}


def _text(seconds: int) -> str:
    return timestamp(datetime.fromtimestamp(seconds, UTC)).ToJsonString()


def _given(request: pb.GetMindscapeRequest, field: Literal["as_of_time", "at"]) -> datetime | None:
    if not request.HasField(field):
        return None
    try:
        if FIRST_MOMENT <= (given := moment(getattr(request, field))) < LAST_MOMENT:
            return given
    except (ValueError, OverflowError):
        pass
    raise Invalid("INVALID_FIELD", f"{field} must lie between 1970 and 2200", field=field)


def _mindscape_to_proto(mindscape: Mindscape) -> pb.Mindscape:
    return pb.Mindscape(
        person_id=mindscape.person_id,
        version=mindscape.version,
        update_time=timestamp(mindscape.updated_at),
        traits={name: _trait_to_proto(trait) for name, trait in mindscape.traits.items()},
        time_zone=mindscape.zone,
    )


def _trait_to_proto(trait: Trait) -> pb.Trait:
    converted = pb.Trait(
        spread=trait.spread,
        n=trait.n,
        effective_n=trait.effective_n,
        confidence=trait.confidence,
        provisional=trait.provisional,
        source=SOURCES[trait.source],
        last_evidence_time=timestamp(datetime.fromtimestamp(trait.last_evidence, UTC)),
        prior_version=trait.prior_version,
    )
    _set_value(converted, trait.value)
    return converted


def _set_value(trait: pb.Trait, value: Value) -> None:
    match value:
        case EnergyPatterns(weekday, weekend):
            trait.energy_patterns.MergeFrom(pb.EnergyPatterns(weekday=weekday, weekend=weekend))
        case PeakHours():
            trait.peak_hours.MergeFrom(_peak_hours_to_proto(value))
        case FocusDuration():
            trait.focus_duration.MergeFrom(_focus_duration_to_proto(value))
        case MeetingRecovery(p50, p90):
            trait.meeting_recovery.MergeFrom(pb.MeetingRecovery(p50_minutes=p50, p90_minutes=p90))
        case TaskSwitchingCost():
            trait.task_switching_cost.MergeFrom(_cost_to_proto(value))
        case PreferredStartTime(start):
            trait.preferred_start_time.MergeFrom(pb.PreferredStartTime(start=start))
        case FlowDisruptors():
            trait.flow_disruptors.MergeFrom(_disruptors_to_proto(value))
        case EnergyLevel():
            trait.energy_level.MergeFrom(_energy_level_to_proto(value))
        case _:
            assert_never(value)


def _peak_hours_to_proto(value: PeakHours) -> pb.PeakHours:
    return pb.PeakHours(
        windows=map(_window_to_proto, value.windows),
        weekend_windows=map(_window_to_proto, value.weekend_windows),
    )


def _window_to_proto(window: Window) -> pb.PeakHours.Window:
    return pb.PeakHours.Window(start=window.start, end=window.end, level=window.level)


def _focus_duration_to_proto(value: FocusDuration) -> pb.FocusDuration:
    return pb.FocusDuration(
        p50_minutes=value.overall.p50_minutes,
        p75_minutes=value.overall.p75_minutes,
        p90_minutes=value.overall.p90_minutes,
        by_part_of_day={
            part: _quantiles_to_proto(one) for part, one in value.by_part_of_day.items()
        },
    )


def _quantiles_to_proto(quantiles: Quantiles) -> pb.FocusDuration.Quantiles:
    return pb.FocusDuration.Quantiles(
        p50_minutes=quantiles.p50_minutes,
        p75_minutes=quantiles.p75_minutes,
        p90_minutes=quantiles.p90_minutes,
        n=quantiles.n,
    )


def _cost_to_proto(value: TaskSwitchingCost) -> pb.TaskSwitchingCost:
    return pb.TaskSwitchingCost(
        level=COSTS[value.level],
        score_lost_per_interruption=value.score_lost_per_interruption,
        minutes_lost_per_interruption=value.minutes_lost_per_interruption,
    )


def _disruptors_to_proto(value: FlowDisruptors) -> pb.FlowDisruptors:
    return pb.FlowDisruptors(
        disruptors=[
            pb.FlowDisruptors.Disruptor(name=one.name, share=one.share) for one in value.disruptors
        ]
    )


def _energy_level_to_proto(value: EnergyLevel) -> pb.EnergyLevel:
    return pb.EnergyLevel(
        level=ENERGIES[value.level],
        value=value.value,
        worked_minutes_today=value.worked_minutes_today,
        meeting_minutes_today=value.meeting_minutes_today,
        minutes_since_break=value.minutes_since_break,
    )


def _explanation_to_proto(explanation: Explanation) -> pb.ExplainTraitResponse:
    return pb.ExplainTraitResponse(
        trait=explanation.name,
        current=_trait_to_proto(explanation.trait),
        method=explanation.method,
        days=[
            pb.ExplainTraitResponse.Day(
                date=day.date.isoformat(),
                weight=day.weight,
                evidence=[
                    pb.ExplainTraitResponse.Evidence(
                        observation_id=one.observation_id, says=one.says
                    )
                    for one in day.evidence
                ],
            )
            for day in explanation.days
        ],
        day_count=explanation.day_count,
    )


def _status_to_proto(status: ProcessingStatus) -> pb.ProcessingStatus:
    lag = Duration()
    lag.FromTimedelta(status.lag)
    oldest = status.oldest_pending_at
    return pb.ProcessingStatus(
        person_id=status.person_id,
        pending=status.pending,
        failed=status.failed,
        oldest_pending_time=timestamp(oldest) if oldest else None,
        lag=lag,
        processed_up_to_time=timestamp(status.processed_up_to),
        mindscape_version=status.mindscape_version,
    )


def _failed_to_proto(task: FailedTask) -> pb.ListFailedTasksResponse.FailedTask:
    return pb.ListFailedTasksResponse.FailedTask(
        task_id=str(task.task_id),
        task_type=task.task_type,
        observation_id=task.observation_id,
        attempts=task.attempts,
        last_error=task.last_error,
        create_time=timestamp(task.created_at),
        update_time=timestamp(task.updated_at),
    )
