"""Reads a file of made-up days: `mock_calendar_events` and `mock_work_sessions`.

    {"mock_calendar_events": [{"id": "evt_001", "start": "2024-01-15T09:00:00Z",
                               "end": "2024-01-15T10:00:00Z", "type": "meeting", "title": "..."}],
     "mock_work_sessions": [{"start": "2024-01-15T09:00:00Z", "end": "2024-01-15T09:45:00Z",
                             "productivity_score": 3, "interruptions": 2}]}

`type` is "meeting", "focus_block" or "other"; `type`, `title`, the score and the interruptions may
be left out, and so may one of the lists. A time without an offset is meant in the person's zone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import protovalidate
from google.protobuf.json_format import ParseDict, ParseError

from clients.cli.times import BadTime, moment_of
from clients.importers.plan import EARLIEST, LATEST, Import, ImportRefused, Window, fingerprint
from personakit.ingest.v1 import ingest_pb2 as pb

EVENTS: Final = "mock_calendar_events"
SESSIONS: Final = "mock_work_sessions"
_RENAMED: Final = {"start": "start_time", "end": "end_time", "type": "kind"}

_Entry = Mapping[str, Any]


def read_mock(raw: bytes, *, person_id: str, zone: ZoneInfo, name: str) -> Import:
    """Read a whole file; `name` tells its observations from those of other files.

    Raises ImportRefused with the place of the first thing that is wrong.
    """
    document = _parsed(raw)
    reader = _Reader(person_id, zone, f"mock:{name}"[:64])
    sessions = [reader.session(*each) for each in _entries(document, SESSIONS)]
    events = [reader.event(*each) for each in _entries(document, EVENTS)]
    return Import(reader.source, Window(EARLIEST, LATEST), (*sessions, *events))


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(raw)
    except ValueError as trouble:
        raise ImportRefused(f"it is not JSON ({trouble})") from None
    if not isinstance(document, dict) or not document or document.keys() - {EVENTS, SESSIONS}:
        raise ImportRefused(f"it must be an object with {EVENTS} and {SESSIONS}, and nothing else")
    return document


def _entries(document: Mapping[str, Any], name: str) -> Iterator[tuple[str, _Entry]]:
    """Yield the place and the content of the entries of a list."""
    entries = document.get(name, [])
    if not isinstance(entries, list):
        raise ImportRefused(f"{name} must be a list")
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise ImportRefused(f"{name}[{number}] must be an object")
        yield f"{name}[{number}]", entry


@dataclass(frozen=True)
class _Reader:
    """Makes observations of entries, by the rules of the API."""

    person_id: str
    zone: ZoneInfo
    source: str

    def session(self, place: str, entry: _Entry) -> pb.Observation:
        """Make a work session."""
        return self._observation(place, "work_session", self._in_words_of_the_api(place, entry))

    def event(self, place: str, entry: _Entry) -> pb.Observation:
        """Make a calendar event; its id is the file's business."""
        named = {key: value for key, value in entry.items() if key != "id"}
        content = self._in_words_of_the_api(place, named)
        kind = content.get("kind")
        if isinstance(kind, str):
            content["kind"] = kind.upper()
        return self._observation(place, "calendar_event", content)

    def _in_words_of_the_api(self, place: str, entry: _Entry) -> dict[str, Any]:
        content = {_RENAMED.get(key, key): value for key, value in entry.items()}
        for name in ("start", "end"):
            content[_RENAMED[name]] = self._moment(f"{place}.{name}", entry.get(name)).isoformat()
        return content

    def _moment(self, place: str, text: object) -> datetime:
        if not isinstance(text, str) or "T" not in text:
            raise ImportRefused(f"{place} must be a time such as 2024-01-15T09:00:00Z")
        try:
            return moment_of(text, self.zone, EARLIEST)
        except BadTime as trouble:
            raise ImportRefused(f"{place}: {trouble}") from None

    def _observation(self, place: str, kind: str, content: Mapping[str, Any]) -> pb.Observation:
        shared = {
            "person_id": self.person_id,
            "time_zone": self.zone.key,
            "source": self.source,
            "source_id": f"{kind}:{fingerprint(json.dumps(content, sort_keys=True))}",
        }
        try:
            observation = ParseDict({**shared, kind: content}, pb.Observation())
            protovalidate.validate(observation)
        except (ParseError, protovalidate.ValidationError) as trouble:
            raise ImportRefused(f"{place}: {trouble}") from None
        return observation
