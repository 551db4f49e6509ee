"""Tries what a trait would be if more were observed: with the same books, the same fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.profiler.days import merge
from services.profiler.ledger import Books, changed_weeks
from services.profiler.memory import Memory
from services.profiler.model import Fact, ObservationId, Statement, Trait
from services.profiler.outlook.stage import Idea
from services.profiler.traits import remembered, weights_left
from services.profiler.traits.prior import Prior
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
    """One trait of one person."""

    def __init__(self, rule: Rule, books: Books, prior: Prior) -> None:
        self.rule = rule
        self._books = books
        self._prior = prior
        self._left = weights_left(rule, list(books.weeks.values()), prior)
        self.memory = self._remembered(list(books.weeks.values()))
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
        weeks = {**self._books.weeks, **changed}
        return self.rule.fold(self._remembered(list(weeks.values())), self._prior)

    def also(self, rule: Rule) -> Trait | None:
        """Returns another trait of the same evidence, as it is."""
        return rule.fold(self.memory, self._prior)

    def prospect(self, idea: Idea) -> Prospect | None:
        """Returns the fewest observations that do it; None if as many as are tried do not."""
        fewer = 0
        for times in idea.rungs:
            if self._works(idea, times):
                return self._fewest(idea, fewer, times)
            fewer = times
        return None

    def _fewest(self, idea: Idea, too_few: int, enough: int) -> Prospect:
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._works(idea, middle):
                enough = middle
            else:
                too_few = middle
        facts = idea.facts(enough)
        trait = self.after(facts)
        assert trait is not None  # noqa: S101
        return Prospect(enough, facts, trait, idea.says(enough, trait))

    def _works(self, idea: Idea, times: int) -> bool:
        trait = self.after(idea.facts(times))
        return trait is not None and idea.works(trait)

    def _remembered(self, weeks: Sequence[Week]) -> Memory:
        """Looks at what tells of this trait only: the rest would be added up for nothing."""
        group = self.rule.counting.group
        told = [Week(week.start, {group: week.counts.get(group, {})}, week.marks) for week in weeks]
        return remembered(told, self._prior)
