"""IANA time zones by name."""

from zoneinfo import ZoneInfo, available_timezones

from services.kit.errors import Invalid

_NAMES = frozenset(available_timezones())


def zone_named(name: str, *, field: str) -> ZoneInfo:
    """Returns the zone; refuses a name that the IANA database does not have."""
    if name not in _NAMES:
        raise Invalid(
            "UNKNOWN_TIME_ZONE",
            "not an IANA time zone such as 'Europe/Berlin'",
            field=field,
        )
    return ZoneInfo(name)
