"""Answers what is believed of a person, why, and how far the work on their observations is."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.kit.clock import Clock
from services.kit.errors import NotFound
from services.kit.paging import decode_cursor, encode_cursor
from services.profiler.days import NOWHERE, Day, Days
from services.profiler.localtime import local_date, zone_named
from services.profiler.model import (
    FailedTask,
    Mindscape,
    PersonId,
    ProcessingStatus,
    Version,
)
from services.profiler.traits import RULES, energy_level
from services.profiler.usecases.ports import Ledgers, Mindscapes, Notices, Queue

KEPT_WHOLE = timedelta(days=7)
MOST_DAYS_EXPLAINED = 60
LONGEST_SLEEP = 1.0
"""Seconds after which a waiting call looks again, in case that a notice was lost."""

BEYOND_ALL = 2**63
"""Versions and positions are below it."""
VERSIONS, FAILED = "mindscape_versions", "failed_tasks"
_RULES = {rule.name: rule for rule in RULES}


async def get_mindscape(
    mindscapes: Mindscapes,
    ledgers: Ledgers,
    person_id: PersonId,
    *,
    version: int | None,
    as_of: datetime | None,
    at: datetime,
) -> Mindscape:
    """Returns a mindscape with `current_state` as it is at the moment `at`."""
    found = await find(mindscapes, person_id, version, as_of)
    today = await days_around(ledgers, found, at)
    level = energy_level.energy_level(found.traits, today, seconds_of(at), found.zone or "UTC")
    if level is None:
        return found
    return replace(found, traits={**found.traits, energy_level.NAME: level})


async def find(
    mindscapes: Mindscapes, person_id: PersonId, version: int | None, as_of: datetime | None
) -> Mindscape:
    """Returns the version asked for or that was current then, without `current_state`."""
    if version is not None:
        found = await mindscapes.at_version(person_id, version)
    elif as_of is not None:
        found = await mindscapes.as_of(person_id, as_of)
    else:
        found = await mindscapes.current(person_id)
    if found is not None:
        return found
    if await mindscapes.current(person_id) is None:
        raise NotFound("MINDSCAPE_NOT_FOUND", "nothing is known of this person yet")
    raise _not_kept(version, await mindscapes.around(person_id, version or 0))


def _not_kept(version: int | None, kept: Sequence[int]) -> NotFound:
    """Names the versions that are kept next to the one that is not; 0 stands for long ago."""
    asked = f"version {version} does not exist or is" if version else "what was known then is"
    nearby = " and ".join(str(one) for one in kept)
    return NotFound(
        "VERSION_NOT_FOUND",
        f"{asked} no longer kept; kept next to it: {nearby}",
        metadata={"kept_versions": ",".join(str(one) for one in kept)},
    )


async def days_around(ledgers: Ledgers, mindscape: Mindscape, at: datetime) -> list[Day]:
    today = local_date(seconds_of(at), zone_named(mindscape.zone or "UTC"))
    days = await ledgers.days(mindscape.person_id, [today - timedelta(days=1), today])
    return opened(days)


def opened(days: Days) -> list[Day]:
    return [Day.of(day, days[day]) for day in sorted(days) if day != NOWHERE]


def seconds_of(moment: datetime) -> int:
    return int(moment.timestamp())


async def list_versions(
    mindscapes: Mindscapes, person_id: PersonId, size: int, page_token: str
) -> tuple[Sequence[Version], str]:
    """Returns a page of kept versions, newest first, and the token of the next."""
    before = decode_cursor(VERSIONS, page_token, _place)
    found = await mindscapes.versions(person_id, before, size + 1)
    more = len(found) > size
    token = encode_cursor(VERSIONS, str(found[size - 1].version)) if more else ""
    return found[:size], token


def _place(value: str) -> int:
    if 0 < (place := int(value)) < BEYOND_ALL:
        return place
    raise ValueError(value)


async def get_status(queue: Queue, clock: Clock, person_id: PersonId) -> ProcessingStatus:
    """Tells how far the work on a person's observations is."""
    return await queue.status(person_id, clock.now())


async def wait_processed(
    queue: Queue, notices: Notices, clock: Clock, person_id: PersonId, patience: timedelta
) -> ProcessingStatus:
    """Waits until nothing that was recorded before the call is open, or the time is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    with notices.mindscape(person_id) as changed:
        newest = await queue.last_position(person_id)
        while await queue.is_open(person_id, newest):
            left = deadline - loop.time()
            if left <= 0:
                break
            await changed.wait(min(left, LONGEST_SLEEP))
    return await queue.status(person_id, clock.now())


async def list_failed(
    queue: Queue, person_id: PersonId, size: int, page_token: str
) -> tuple[Sequence[FailedTask], str]:
    """Returns a page of given-up tasks, oldest first, and the token of the next."""
    after = decode_cursor(FAILED, page_token, _place) or 0
    found = await queue.failed(person_id, after, size + 1)
    token = encode_cursor(FAILED, str(found[size - 1][0])) if len(found) > size else ""
    return [task for _, task in found[:size]], token


async def retry_failed(
    queue: Queue, clock: Clock, person_id: PersonId, task_ids: Sequence[UUID]
) -> int:
    """Puts given-up tasks back into the queue with new attempts; without ids, all of them."""
    return await queue.retry(person_id, task_ids, clock.now())


async def thin_history(mindscapes: Mindscapes, clock: Clock) -> int:
    """Of versions made more than 7 days ago, keeps the last of each day."""
    midnight = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return await mindscapes.thin(midnight - KEPT_WHOLE)
