"""Reads an ActivityWatch export: time at the keyboard becomes work sessions.

A session is time that the afk watcher calls not-afk and in which a window was in front. A break
of five minutes or more, away or without a window, ends it. What is shorter than five minutes, or
longer than a day, is left out and counted. A machine without an afk watcher (a phone) counts only
if no machine has one; without a window watcher, not-afk alone counts. A session has no score.

Interruptions are counted where a window watcher ran. Leaving the app in front counts as one when

- the other app is for messages (mail, chat, calls) and was in front for at least 15 seconds, or
- the other app had not been in front for 15 minutes of the session, stayed for at least 30
  seconds, and an app from before came back within ten minutes: otherwise the task changed;

and then at most one in five minutes, and none in a session's first five minutes, in which one
opens what one needs. So changing between editor, browser and terminal is work, and there are
never more than twelve in an hour; people in offices were seen to change what they work on about
every 12 minutes (González and Mark, "Constant, constant, multi-tasking craziness", CHI 2004).

Titles, addresses and names of apps stay here, but for the name of the main app when asked for.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clients.importers.activity import (
    BREAK,
    Stretch,
    count_interruptions,
    main_app,
    overlap,
    union,
    within,
)
from clients.importers.plan import (
    EARLIEST,
    LATEST,
    Import,
    ImportRefused,
    Skipped,
    Window,
    fingerprint,
    readable,
    source_name,
)
from clients.importers.times import person_zone
from personakit.ingest.v1 import ingest_pb2 as pb

MAX_BYTES = 200_000_000
SHORTEST = 300.0
LONGEST = 86_400.0
TOO_SHORT = "sessions shorter than 5 minutes"
TOO_LONG = "sessions longer than a day"
IN_FUTURE = "sessions in the future"
LABEL_LENGTH = 200

_AFK, _WINDOW = "afkstatus", "currentwindow"


def read_export(
    raw: bytes | str,
    *,
    person_id: str,
    time_zone: str,
    now: datetime,
    keep_titles: bool = False,
) -> Import:
    """Read a whole export: `buckets` keyed by id, or as an array.

    The source is "activitywatch:" and a hash of the names of the machines. The window reaches
    from the first event to the end of the last. Raises ImportRefused.
    """
    zone, skipped = person_zone(time_zone), list[Skipped]()
    machines = _machines(_buckets(raw), skipped)
    source = source_name("activitywatch", *sorted(machines))
    windows = sorted(each for machine in machines.values() for each in machine.windows)
    active = union((each for machine in machines.values() for each in machine.active()), gap=BREAK)
    reasons = {each: _unusable(each, now) for each in active}
    write = _Writer(person_id, zone.key, source, keep_titles).write
    return Import(
        source=source,
        window=_window([*active, *windows]),
        observations=tuple(
            write(each, within(each, windows)) for each in active if not reasons[each]
        ),
        skipped=tuple(skipped),
        left_out=dict(Counter(filter(None, reasons.values()))),
        is_empty=not active and not windows,
        exclusive=True,
    )


@dataclass
class _Machine:
    """What the watchers on one machine saw. `has_afk`: one that knows who is away ran there."""

    has_afk: bool = False
    present: list[Stretch] = field(default_factory=list)
    windows: list[Stretch] = field(default_factory=list)

    def active(self) -> list[Stretch]:
        """Return when somebody was there with a window in front."""
        if not self.has_afk:
            return union(self.windows)
        if not self.windows:
            return union(self.present)
        return list(overlap(union(self.present), union(self.windows)))


@dataclass(frozen=True)
class _Writer:
    person_id: str
    time_zone: str
    source: str
    keep_titles: bool

    def write(self, session: Stretch, windows: list[Stretch]) -> pb.Observation:
        """Make the observation of a session; whole seconds, and an id that follows the content."""
        start, end = math.floor(session.start), math.ceil(session.end)
        work = pb.WorkSession()
        work.start_time.FromSeconds(start)
        work.end_time.FromSeconds(min(end, start + int(LONGEST)))
        if windows:
            work.interruptions = count_interruptions(session, windows)
        content = (end, work.interruptions if windows else "", self.time_zone)
        if self.keep_titles:
            work.label = readable(main_app(windows))[:LABEL_LENGTH]
        return pb.Observation(
            person_id=self.person_id,
            time_zone=self.time_zone,
            source=self.source,
            source_id=f"{start}.{fingerprint(*map(str, content))}",
            work_session=work,
        )


def _buckets(raw: bytes | str) -> list[Mapping[str, object]]:
    if len(raw) > MAX_BYTES:
        raise ImportRefused(f"the file has more than {MAX_BYTES // 1_000_000} MB")
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError) as trouble:
        raise ImportRefused("the file is not JSON") from trouble
    buckets = read.get("buckets") if isinstance(read, dict) else None
    if isinstance(buckets, dict):
        return [{"id": key, **each} for key, each in buckets.items() if isinstance(each, dict)]
    if isinstance(buckets, list):
        return [each for each in buckets if isinstance(each, dict)]
    raise ImportRefused("the file is not an ActivityWatch export: it has no buckets")


def _machines(
    buckets: Iterable[Mapping[str, object]], skipped: list[Skipped]
) -> dict[str, _Machine]:
    """Gather what each machine's watchers saw, by the name of the machine."""
    machines: dict[str, _Machine] = {}
    for bucket in buckets:
        if bucket.get("type") not in {_AFK, _WINDOW}:
            continue
        machine = machines.setdefault(str(bucket.get("hostname")), _Machine())
        machine.has_afk |= bucket.get("type") == _AFK
        stretches = list(_stretches(bucket, skipped))
        (machine.present if bucket.get("type") == _AFK else machine.windows).extend(stretches)
    if not machines:
        raise ImportRefused("the export has neither an afk nor a window bucket")
    with_afk = {name: each for name, each in machines.items() if each.has_afk}
    return with_afk or machines


