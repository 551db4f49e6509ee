"""Explains a trait: what it rests on, and what would change it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from services.kit.clock import Clock
from services.kit.errors import NotFound
from services.profiler.ledger import Books, are_current
from services.profiler.localtime import local_date, zone_named
from services.profiler.memory import MOST_WEEKS, newest_evidence
from services.profiler.model import EvidenceDay, Explanation, Mindscape, PersonId, Trait
from services.profiler.outlook import Stage, Trial, outlook, outlook_now
from services.profiler.traits import RULES, energy_level, evidence, weights_left
from services.profiler.traits.prior import Prior
from services.profiler.traits.recall import Recall
from services.profiler.traits.rule import Rule
from services.profiler.usecases.ports import Ledgers, Mindscapes, Priors
from services.profiler.usecases.priors import prior_named
from services.profiler.usecases.reading import days_around, find, get_mindscape, opened, seconds_of
from services.profiler.weeks import Week, week_of

MOST_DAYS_EXPLAINED = 60
_RULES = {rule.name: rule for rule in RULES}


class Explainer:
    """Explains the traits of people as they stand."""

    def __init__(
        self, mindscapes: Mindscapes, ledgers: Ledgers, priors: Priors, clock: Clock
    ) -> None:
        self._mindscapes = mindscapes
        self._ledgers = ledgers
        self._priors = priors
        self._clock = clock

    async def explain(self, person_id: PersonId, name: str) -> Explanation:
        """Returns what a trait rests on, from the ledger's facts; refuses if there is none."""
        if name == energy_level.NAME:
            return await self._explain_now(person_id)
        mindscape = await find(self._mindscapes, person_id, None, None)
        trait = _trait(mindscape, name)
        prior = await prior_named(self._priors, trait.prior_version)
        rule = _RULES[name]
        weeks = await self._ledgers.weeks(person_id, MOST_WEEKS, rule.counting.group)
        return await self._explain(rule, trait, mindscape, weeks, prior)

    async def _explain(
        self, rule: Rule, trait: Trait, mindscape: Mindscape, weeks: Sequence[Week], prior: Prior
    ) -> Explanation:
        """Finds the days by what weeks say of them: only those that are told are read, and those
        on which what would change it is tried."""
        recall = Recall(prior.habits)
        left = weights_left(rule, weeks, recall)
        telling = _telling(rule, weeks, left, _last_day(mindscape))
        told = telling[:MOST_DAYS_EXPLAINED]
        stage = self._stage(mindscape, weeks)
        days = await self._ledgers.days(mindscape.person_id, [*told, *stage.days])
        found = [
            EvidenceDay(day.on, left[week_of(day.on)], evidence(rule, day))
            for day in reversed(opened(days))
            if day.on in told
        ]
        books = Books(days, {week.start: week for week in weeks})

        def look_ahead() -> list[str]:
            return outlook(Trial(rule, books, left, prior, recall), telling, stage)

        # Some milliseconds for each year of history: others get their turn meanwhile.
        ahead = await asyncio.to_thread(look_ahead) if are_current(weeks) else []
        return Explanation(rule.name, trait, rule.method, found, len(telling), ahead)

    def _stage(self, mindscape: Mindscape, weeks: Sequence[Week]) -> Stage:
        """Returns where to try: after today, and after all that was seen."""
        zone = mindscape.zone or "UTC"
        today = local_date(seconds_of(self._clock.now()), zone_named(zone))
        return Stage(zone, max(today, newest_evidence(weeks) or today))

    async def _explain_now(self, person_id: PersonId) -> Explanation:
        now = self._clock.now()
        mindscape = await get_mindscape(
            self._mindscapes, self._ledgers, person_id, version=None, as_of=None, at=now
        )
        trait = _trait(mindscape, energy_level.NAME)
        days = await days_around(self._ledgers, mindscape, now)
        at = seconds_of(now)
        found = [
            EvidenceDay(day.on, 1.0, said)
            for day in reversed(days)
            if (said := list(energy_level.says([day], at)))
        ]
        ahead = outlook_now(mindscape.traits, days, at, mindscape.zone or "UTC")
        return Explanation(energy_level.NAME, trait, energy_level.METHOD, found, len(found), ahead)


def _trait(mindscape: Mindscape, name: str) -> Trait:
    trait = mindscape.traits.get(name)
    if trait is None:
        raise NotFound("TRAIT_NOT_FOUND", "nothing was seen that says anything about it")
    return trait


def _telling(
    rule: Rule, weeks: Iterable[Week], left: Mapping[date, float], last: date
) -> list[date]:
    """Returns the days on which there is evidence or an answer that counts, newest first."""
    return sorted(
        (
            day
            for week in weeks
            for day, mark in week.marks.items()
            if day <= last
            and left.get(week.start)
            and (
                rule.counting.group in mark.latest
                or any(answer.question in rule.questions for answer in mark.answers)
            )
        ),
        reverse=True,
    )


def _last_day(mindscape: Mindscape) -> date:
    """Returns a day after the newest evidence: what is planned for later says nothing yet."""
    newest = max(trait.last_evidence for trait in mindscape.traits.values())
    return local_date(newest, zone_named(mindscape.zone or "UTC")) + timedelta(days=2)
