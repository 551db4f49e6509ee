"""Joins stretches of computer use into sessions, and counts what interrupted them."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

BREAK = 300.0
"""Seconds without use that end a session."""

SETTLING = 300.0
"""Seconds of a session, and after an interruption, in which no interruption is counted."""
MESSAGE_STAY = 15.0
OTHER_STAY = 30.0
FORGOTTEN_AFTER = 900.0
BACK_WITHIN = 600.0

_MESSAGES = re.compile(
    r"slack|teams|outlook|olk\.exe|thunderbird|mail|discord|telegram|signal|whatsapp|skype|zoom"
    r"|webex|mattermost|rocket\.chat|element|messages|messenger|wechat",
    re.IGNORECASE,
)


class Stretch(NamedTuple):
    """A stretch of time in seconds since 1970, and the app in front during it, if one was."""

    start: float
    end: float
    app: str = ""


def union(stretches: Iterable[Stretch], gap: float = 0.0) -> list[Stretch]:
    """Merge what overlaps, touches, or is less than `gap` apart; in order, without apps."""
    merged: list[Stretch] = []
    for start, end, _ in sorted(stretches):
        if merged and (start <= merged[-1].end or start - merged[-1].end < gap):
            merged[-1] = Stretch(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Stretch(start, end))
    return merged


def overlap(some: Sequence[Stretch], others: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what lies in both; each side must come from `union`."""
    i = j = 0
    while i < len(some) and j < len(others):
        start, end = max(some[i].start, others[j].start), min(some[i].end, others[j].end)
        if start < end:
            yield Stretch(start, end)
        if some[i].end < others[j].end:
            i += 1
        else:
            j += 1


def within(session: Stretch, windows: Sequence[Stretch]) -> list[Stretch]:
    """Return the parts of sorted windows that lie in the session."""
    first = bisect_left(windows, Stretch(session.start, 0.0))
    # A window that was in front before the session began may reach into it.
    first = max(first - 1, 0)
    inside: list[Stretch] = []
    for start, end, app in windows[first:]:
        if start >= session.end:
            break
        if end >= session.start:
            inside.append(Stretch(max(start, session.start), min(end, session.end), app))
    return inside


def main_app(windows: Iterable[Stretch]) -> str:
    """Name the app that was in front the longest."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for start, end, app in windows:
        seconds[app] += end - start
    return max(seconds, key=lambda app: seconds[app], default="")


def count_interruptions(session: Stretch, windows: Sequence[Stretch]) -> int:
    """Count by the rule that `activitywatch` states. `windows` come from `within`."""
    visits = _visits(session, windows)
    last_seen: dict[str, float] = {}
    counted, quiet_until = 0, session.start + SETTLING
    for index, visit in enumerate(visits):
        before = visits[index - 1].app if index else visit.app
        absent = visit.start - last_seen.get(visit.app, session.start)
        foreign = absent >= FORGOTTEN_AFTER and _is_detour(visit, visits[index + 1 :], last_seen)
        if visit.start >= quiet_until and (foreign or _is_message(visit, before)):
            counted, quiet_until = counted + 1, visit.start + SETTLING
        last_seen[visit.app] = visit.end
    return counted


def _visits(session: Stretch, windows: Sequence[Stretch]) -> list[Stretch]:
    """Join windows of the same app; an app stays in front until the next one comes."""
    starts = [windows[0], *(b for a, b in pairwise(windows) if a.app != b.app)] if windows else []
    ends = [each.start for each in starts[1:]] + [session.end]
    return [Stretch(a.start, end, a.app) for a, end in zip(starts, ends, strict=False)]


def _is_message(visit: Stretch, before: str) -> bool:
    if visit.end - visit.start < MESSAGE_STAY or _MESSAGES.search(before):
        return False
    return _MESSAGES.search(visit.app) is not None


def _is_detour(visit: Stretch, later: Iterable[Stretch], last_seen: dict[str, float]) -> bool:
    if visit.end - visit.start < OTHER_STAY:
        return False
    for each in later:
        if each.start > visit.end + BACK_WITHIN:
            return False
        if each.app in last_seen:
            return True
    return False
