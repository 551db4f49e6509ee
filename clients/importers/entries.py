"""Finds the entries of a calendar, and says what is wrong with those that cannot be used."""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import x_wr_timezone  # type: ignore[import-untyped]
from icalendar import Calendar, Component
from icalendar.prop import vDDDLists, vDDDTypes

from clients.importers.plan import ImportRefused, Skipped, fingerprint, readable
from clients.importers.times import known_zone, length_of, moment, time_of

MAX_BYTES = 20_000_000
NAME_LENGTH = 80


@dataclass(frozen=True)
class Entry:
    """Everything in a file under one UID: the entry itself and its moved or cancelled instances.

    `name` is for the person's eyes. `components` are fit to be expanded; `skipped` are not.
    """

    uid: str
    name: str
    components: tuple[Component, ...]
    skipped: tuple[Skipped, ...]


def parse(raw: bytes | str) -> list[Calendar]:
    """Read the calendars of a file. Raises ImportRefused if there is none."""
    if len(raw) > MAX_BYTES:
        raise ImportRefused(f"the file has more than {MAX_BYTES // 1_000_000} MB")
    text = raw.decode("utf-8-sig", "replace") if isinstance(raw, bytes) else raw
    try:
        with warnings.catch_warnings(action="ignore"):
            found = Calendar.from_ical(text, multiple=True)
    except Exception as trouble:  # What the parser raises on such a file is not a closed set.
        raise ImportRefused("the file is not an iCalendar file") from trouble
    calendars = [each for each in found if isinstance(each, Calendar)]
    if not calendars:
        raise ImportRefused("the file has no calendar in it")
    return calendars


def entries_of(calendar: Calendar, zone: tzinfo) -> list[Entry]:
    """Group the entries of a calendar by UID; times without a zone are meant in `zone`."""
    grouped: dict[str, list[tuple[Component, str]]] = {}
    # Both have the same shape. The faults are looked for in the first, as written.
    for written, read in zip(_events(calendar), _events(_in_own_zone(calendar)), strict=True):
        grouped.setdefault(_uid(written), []).append((read, _fault(written, zone)))
    return [_entry(uid, group) for uid, group in grouped.items()]


def name_of(component: Component) -> str:
    """Name an entry to the person: its summary, else its UID, and the day it is on."""
    title = readable(_text(component, "SUMMARY")) or _text(component, "UID") or "without a name"
    start = component.get("DTSTART")
    if isinstance(start, vDDDTypes) and isinstance(start.dt, date):
        return f"{readable(title)[:NAME_LENGTH]} ({start.dt:%Y-%m-%d})"
    return readable(title)[:NAME_LENGTH]


def _entry(uid: str, group: Iterable[tuple[Component, str]]) -> Entry:
    usable: list[Component] = []
    skipped: list[Skipped] = []
    for component, fault in group:
        if fault:
            skipped.append(Skipped(name_of(component), fault))
            usable.extend(_as_cancelled(component))
        else:
            usable.append(component)
    name = skipped[0].name if not usable else name_of(usable[0])
    return Entry(uid, name, tuple(usable), tuple(skipped))


def _as_cancelled(component: Component) -> Iterator[Component]:
    """Keep a faulty moved instance as a cancelled one: it is not where the rule has it, either."""
    original = component.get("RECURRENCE-ID")
    if not isinstance(original, vDDDTypes) or not isinstance(original.dt, date):
        return
    cancelled = Component.from_ical("BEGIN:VEVENT\nSTATUS:CANCELLED\nEND:VEVENT")
    for name in ("UID", "RECURRENCE-ID", "SEQUENCE"):
        if name in component:
            cancelled[name] = component[name]
    cancelled["DTSTART"] = vDDDTypes(original.dt)
    yield cancelled


def _fault(component: Component, zone: tzinfo) -> str:
    """Say what is wrong with a component, in words; empty when nothing is."""
    start, end = component.get("DTSTART"), component.get("DTEND")
    if start is None:
        return "it has no start"
    if not _is_time(start) or (end is not None and not _is_time(end)):
        return "its start or end cannot be read"
    try:
        return _fault_of_zone(component) or _fault_of_length(component, zone)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return "its times cannot be read"


def _fault_of_zone(component: Component) -> str:
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"):
        given = component.get(name)
        for each in given if isinstance(given, list) else [given]:
            if each is not None and not isinstance(each, vDDDTypes | vDDDLists):
                return "a date of its recurrence cannot be read"
            if each is not None and (unknown := _unknown_zone(each)):
                return f"its time zone {unknown!r} is unknown"
    return ""


def _unknown_zone(value: vDDDTypes | vDDDLists) -> str:
    """Return the name of the zone if the parser could not make anything of it."""
    times = [each.dt for each in value.dts] if isinstance(value, vDDDLists) else [value.dt]
    name = readable(str(value.params.get("TZID", "")))[:NAME_LENGTH]
    naive = any(isinstance(each, datetime) and each.tzinfo is None for each in times)
    return name if naive else ""


def _fault_of_length(component: Component, zone: tzinfo) -> str:
    start = time_of(component, "DTSTART")
    end = _end(component)
    if not isinstance(start, datetime) and end == start:
        # Some programs write the same day twice for an entry of one day.
        return ""
    length = moment(end, zone) - moment(start, zone)
    if length < timedelta():
        return "it ends before it starts"
    return "" if length else "it takes no time"


def _end(component: Component) -> date:
    """Return the end of a component as the standard has it."""
    start = time_of(component, "DTSTART")
    if "DTEND" in component:
        return time_of(component, "DTEND")
    if "DURATION" in component:
        return start + length_of(component)
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _in_own_zone(calendar: Calendar) -> Calendar:
    """Move the times in UTC, and those without a zone, to the zone the calendar is kept in."""
    zone = known_zone(_text(calendar, "X-WR-TIMEZONE"))
    if zone is None:
        return calendar
    moved = x_wr_timezone.to_standard(calendar, timezone=zone)
    return moved if isinstance(moved, Calendar) else calendar


def _events(calendar: Calendar) -> list[Component]:
    return list(calendar.walk("VEVENT"))


def _uid(component: Component) -> str:
    """Return the UID; an entry without one is known by what it says."""
    return _text(component, "UID") or "without:" + fingerprint(
        *(f"{name}={component.get(name)}" for name in ("SUMMARY", "DTSTART", "DTEND"))
    )


def _text(component: Component, name: str) -> str:
    return str(component.get(name, ""))


def _is_time(value: object) -> bool:
    return isinstance(value, vDDDTypes) and isinstance(value.dt, date)
