"""Answers what is believed of a person, why, and how far the work on their observations is."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.kit.clock import Clock
from services.kit.errors import NotFound
from services.kit.paging import decode_cursor, encode_cursor
from services.profiler.days import NOWHERE, Day, Days
from services.profiler.localtime import local_date, zone_named
from services.profiler.memory import MOST_WEEKS, newest_evidence, weight_of
from services.profiler.model import (
    EvidenceDay,
    Explanation,
    FailedTask,
    Mindscape,
    PersonId,
    ProcessingStatus,
    Trait,
    Version,
)
from services.profiler.traits import RULES, energy_level, evidence
from services.profiler.traits.rule import Rule
from services.profiler.usecases.ports import Ledgers, Mindscapes, Notices, Queue
from services.profiler.weeks import Week

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
    found = await _find(mindscapes, person_id, version, as_of)
    today = await _days_around(ledgers, found, at)
    level = energy_level.energy_level(found.traits, today, _seconds(at), found.zone or "UTC")
    if level is None:
        return found
    return replace(found, traits={**found.traits, energy_level.NAME: level})


async def _find(
    mindscapes: Mindscapes, person_id: PersonId, version: int | None, as_of: datetime | None
) -> Mindscape:
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
    raise NotFound("VERSION_NOT_FOUND", "there is no such version, or it is no longer kept")


async def _days_around(ledgers: Ledgers, mindscape: Mindscape, at: datetime) -> list[Day]:
    today = local_date(_seconds(at), zone_named(mindscape.zone or "UTC"))
    days = await ledgers.days(mindscape.person_id, [today - timedelta(days=1), today])
    return _read(days)


def _read(days: Days) -> list[Day]:
    return [Day.of(day, days[day]) for day in sorted(days) if day != NOWHERE]


def _seconds(moment: datetime) -> int:
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


async def explain(
    mindscapes: Mindscapes, ledgers: Ledgers, clock: Clock, person_id: PersonId, name: str
) -> Explanation:
    """Returns what a trait rests on, from the ledger's facts."""
    now = clock.now()
    mindscape = await get_mindscape(
        mindscapes, ledgers, person_id, version=None, as_of=None, at=now
    )
    trait = mindscape.traits.get(name)
    if trait is None:
        raise NotFound("TRAIT_NOT_FOUND", "nothing was seen that says anything about it")
    if name == energy_level.NAME:
        days = await _days_around(ledgers, mindscape, now)
        return _explain_now(trait, days, _seconds(now))
    return await _explain(_RULES[name], trait, ledgers, mindscape)


async def _explain(rule: Rule, trait: Trait, ledgers: Ledgers, mindscape: Mindscape) -> Explanation:
    """Finds the days by what weeks say of them: only those that are told are read."""
    weeks = await ledgers.weeks(mindscape.person_id, MOST_WEEKS)
    last, newest = _last_day(mindscape), newest_evidence(weeks)
    telling = [
        day
        for day in _telling(rule, weeks)
        if newest and day <= last and weight_of(day, newest) > 0
    ]
    told = telling[:MOST_DAYS_EXPLAINED]
    days = _read(await ledgers.days(mindscape.person_id, told))
    found = [
        EvidenceDay(day.on, weight_of(day.on, newest or day.on), evidence(rule, day))
        for day in reversed(days)
    ]
    return Explanation(rule.name, trait, rule.method, found, len(telling))


def _telling(rule: Rule, weeks: Iterable[Week]) -> list[date]:
    """Returns the days on which there is evidence or an answer, newest first."""
    return sorted(
        (
            day
            for week in weeks
            for day, mark in week.marks.items()
            if rule.counting.group in mark.latest
            or any(answer.question in rule.questions for answer in mark.answers)
        ),
        reverse=True,
    )


def _last_day(mindscape: Mindscape) -> date:
    """Returns a day after the newest evidence: what is planned for later says nothing yet."""
    newest = max(trait.last_evidence for trait in mindscape.traits.values())
    return local_date(newest, zone_named(mindscape.zone or "UTC")) + timedelta(days=2)


def _explain_now(trait: Trait, days: Iterable[Day], now: int) -> Explanation:
    found = [
        EvidenceDay(day.on, 1.0, said)
        for day in days
        if (said := list(energy_level.says([day], now)))
    ]
    return Explanation(energy_level.NAME, trait, energy_level.METHOD, found[::-1], len(found))


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
