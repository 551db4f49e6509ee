"""Asks the neighbours all that advice is made from, and does without what is not essential."""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from services.kit.errors import FailedPrecondition, Unavailable
from services.persona.model import Commitment, Material, Mindscape, PersonId, Situation
from services.persona.usecases.ports import Diary, Neighbours

log = logging.getLogger(__name__)

# What the calendar is asked for: a meeting that has just ended, and all of the coming working day.
CALENDAR_BEFORE, CALENDAR_AFTER = timedelta(hours=12), timedelta(hours=24)
# A plan reaches back to the beginning of a local date and on to its end, of 25 hours at most.
DATE = timedelta(hours=25)
# What advice is made from is recorded with it: no more than this of a calendar.
MOST_BOOKED = 200

Answer = TypeVar("Answer")


async def gather(person_id: PersonId, at: datetime, neighbours: Neighbours) -> Material:
    """Asks every neighbour at once; does without feedback and calendar if it must."""
    from_, until = at - CALENDAR_BEFORE, at + CALENDAR_AFTER
    judgements = neighbours.judgements.verdicts(person_id)
    planned, verdicts = await asyncio.gather(
        _gather(person_id, at, from_, until, neighbours),
        _or_none(judgements, neighbours.patience.judgements, "feedback"),
    )
    if verdicts is None:
        return replace(planned, missing=("feedback", *planned.missing))
    return replace(planned, situation=replace(planned.situation, verdicts=verdicts))


async def gather_for_plan(person_id: PersonId, at: datetime, neighbours: Neighbours) -> Material:
    """Asks for all but the verdicts, and for the calendar of the whole local date."""
    return await _gather(person_id, at, at - DATE, at + DATE, neighbours)


async def _gather(
    person_id: PersonId, at: datetime, from_: datetime, until: datetime, neighbours: Neighbours
) -> Material:
    patience, diary = neighbours.patience.diary, neighbours.diary
    mindscape, zone, commitments = await asyncio.gather(
        believed(person_id, at, neighbours),
        _or_none(_zone(diary, person_id), patience, "person"),
        _or_none(_booked(diary, person_id, from_, until), patience, "calendar"),
    )
    situation = Situation(at, zone or mindscape.zone or "UTC", commitments or ())
    missing = zone is None or commitments is None
    return Material(mindscape, situation, ("calendar",) if missing else ())


async def believed(person_id: PersonId, at: datetime, neighbours: Neighbours) -> Mindscape:
    """What the profiler believes of a person.

    Refuses with MINDSCAPE_MISSING if nothing, and with SERVICE_UNAVAILABLE.
    """
    try:
        async with asyncio.timeout(neighbours.patience.beliefs.total_seconds()):
            mindscape = await neighbours.beliefs.mindscape(person_id, at)
    except (TimeoutError, Unavailable) as error:
        raise Unavailable(
            "SERVICE_UNAVAILABLE",
            "the profiler, which knows the person, does not answer now",
        ) from error
    if mindscape is None:
        raise too_little("record a work session, or answer the first questions")
    return mindscape


async def _booked(
    diary: Diary, person_id: PersonId, from_: datetime, until: datetime
) -> tuple[Commitment, ...]:
    """What takes time, each once, earliest first. Raises `Unavailable` if there is too much."""
    found = await diary.commitments(person_id, from_, until)
    taken = {one for one in found if one.takes_time and one.start_at < one.end_at}
    if len(taken) > MOST_BOOKED:
        # A calendar that is known in part would let a block collide with the rest.
        raise Unavailable("SERVICE_UNAVAILABLE", "the calendar is too full to be heeded")
    return tuple(sorted(taken, key=lambda one: (one.start_at, one.end_at, one.meeting)))


async def _zone(diary: Diary, person_id: PersonId) -> str:
    return await diary.zone(person_id) or ""


async def _or_none(question: Awaitable[Answer], patience: timedelta, name: str) -> Answer | None:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await question
    except (TimeoutError, Unavailable) as error:
        log.warning("a neighbour does not answer", extra={"neighbour": name, "error": repr(error)})
        return None


def too_little(what_to_do: str) -> FailedPrecondition:
    """Why no advice can be given yet, and what to do about it."""
    return FailedPrecondition(
        "MINDSCAPE_MISSING", f"too little is known of this person yet: {what_to_do}, then ask again"
    )
