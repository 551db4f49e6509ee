"""Reads an iCalendar file: entries and their instances become calendar events.

What counts as what:

- MEETING: a timed entry with attendees, or any other timed entry of at most eight hours.
- FOCUS_BLOCK: one without attendees whose summary says "focus", "deep work", "heads down",
  "maker time" or "no meetings".
- OTHER: an all-day entry, one that shows the person as free or away, one of more than eight hours.

Cancelled entries and instances are left out. An entry that ends before it starts, takes no time,
lasts more than 31 days, has an unknown time zone, cannot be read or recurs too often is skipped
and named. Times without a zone are meant in the zone that the calendar names as its own
(X-WR-TIMEZONE), else in the person's. Summaries stay here unless asked for.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePath
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from clients.importers.entries import Entry, entries_of, name_of, parse
from clients.importers.plan import (
    BACK,
    EARLIEST,
    Import,
    ImportRefused,
    Skipped,
    Window,
    fingerprint,
    readable,
    source_name,
    span,
)
from clients.importers.recurrence import RuleRefused, expand
from clients.importers.times import moment, person_zone, time_of
from personakit.ingest.v1 import ingest_pb2 as pb

MAX_OBSERVATIONS = 20_000
MAX_RESULTS = 200_000
"""Instances that are looked at, wanted or not."""
LONGEST = timedelta(days=31)
LONGEST_MEETING = timedelta(hours=8)
TITLE_LENGTH = 200
OUTSIDE = "outside the time asked for"
CANCELLED = "cancelled"

_FOCUS = re.compile(r"\b(focus|deep[ -]?work|heads?[ -]down|maker time|no[ -]meetings?)\b", re.I)
_COPY_OR_DATE = re.compile(r"([ _-]*(\(\d+\)|copy|\d{4}[-_]?\d{2}[-_]?\d{2}))+$", re.I)
_AWAY = {"FREE", "OOF", "WORKINGELSEWHERE"}


def read_calendar(
    raw: bytes | str,
    *,
    person_id: str,
    time_zone: str,
    now: datetime,
    file_name: str = "",
    calendar: str = "",
    window: Window | None = None,
    keep_titles: bool = False,
) -> Import:
    """Read a whole file. Without a `window`: 180 days back to 60 days ahead of `now`, and for a
    calendar that ended before that, back to 180 days before its last entry.

    The source is "ics:" and `calendar`, if given; else a hash of the names of calendar and file,
    without the "(1)" or date that a repeated download adds. Raises ImportRefused.
    """
    calendars = parse(raw)
    zone = person_zone(time_zone)
    source = f"ics:{calendar}"[:64] if calendar else _source(calendars, file_name)
    entries = [entry for each in calendars for entry in entries_of(each, zone)]
    reader = _Reader(person_id, zone, keep_titles, source, tuple(entries))
    if window is not None:
        return reader.read(window)
    usual = Window.around(now)
    found = reader.read(usual)
    last = None if found.observations else reader.last_end(usual.from_time)
    if last is None:
        return found
    return reader.read(Window(max(last - BACK, EARLIEST), usual.until_time))


@dataclass(frozen=True)
class _Reader:
    """Turns the entries of a file into observations of one person, window by window."""

    person_id: str
    zone: ZoneInfo
    keep_titles: bool
    source: str
    entries: tuple[Entry, ...]

    def read(self, window: Window) -> Import:
        """Read all that overlaps the window."""
        results = list(islice(self._all(window), MAX_RESULTS))
        found = {each.source_id: each for each in results if isinstance(each, pb.Observation)}
        if len(found) > MAX_OBSERVATIONS or len(results) == MAX_RESULTS:
            raise ImportRefused(f"more than {MAX_OBSERVATIONS} events; ask for less time")
        return Import(
            source=self.source,
            window=window,
            observations=tuple(sorted(found.values(), key=span)),
            skipped=tuple(dict.fromkeys(each for each in results if isinstance(each, Skipped))),
            left_out=dict(Counter(each for each in results if isinstance(each, str))),
            is_empty=not self.entries,
        )

    def _all(self, window: Window) -> Iterator[pb.Observation | Skipped | str]:
        for entry in self.entries:
            yield from entry.skipped
            yield from self._results(entry, window)

    def last_end(self, before: datetime) -> datetime | None:
        """Tell when the last instance ended that began before a time."""
        everything = Window(EARLIEST, before)
        return max(
            (
                span(each)[1]
                for entry in self.entries
                for each in self._results(entry, everything)
                if isinstance(each, pb.Observation)
            ),
            default=None,
        )

    def _results(self, entry: Entry, window: Window) -> Iterator[pb.Observation | Skipped | str]:
        """Yield observations, what is skipped, and why anything is left out."""
        if not entry.components:
            return
        try:
            instances = expand(entry.components, window, self.zone)
            results = [self._result(entry, each, window) for each in instances]
        except RuleRefused as refusal:
            yield Skipped(entry.name, str(refusal))
            return
        except Exception:  # What the libraries raise on a malformed entry is not a closed set.
            yield Skipped(entry.name, "it cannot be read")
            return
        inside = [each for each in results if each != OUTSIDE]
        yield from inside or [OUTSIDE]

    def _result(
        self, entry: Entry, instance: Component, window: Window
    ) -> pb.Observation | Skipped | str:
        begin, finish = time_of(instance, "DTSTART"), time_of(instance, "DTEND")
        all_day = not isinstance(begin, datetime)
        if all_day and begin == finish:
            finish += timedelta(days=1)
        start, end = moment(begin, self.zone), moment(finish, self.zone)
        if not window.overlaps(start, end) or start < EARLIEST:
            return OUTSIDE
        if str(instance.get("STATUS", "")).upper() == "CANCELLED":
            return CANCELLED
        if end <= start or end - start > LONGEST:
            wrong = "it lasts more than 31 days" if end > start else "it takes no time"
            return Skipped(name_of(instance), wrong)
        event = pb.CalendarEvent(kind=_kind(instance, end - start, all_day), all_day=all_day)
        event.start_time.FromDatetime(start)
        event.end_time.FromDatetime(end)
        return self._observation(entry, instance, event)

    def _observation(
        self, entry: Entry, instance: Component, event: pb.CalendarEvent
    ) -> pb.Observation:
        begin, finish = event.start_time.seconds, event.end_time.seconds
        content = (begin, finish, event.kind, event.all_day, self.zone.key)
        if self.keep_titles:
            event.title = readable(str(instance.get("SUMMARY", "")))[:TITLE_LENGTH]
        original = _original_start(instance, self.zone)
        return pb.Observation(
            person_id=self.person_id,
            time_zone=self.zone.key,
            source=self.source,
            source_id=f"{fingerprint(entry.uid)}.{original}.{fingerprint(*map(str, content))}",
            calendar_event=event,
        )


def _kind(instance: Component, length: timedelta, all_day: bool) -> pb.CalendarEvent.Kind.ValueType:
    transparent = str(instance.get("TRANSP", "")).upper() == "TRANSPARENT"
    away = str(instance.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in _AWAY
    if all_day or transparent or away or length > LONGEST_MEETING:
        return pb.CalendarEvent.OTHER
    if "ATTENDEE" not in instance and _FOCUS.search(str(instance.get("SUMMARY", ""))):
        return pb.CalendarEvent.FOCUS_BLOCK
    return pb.CalendarEvent.MEETING


def _original_start(instance: Component, zone: ZoneInfo) -> str:
    """Say where the rule had the instance, however far it was moved."""
    given = time_of(instance, "RECURRENCE-ID")
    if not isinstance(given, datetime):
        return f"{given:%Y%m%d}"
    return f"{moment(given, zone):%Y%m%dT%H%M%SZ}"


def _source(calendars: list[Calendar], file_name: str) -> str:
    """Name the calendar so that another download of it has the same name."""
    stem = _COPY_OR_DATE.sub("", PurePath(file_name).stem)
    names = (str(calendars[0].get(each, "")) for each in ("X-WR-CALNAME", "PRODID"))
    return source_name("ics", *names, stem)
