"""Reads times and the names of time zones as other programs write them."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Component
from icalendar.prop import vDDDTypes

from clients.importers.plan import ImportRefused


def known_zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name, or None if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def person_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name. Raises ImportRefused if there is none of that name."""
    zone = known_zone(name)
    if zone is None:
        raise ImportRefused(f"{name!r} is not a time zone, such as Europe/Berlin")
    return zone


def moment(value: date, zone: tzinfo) -> datetime:
    """Read a date or a date-time as UTC; without a zone it is meant in `zone`."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def time_of(component: Component, name: str) -> date:
    """Return a date or date-time of a component. Raises ValueError if there is none."""
    value = component.get(name)
    if isinstance(value, vDDDTypes) and isinstance(value.dt, date):
        return value.dt
    raise ValueError(name)


def length_of(component: Component) -> timedelta:
    """Return the duration of a component. Raises ValueError if it cannot be read."""
    value: object = getattr(component.get("DURATION"), "dt", None)
    if isinstance(value, timedelta):
        return value
    raise ValueError("DURATION")
