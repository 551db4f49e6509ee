"""What is kept of a person, as records to export."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from services.kit.person_data import Record, Section
from services.kit.times import timestamp
from services.profiler.api.traits import mindscape_to_proto
from services.profiler.days import NOWHERE
from services.profiler.model import (
    Answer,
    CalendarEvent,
    Fact,
    ObservationId,
    PersonId,
    WorkSession,
)
from services.profiler.usecases import Beliefs, Noted


def sections(beliefs: Beliefs) -> Mapping[str, Section]:
    """Returns how to read what the profiler keeps of a person, without what follows from it."""

    async def facts(person_id: str, after: str, limit: int) -> Sequence[Record]:
        day, _, name = after.partition(" ")
        place = (date.fromisoformat(day), ObservationId(name)) if day else None
        found = await beliefs.facts(PersonId(person_id), place, limit)
        return [Record(f"{one.day} {one.observation_id}", _noted(one)) for one in found]

    async def mindscapes(person_id: str, after: str, limit: int) -> Sequence[Record]:
        found = await beliefs.history(PersonId(person_id), int(after or 0), limit)
        return [Record.of(mindscape_to_proto(one), str(one.version)) for one in found]

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
