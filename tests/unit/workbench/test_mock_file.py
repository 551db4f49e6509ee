"""Files of made-up days."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.importers.plan import Import, ImportRefused
from clients.workbench.mock_file import read_mock
from personakit.ingest.v1 import ingest_pb2 as pb

EVENT = {
    "id": "evt_001",
    "start": "2024-01-15T09:00:00Z",
    "end": "2024-01-15T10:00:00Z",
    "type": "meeting",
    "title": "Team Standup",
}
BLOCK = EVENT | {"id": "evt_002", "type": "focus_block"}
SESSION = {
    "start": "2024-01-15T09:00:00Z",
    "end": "2024-01-15T09:45:00Z",
    "productivity_score": 3,
    "interruptions": 2,
}


def read(document: object) -> Import:
    raw = json.dumps(document).encode()
    return read_mock(raw, person_id="ana", zone=ZoneInfo("Asia/Tokyo"), name="days.json")


def refused(**document: Any) -> str:
    with pytest.raises(ImportRefused) as refusal:
        read(document)
    return str(refusal.value)


def test_sessions_and_events_are_read() -> None:
    found = read({"mock_calendar_events": [EVENT, BLOCK], "mock_work_sessions": [SESSION]})
    session, meeting, block = found.observations
    assert session.work_session.interruptions == 2
    assert meeting.calendar_event.kind == pb.CalendarEvent.MEETING
    assert block.calendar_event.kind == pb.CalendarEvent.FOCUS_BLOCK
    assert {each.time_zone for each in found.observations} == {"Asia/Tokyo"}
    assert {each.source for each in found.observations} == {"mock:days.json"}


def test_reading_again_gives_the_same_ids_and_a_changed_entry_another() -> None:
    document = {"mock_work_sessions": [SESSION]}
    changed = {"mock_work_sessions": [SESSION | {"productivity_score": 4}]}
    (first,), (again,) = read(document).observations, read(document).observations
    (other,) = read(changed).observations
    assert first.source_id == again.source_id != other.source_id


def test_a_time_without_an_offset_is_the_persons_own() -> None:
    local = SESSION | {"start": "2024-01-15T09:00:00", "end": "2024-01-15T09:45:00"}
    (session,) = read({"mock_work_sessions": [local]}).observations
    assert session.work_session.start_time.ToJsonString() == "2024-01-15T00:00:00Z"


def test_absent_counts_stay_absent() -> None:
    bare = {"start": SESSION["start"], "end": SESSION["end"]}
    (session,) = read({"mock_work_sessions": [bare]}).observations
    assert not session.work_session.HasField("interruptions")


@pytest.mark.parametrize(
    "wrong",
    [
        {"productivity_score": 9},
        {"productivity_score": "high"},
        {"interruptions": -1},
        {"start": "yesterday"},
        {"end": None},
        {"mood": "good"},
    ],
)
def test_a_wrong_entry_is_named_by_its_place(wrong: dict[str, object]) -> None:
    assert "mock_work_sessions[1]" in refused(mock_work_sessions=[SESSION, SESSION | wrong])


def test_an_unknown_type_of_event_is_refused() -> None:
    assert "mock_calendar_events[0]" in refused(mock_calendar_events=[EVENT | {"type": "party"}])


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"other": []}', b'{"mock_work_sessions": 1}'])
def test_another_kind_of_file_is_refused(raw: bytes) -> None:
    with pytest.raises(ImportRefused):
        read_mock(raw, person_id="ana", zone=ZoneInfo("UTC"), name="x")
