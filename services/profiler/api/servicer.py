"""`ProfilerService` over gRPC: converts, calls a use case, converts back."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from google.protobuf.duration_pb2 import Duration

from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1 import profiler_pb2_grpc as pb_grpc
from services.kit.clock import Clock
from services.kit.errors import Invalid
from services.kit.paging import page_size
from services.kit.times import moment, timestamp
from services.profiler import usecases
from services.profiler.api.traits import (
    comparison_to_proto,
    explanation_to_proto,
    mindscape_to_proto,
)
from services.profiler.model import (
    FailedTask,
    PersonId,
    ProcessingStatus,
)
from services.profiler.usecases import Explainer, Ledgers, Mindscapes, Notices, Queue, Watch

DEFAULT_PATIENCE = timedelta(seconds=5)
FIRST_MOMENT, LAST_MOMENT = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class ProfilerApi(pb_grpc.ProfilerServiceServicer):
    """Answers for the profiler."""

    def __init__(
        self,
        queue: Queue,
        ledgers: Ledgers,
        mindscapes: Mindscapes,
        explainer: Explainer,
        notices: Notices,
        watch: Watch,
        clock: Clock,
    ) -> None:
        self._queue = queue
        self._ledgers = ledgers
        self._mindscapes = mindscapes
        self._explainer = explainer
        self._notices = notices
        self._watch = watch
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
        return mindscape_to_proto(found)

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

    async def CompareMindscapes(
        self, request: pb.CompareMindscapesRequest, context: object
    ) -> pb.CompareMindscapesResponse:
        comparison = await usecases.compare(
            self._mindscapes,
            PersonId(request.person_id),
            since=request.from_version or None,
            until=request.to_version or None,
        )
        return comparison_to_proto(comparison)

    async def WatchMindscape(
        self, request: pb.WatchMindscapeRequest, context: object
    ) -> AsyncIterator[pb.WatchMindscapeResponse]:
        versions = self._watch.versions(PersonId(request.person_id), request.after_version)
        async with aclosing(versions):
            async for one in versions:
                updated = timestamp(one.updated_at)
                yield pb.WatchMindscapeResponse(version=one.version, update_time=updated)

    async def ExplainTrait(
        self, request: pb.ExplainTraitRequest, context: object
    ) -> pb.ExplainTraitResponse:
        explanation = await self._explainer.explain(PersonId(request.person_id), request.trait)
        return explanation_to_proto(explanation)

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


def _given(request: pb.GetMindscapeRequest, field: Literal["as_of_time", "at"]) -> datetime | None:
    if not request.HasField(field):
        return None
    try:
        if FIRST_MOMENT <= (given := moment(getattr(request, field))) < LAST_MOMENT:
            return given
    except (ValueError, OverflowError):
        pass
    raise Invalid("INVALID_FIELD", f"{field} must lie between 1970 and 2200", field=field)


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
