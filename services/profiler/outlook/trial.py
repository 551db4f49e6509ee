"""Tries what a trait would be if more were observed: with the same books, the same fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isqrt

from services.profiler.days import merge
from services.profiler.ledger import Books, changed_weeks
from services.profiler.model import Fact, ObservationId, Statement, Trait
from services.profiler.outlook.stage import Idea
from services.profiler.traits import remembered
from services.profiler.traits.prior import Prior
from services.profiler.traits.recall import Recall
from services.profiler.traits.rule import Rule
from services.profiler.weeks import Week, week_of

BEYOND_ALL = 2**62
"""Above the position of anything that was said."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The fewest observations found that bring it about, the trait after them, and the words."""

    times: int
    facts: Sequence[Fact]
    trait: Trait
    says: str


class Trial:
    """One trait of one person.

    `left` is what is left, from 0 to 1, of what each week says about it, by its Monday; `recall`
    may have weighed the weeks before.
    """

    def __init__(
        self, rule: Rule, books: Books, left: Mapping[date, float], prior: Prior, recall: Recall
    ) -> None:
        self.rule = rule
        self._books = books
        self._prior = prior
        self._left = left
        self._told = {start: told_of(rule, week) for start, week in books.weeks.items()}
        self._recall = recall
        self.memory = remembered(list(self._told.values()), recall)
        self.now = rule.fold(self.memory, prior)

    def weight(self, day: date) -> float:
        """Returns what is left, from 0 to 1, of what a day says about the trait."""
        return self._left.get(week_of(day), 0.0)

    def after(self, facts: Sequence[Fact]) -> Trait | None:
        """Returns the trait as it would be after these observations."""
        said = [
            Statement(BEYOND_ALL + number, ObservationId(f"trial {number}"), fact)
            for number, fact in enumerate(facts)
        ]
        changed = changed_weeks(self._books, merge(self._books.days, said))
        told = {start: told_of(self.rule, week) for start, week in changed.items()}
        weeks = list({**self._told, **told}.values())
        return self.rule.fold(remembered(weeks, self._recall), self._prior)

    def also(self, rule: Rule) -> Trait | None:
        """Returns another trait of the same evidence, as it is."""
        return rule.fold(self.memory, self._prior)

    def prospect(self, idea: Idea) -> Prospect | None:
        """Returns the fewest observations that do it; None if as many as are tried do not."""
        found = self._tried(idea, idea.most)
        too_few = 0
        while found and found.times - too_few > 1:
            # Halfway by factors: it is mostly few that suffice.
            times = max(too_few + 1, isqrt(max(1, too_few) * found.times))
            better = self._tried(idea, times)
            too_few, found = (too_few, better) if better else (times, found)
        return found

    def _tried(self, idea: Idea, times: int) -> Prospect | None:
        facts = idea.facts(times)
        trait = self.after(facts)
        if trait is None or not idea.works(trait):
            return None
        return Prospect(times, facts, trait, idea.says(times, trait))


def told_of(rule: Rule, week: Week) -> Week:
    """Returns what of a week tells of one trait, and how new it is: the rest would be added up
    for nothing."""
    group, marks = rule.counting.group, week.marks
    newest = max((day for day, mark in marks.items() if mark.latest), default=None)
    own = max(
        (day for day, mark in marks.items() if group in mark.latest),
        key=lambda day: marks[day].latest[group],
        default=None,
    )
    kept = {day: mark for day, mark in marks.items() if mark.answers or day in (newest, own)}
    return Week(week.start, {group: week.counts.get(group, {})}, kept)
