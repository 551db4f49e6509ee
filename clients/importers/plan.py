"""What an import found, and what it changes about what was recorded before."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from personakit.ingest.v1 import ingest_pb2 as pb

# The bounds that the API sets on the times of observations.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

BACK = timedelta(days=180)
AHEAD = timedelta(days=60)

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class ImportRefused(Exception):
    """The file as a whole cannot be imported; the message says why, for the person's own eyes."""


@dataclass(frozen=True)
class Skipped:
    """One entry that was not imported. `name` is shown to the person and never sent."""

    name: str
    reason: str


@dataclass(frozen=True)
class Window:
    """The stretch of time that an import speaks of: [from_time, until_time), aware."""

    from_time: datetime
    until_time: datetime

    @classmethod
    def around(cls, now: datetime, back: timedelta = BACK, ahead: timedelta = AHEAD) -> "Window":
        """Reach from `back` before `now` to `ahead` after it, by default 180 and 60 days."""
        return cls(max(now - back, EARLIEST), min(now + ahead, LATEST))

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Tell whether any of [start, end) lies in the window."""
        return start < self.until_time and end > self.from_time


@dataclass(frozen=True)
class Import:
    """What a file says about one window, under one `source`.

    `left_out` counts what is left out on purpose, by reason. `is_empty` says that the file has no
    entry at all, of whatever time. `exclusive` says that two observations of this source never
    overlap.
    """

    source: str
    window: Window
    observations: tuple[pb.Observation, ...]
    skipped: tuple[Skipped, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    is_empty: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Plan:
    """The steps from what is recorded to what the file says.

    Retract first, then record; both may be repeated. `unchanged` is there already.
    """

    to_record: tuple[pb.Observation, ...]
    unchanged: tuple[pb.Observation, ...]
    to_retract: tuple[pb.Observation, ...]


def reconcile(existing: Iterable[pb.Observation], imported: Import) -> Plan:
    """Compare what is recorded in the window with what the file says now.

    `existing` may hold more than the import's source and window; the rest is left alone. So is
    what began before the window, since the file may be cut there; and so is everything if the
    file is empty, since a failed export looks like that.
    """
    there = {each.source_id: each for each in existing if each.source == imported.source}
    wanted = {each.source_id: each for each in imported.observations}
    gone = [there[key] for key in there if key not in wanted]
    new = [wanted[key] for key in wanted if key not in there]
    stale = [each for each in gone if _lies_within(each, imported.window)]
    return Plan(
        to_record=tuple(_without_taken(new, gone, imported)),
        unchanged=tuple(wanted[key] for key in wanted if key in there),
        to_retract=() if imported.is_empty else tuple(stale),
    )


def source_name(kind: str, *identity: str) -> str:
    """Make a source such as "ics:1f0c..." that tells apart, and tells nothing else."""
    return f"{kind}:{fingerprint(*identity)}"


def fingerprint(*parts: str, length: int = 16) -> str:
    """Make a short hash of texts, stable between runs and machines."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


def readable(text: str) -> str:
    """Take out what a terminal or the API would not take."""
    return _UNPRINTABLE.sub(" ", text).strip()


def span(observation: pb.Observation) -> tuple[datetime, datetime]:
    """Tell when an observation began and ended; an answer ends when it begins."""
    if observation.HasField("user_input"):
        at = observation.user_input.answer_time.ToDatetime(UTC)
        return at, at
    if observation.HasField("calendar_event"):
        event = observation.calendar_event
        return event.start_time.ToDatetime(UTC), event.end_time.ToDatetime(UTC)
    session = observation.work_session
    start = session.start_time.ToDatetime(UTC)
    if session.HasField("duration_minutes"):
        return start, start + timedelta(minutes=session.duration_minutes)
    return start, session.end_time.ToDatetime(UTC)


def _lies_within(observation: pb.Observation, window: Window) -> bool:
    start, end = span(observation)
    return start >= window.from_time and window.overlaps(start, end)


def _without_taken(
    new: list[pb.Observation], gone: list[pb.Observation], imported: Import
) -> list[pb.Observation]:
    """Leave out what an observation from before the window, which stays, covers already."""
    if not imported.exclusive:
        return new
    begin = imported.window.from_time
    reaches = [span(each)[1] for each in gone if span(each)[0] < begin]
    taken_until = max(reaches, default=begin)
    return [each for each in new if span(each)[0] >= taken_until]
