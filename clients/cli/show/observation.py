"""Says what was recorded, and what became of it."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from clients.cli.show.words import many, minutes, short_time, zone_or_utc
from clients.trouble import readable
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.profiler.v1 import profiler_pb2


def recorded(observation: pb.Observation) -> str:
    """Such as "Recorded for ana: work session of 90 min from 2026-11-17 09:00 (Asia/Tokyo)."."""
    return f"Recorded for {observation.person_id}: {_kind(observation)}."


def how_to_retract(observation: pb.Observation) -> str:
    """The command that takes it back."""
    who, which = observation.person_id, observation.observation_id
    return f"To take it back: `persona-kit retract {which} --person {who}`."


def retracted(observation_id: str) -> str:
    """What holds for any id: the server does not tell whether it ever saw this one."""
    return f"Taken back, if it was ever recorded: {readable(observation_id)}."


def reflected(status: profiler_pb2.ProcessingStatus) -> str:
    """How far the mindscape is."""
    version = f"Mindscape version {status.mindscape_version}"
    if status.failed:
        return f"{version}; {many(status.failed, 'task')} failed: see `persona-kit failed`."
    if status.pending:
        waiting = many(status.pending, "observation")
        return f"{version}; {waiting} still waiting: see `persona-kit status`."
    return f"{version} reflects it."


def _kind(observation: pb.Observation) -> str:
    zone = observation.time_zone
    if observation.HasField("user_input"):
        given = observation.user_input
        question = pb.UserInput.Question.Name(given.question).lower().replace("_", " ")
        return f"{question} is {readable(given.answer)}"
    if observation.HasField("calendar_event"):
        event = observation.calendar_event
        name = pb.CalendarEvent.Kind.Name(event.kind).lower().replace("_", " ")
        return _stretch(name, event.start_time, _between(event.start_time, event.end_time), zone)
    session = observation.work_session
    length = session.duration_minutes or _between(session.start_time, session.end_time)
    return _stretch("work session", session.start_time, length, zone)


def _between(start: Timestamp, end: Timestamp) -> int:
    return (end.seconds - start.seconds) // 60


def _stretch(name: str, start: Timestamp, length: int, zone_name: str) -> str:
    zone = zone_or_utc(zone_name)
    return f"{name} of {minutes(length)} from {short_time(start, zone)} ({zone.key})"
