"""Shows a change of what would be suggested, on one line."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from clients.cli.show.words import local
from clients.trouble import readable
from personakit.persona.v1 import persona_pb2 as pb

_Cause = pb.WatchSuggestionsResponse
_CAUSES: Final = {
    _Cause.STARTED: "as things stand",
    _Cause.TRAITS_CHANGED: "more is known",
    _Cause.MEETING: "a meeting is near, begins or is over",
    _Cause.ENERGY_WINDOW: "a time of high energy begins or ends",
    _Cause.WORKING_DAY: "the working day begins or ends",
}


def line(change: pb.WatchSuggestionsResponse, zone: ZoneInfo) -> str:
    """Such as "10:30  a meeting is near, begins or is over: meeting_preparation"."""
    causes = [_CAUSES[cause] for cause in change.causes if cause in _CAUSES]
    types = ", ".join(change.suggestion_types) or "nothing to suggest"
    when = f"{local(change.change_time, zone):%H:%M}"
    return readable(f"{when}  {', '.join(causes) or 'something else changed'}: {types}")
