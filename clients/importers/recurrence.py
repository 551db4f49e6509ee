"""Expands the recurrences of one calendar entry, and refuses those that would not end."""

import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Component
from icalendar.prop import vRecur

from clients.importers.plan import Window
from clients.importers.times import moment, time_of

MAX_STEPS = 100_000
"""Steps of a rule from its first day on: a daily one for 270 years, an hourly one for eleven."""
MAX_OCCURRENCES = 5_000
"""Instances of one entry in one window: 20 a day for the usual 240 days."""

_PER_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}
_TIME_PARTS = ("BYSECOND", "BYMINUTE", "BYHOUR")
_EXPANDS = {"SECONDLY": 0, "MINUTELY": 1, "HOURLY": 2}
# Together with a frequency of a day or less they can name a day that never comes, and such a rule
# is only found out in the year 9999.
_DAY_PARTS = ("BYSETPOS", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
_PLAIN_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_MARGIN = timedelta(days=1)


class RuleRefused(Exception):
    """The entry recurs more often than a calendar of a person can, or in a way that never ends."""


def expand(components: Sequence[Component], window: Window, zone: tzinfo) -> list[Component]:
    """Return the instances of one entry that may lie in the window, and some just outside it.

    `components` share a UID: the entry itself and its moved or cancelled instances.
    Raises RuleRefused before anything is expanded; a malformed entry raises anything.
    """
    for component in components:
        check_rules(component, window, zone)
    calendar = Calendar()
    for component in components:
        calendar.add_component(component)
    # Floating times are compared without their zone, so up to a day too much is asked for.
    earliest, latest = window.from_time - _MARGIN, window.until_time + _MARGIN
    with warnings.catch_warnings(action="ignore"):
        return list(recurring_ical_events.of(calendar).between(earliest, latest))


def check_rules(component: Component, window: Window, zone: tzinfo) -> None:
    """Raise RuleRefused when a recurrence rule of the component has too many steps."""
    rules = component.get("RRULE") or []
    start = moment(time_of(component, "DTSTART"), zone)
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, vRecur):
            raise RuleRefused("its recurrence rule cannot be read")
        _check_rule({key.upper(): value for key, value in rule.items()}, start, window, zone)


def _check_rule(
    rule: Mapping[str, Sequence[object]], start: datetime, window: Window, zone: tzinfo
) -> None:
    frequency = str(next(iter(rule.get("FREQ", [])), ""))
    interval, count = _number(rule, "INTERVAL", 1), _number(rule, "COUNT", MAX_STEPS + 1)
    if interval < 1 or not frequency:
        raise RuleRefused("its recurrence rule cannot be read")
    if frequency in {"DAILY", *_PER_DAY} and any(part in rule for part in _DAY_PARTS):
        raise RuleRefused("its recurrence rule may never come true")
    until = _until(rule, window, zone)
    a_day = _rate(rule, frequency, interval)
    steps = a_day * _days(start, until)
    if rule.keys() <= _PLAIN_PARTS:
        steps = min(steps, count)
    instances = min(steps, count, a_day * _days(max(start, window.from_time), until))
    if steps > MAX_STEPS or instances > MAX_OCCURRENCES:
        raise RuleRefused(f"it recurs too often: {frequency.lower()}, without end in sight")


def _rate(rule: Mapping[str, Sequence[object]], frequency: str, interval: int) -> float:
    """Bound how often a rule is tried on one day."""
    times = 1.0
    for part in _TIME_PARTS[: _EXPANDS.get(frequency, 3)]:
        times *= max(len(rule.get(part, [])), 1)
    if frequency in {"DAILY", *_PER_DAY}:
        return times * _PER_DAY.get(frequency, 1) / interval
    return times


def _until(rule: Mapping[str, Sequence[object]], window: Window, zone: tzinfo) -> datetime:
    given = next(iter(rule.get("UNTIL", [])), None)
    latest = window.until_time + _MARGIN
    return min(moment(given, zone), latest) if isinstance(given, date) else latest


def _number(rule: Mapping[str, Sequence[object]], part: str, otherwise: int) -> int:
    given = next(iter(rule.get(part, [])), otherwise)
    return int(given) if isinstance(given, int) else 0


def _days(start: datetime, end: datetime) -> float:
    return max((end - start) / timedelta(days=1), 0.0)