def _stretches(bucket: Mapping[str, object], skipped: list[Skipped]) -> Iterator[Stretch]:
    """Yield the events of a bucket that can be read; of an afk bucket, when one was there."""
    events = bucket.get("events")
    unreadable = 0
    for event in events if isinstance(events, list) else []:
        stretch = _stretch(event) if isinstance(event, dict) else None
        unreadable += stretch is None
        if stretch and (bucket["type"] == _WINDOW or event["data"].get("status") == "not-afk"):
            yield stretch
    if unreadable:
        name = f"{unreadable} events of {readable(str(bucket.get('id')))[:80]}"
        skipped.append(Skipped(name, "their time, length or content cannot be read"))


def _stretch(event: Mapping[str, object]) -> Stretch | None:
    length, content = event.get("duration"), event.get("data")
    if not isinstance(length, int | float) or not isinstance(content, dict):
        return None
    try:
        start = datetime.fromisoformat(str(event.get("timestamp")))
        begin = start.replace(tzinfo=start.tzinfo or UTC).timestamp()
        end = begin + float(length)
    except (ValueError, OverflowError):
        return None
    if not EARLIEST.timestamp() <= begin <= end < LATEST.timestamp():
        return None
    return Stretch(begin, end, str(content.get("app", "")))


def _unusable(session: Stretch, now: datetime) -> str:
    """Say why a session is left out; empty when it is not."""
    if session.end - session.start < SHORTEST:
        return TOO_SHORT
    if session.end - session.start > LONGEST:
        return TOO_LONG
    return IN_FUTURE if session.end > now.timestamp() else ""


def _window(stretches: list[Stretch]) -> Window:
    start = min((each.start for each in stretches), default=0.0)
    end = max((each.end for each in stretches), default=0.0)
    return Window(
        datetime.fromtimestamp(math.floor(start), UTC), datetime.fromtimestamp(math.ceil(end), UTC)
    )
