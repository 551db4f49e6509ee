"""What the profiler would believe of one person, from its own models, without the service."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from eval.simulation.api import whole_diary
from eval.simulation.people import Mind
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.profiler.v1 import profiler_pb2 as pb
from services.persona.model import Commitment, Mindscape
from services.persona.neighbours import mindscape_from_proto
from services.persona.usecases.gathering import CALENDAR_AFTER, CALENDAR_BEFORE
from services.profiler.api.traits import trait_to_proto
from services.profiler.days import Day
from services.profiler.ledger import Books, enter
from services.profiler.localtime import local_date, zone_named
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EventKind,
    Fact,
    ObservationId,
    Question,
    Statement,
    Traits,
    WorkSession,
)
from services.profiler.traits import Belief, energy_level
from services.profiler.traits.prior import SHIPPED

ONE_DAY = timedelta(days=1)


class Believer:
    """Takes in what one person tells, and believes something of them."""

    def __init__(self, mind: Mind) -> None:
        self._diary = whole_diary(mind)
        self._books = Books({}, {})
        self._belief: Belief | None = None
        self._told: list[Fact] = []

    def believes(self, at: datetime) -> Mindscape | None:
        """Return what is believed at a moment; the moments must come in order."""
        self._take_in(self._diary.until(at))
        if self._belief is None:
            return None
        zone = self._belief.zone or "UTC"
        traits = {**self._belief.traits, **self._now(self._belief, int(at.timestamp()), zone)}
        told = {name: trait_to_proto(trait) for name, trait in traits.items()}
        return mindscape_from_proto(pb.Mindscape(version=1, time_zone=zone, traits=told))

    def booked(self, at: datetime) -> tuple[Commitment, ...]:
        """Return what is booked around a moment, as far as it was told."""
        meetings = (fact for fact in self._told if isinstance(fact, CalendarEvent))
        spans = ((_moment(one.start), _moment(one.end)) for one in meetings)
        from_, until = at - CALENDAR_BEFORE, at + CALENDAR_AFTER
        return tuple(
            Commitment(start, end) for start, end in spans if start < until and from_ < end
        )

    def _take_in(self, news: Sequence[ingest.Observation]) -> None:
        if not news:
            return
        first = len(self._told)
        self._told += [_fact(one) for one in news]
        numbered = enumerate(self._told[first:], first)
        statements = [Statement(at, ObservationId(str(at)), fact) for at, fact in numbered]
        entered = enter(self._books, statements, SHIPPED)
        days = {**self._books.days, **entered.days}
        self._books = Books(days, {**self._books.weeks, **entered.weeks})
        self._belief = entered.belief

    def _now(self, belief: Belief, at: int, zone: str) -> Traits:
        today = local_date(at, zone_named(zone))
        around = [today - ONE_DAY, today]
        days = [Day.of(one, self._books.days[one]) for one in around if one in self._books.days]
        level = energy_level.energy_level(belief.traits, days, at, zone)
        return {energy_level.NAME: level} if level else {}


def _fact(told: ingest.Observation) -> Fact:
    zone = told.time_zone
    if told.HasField("work_session"):
        work = told.work_session
        score = work.productivity_score if work.HasField("productivity_score") else None
        span = work.start_time.seconds, work.end_time.seconds
        return WorkSession(*span, zone, score, work.interruptions)
    if told.HasField("calendar_event"):
        event = told.calendar_event
        span = event.start_time.seconds, event.end_time.seconds
        return CalendarEvent(*span, zone, EventKind.MEETING)
    answer = told.user_input
    question = Question(ingest.UserInput.Question.Name(answer.question).lower())
    return Answer(answer.answer_time.seconds, zone, question, answer.answer)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
