"""PersonaKit as adviser, through its public API."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import grpc

from clients.connect import PersonaKit
from clients.workbench.history import write_history
from eval.simulation.days import Day
from eval.simulation.judge import Advice
from eval.simulation.people import Mind
from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.persona.v1 import persona_pb2 as persona
from personakit.profiler.v1 import profiler_pb2 as profiler

WEEKS = 5
CALENDAR_AHEAD = timedelta(hours=36)
PATIENCE, TAKEN_IN_WITHIN = timedelta(seconds=60), timedelta(seconds=30)
"""For an answer, since the machine may have other work; and until what was told is taken in, for
which the API allows no longer."""
TRIES = 5

_Question = ingest.UserInput
NEUTRAL = {_Question.MOST_PRODUCTIVE: "varies", _Question.FOCUS_LENGTH: "1hr"}
"""What somebody answers of whom nothing is to be known."""


class Diary:
    """What somebody tells PersonaKit, each thing once it is known to them."""

    def __init__(self, told: Sequence[ingest.Observation]) -> None:
        self._coming = sorted(told, key=_known_at)
        self._told = 0

    def until(self, at: datetime) -> list[ingest.Observation]:
        """Return what became known since the last time."""
        first = self._told
        while self._told < len(self._coming) and _known_at(self._coming[self._told]) <= at:
            self._told += 1
        return self._coming[first : self._told]


def whole_diary(mind: Mind) -> Diary:
    """Return all that happens: answers on the first day, the calendar, sessions as they end."""
    return Diary(_history(mind))


def bare_diary(mind: Mind) -> Diary:
    """Return the calendar and answers that say nothing: what is believed is what holds for all."""
    return Diary(list(_bare(_history(mind))))


@dataclass(frozen=True)
class Api:
    """Asks as an app would. It tells what the diaries say; verdicts only if it `listens`."""

    personakit: PersonaKit
    diary: Callable[[Mind], Diary]
    listens: bool
    _diaries: dict[str, Diary] = field(default_factory=dict)

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Tell what happened until now, wait until it is taken in, and ask."""
        await self.tell(day.mind, at)
        try:
            return [_advice(each) for each in await self._suggestions(day.mind)]
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.FAILED_PRECONDITION:
                return []
            raise

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Send the verdict, unless nobody listens or the day has had its ten."""
        if not self.listens:
            return
        request = feedback.SubmitFeedbackRequest(
            person_id=day.mind.name, suggestion_id=advice.reference, helpful=helpful
        )
        try:
            await self.personakit.feedback.SubmitFeedback(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise

    async def _suggestions(self, mind: Mind) -> Sequence[persona.Suggestion]:
        """Ask until nothing is missing: on a busy machine a neighbour may answer too late. What is
        said again within the hour counts as told once."""
        request = persona.SuggestRequest(person_id=mind.name)
        for _ in range(TRIES):
            answer = await self.personakit.persona.Suggest(request)
            if not answer.missing:
                return answer.suggestions
        raise TimeoutError(f"still missing: {', '.join(answer.missing)}")

    async def tell(self, mind: Mind, at: datetime) -> None:
        """Record what became known until then, and wait until it is taken in."""
        if mind.name not in self._diaries:
            self._diaries[mind.name] = self.diary(mind)
        news = self._diaries[mind.name].until(at)
        if not news:
            return
        request = ingest.RecordObservationsRequest(observations=news)
        await self.personakit.ingest.RecordObservations(request)
        wait = profiler.WaitProcessedRequest(person_id=mind.name)
        wait.timeout.FromTimedelta(TAKEN_IN_WITHIN)
        status = await self.personakit.profiler.WaitProcessed(wait)
        assert status.pending + status.failed == 0, status


def _history(mind: Mind) -> list[ingest.Observation]:
    last = datetime.combine(mind.first_day + timedelta(weeks=WEEKS), time(12), UTC)
    return write_history(mind.person, mind.name, last, WEEKS)


def _bare(told: Sequence[ingest.Observation]) -> Iterator[ingest.Observation]:
    for each in told:
        question = each.user_input.question
        if each.HasField("calendar_event") or question == _Question.TIME_ZONE:
            yield each
        elif question in NEUTRAL:
            each.user_input.answer = NEUTRAL[question]
            yield each


def _known_at(observation: ingest.Observation) -> datetime:
    """Return when it is told: work when it is over, a meeting the day before."""
    if observation.HasField("calendar_event"):
        return observation.calendar_event.start_time.ToDatetime(UTC) - CALENDAR_AHEAD
    if observation.HasField("work_session"):
        return observation.work_session.end_time.ToDatetime(UTC)
    return observation.user_input.answer_time.ToDatetime(UTC)


def _advice(suggestion: persona.Suggestion) -> Advice:
    return Advice(
        type=suggestion.type,
        start=suggestion.start_time.ToDatetime(UTC),
        end=suggestion.end_time.ToDatetime(UTC),
        duration_minutes=suggestion.duration_minutes,
        reference=suggestion.suggestion_id,
        words=f"**{suggestion.title}.** {suggestion.description}",
    )
