"""Learns what people have in common from the people who are there, and finds what was learned."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from services.kit.clock import Clock
from services.profiler.ledger import are_current
from services.profiler.population import FEWEST_SESSIONS, Sample, learned, sample_of
from services.profiler.traits.habits import FEWEST_PEOPLE
from services.profiler.traits.prior import SHIPPED, Prior
from services.profiler.usecases.ports import Lesson, Population, Priors

log = logging.getLogger(__name__)

LEARNED_ANEW = timedelta(days=7)
MOST_PEOPLE = 1000
"""More would tell no more: the mean's error is 3 % of how people differ."""
PEOPLE_AT_ONCE = 50
MOST_WEEKS = 26
"""Of each person: half a year tells when they work now."""


async def learn(population: Population, priors: Priors, clock: Clock) -> bool:
    """Learns a prior if the newest is a week old; tells whether one was kept.

    Of several processes that learn at the same time, the first to be done keeps its own. With
    too few people the shipped prior holds again.
    """
    newest = await priors.newest()
    if newest and _is_fresh(newest, clock.now()):
        return False
    people = await _people(population)
    number = newest.number + 1 if newest else 1
    prior = await asyncio.to_thread(learned, people, number)
    if prior is None and (newest is None or newest.prior is None):
        return False
    counted = len(people) if prior else 0
    kept = await priors.keep(Lesson(number, SHIPPED.version, counted, prior, clock.now()))
    log.info("learned a prior", extra={"number": number, "people": counted, "kept": kept})
    return kept


def _is_fresh(lesson: Lesson, now: datetime) -> bool:
    return lesson.base == SHIPPED.version and now - lesson.learned_at < LEARNED_ANEW


async def _people(population: Population) -> list[Sample]:
    """Reads people a few at a time; nobody waits for the end of it."""
    ids = await population.sample(FEWEST_SESSIONS, MOST_PEOPLE)
    if len(ids) < FEWEST_PEOPLE:
        return []
    found: list[Sample] = []
    for first in range(0, len(ids), PEOPLE_AT_ONCE):
        weeks = await population.weeks(ids[first : first + PEOPLE_AT_ONCE], MOST_WEEKS)
        for one in weeks.values():
            sample = sample_of(one) if are_current(one) else None
            found += [sample] if sample else []
            await asyncio.sleep(0)
    return found


async def adopt(priors: Priors, use: Callable[[Prior], None]) -> None:
    """Has the newest prior used from now on."""
    newest = await priors.newest()
    use(_prior(newest) or SHIPPED)


async def prior_named(priors: Priors, version: str) -> Prior:
    """Returns the prior that a trait leans on; what another release shipped is not known any
    more, and the one shipped now stands in for it."""
    base, _, number = version.partition("+")
    if base != SHIPPED.version or not number:
        return SHIPPED
    return _prior(await priors.numbered(int(number))) or SHIPPED


def _prior(lesson: Lesson | None) -> Prior | None:
    return lesson.prior if lesson and lesson.base == SHIPPED.version else None
