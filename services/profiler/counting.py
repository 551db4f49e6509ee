"""What changed days come to: exact sums by kind of evidence, and what does not add up."""

from collections.abc import Iterable, Mapping

from services.profiler.days import Day
from services.profiler.model import Answer, CalendarEvent, Question, WorkSession
from services.profiler.traits import COUNTINGS
from services.profiler.traits.rule import NEVER, Tally
from services.profiler.weeks import Counts, Mark

FLEETING = (Question.ENERGY_NOW, Question.TIME_ZONE)
"""Answers that no trait is folded from."""
BY_SESSION = frozenset(one.group for one in COUNTINGS if one.by_session)
BY_DAY = frozenset(one.group for one in COUNTINGS if not one.by_session)
ALL = BY_SESSION | BY_DAY


class Sums:
    """What days come to together, as exact integers."""

    def __init__(self) -> None:
        self._tallies = {one.group: (one.count, Tally()) for one in COUNTINGS}

    @property
    def counts(self) -> Counts:
        return {group: tally.counts for group, (_, tally) in self._tallies.items() if tally.counts}

    def add(self, day: Day, groups: Iterable[str] = ALL) -> dict[str, int]:
        """Adds what a day says; returns by group when the newest of it happened."""
        latest = {}
        for group in groups:
            count, tally = self._tallies[group]
            tally.latest = NEVER
            count(day, tally)
            if tally.latest != NEVER:
                latest[group] = tally.latest
        return latest


class Change:
    """What some days said before, and what they say now."""

    def __init__(self) -> None:
        self._gone, self._come = Sums(), Sums()

    @property
    def gone(self) -> Counts:
        return self._gone.counts

    @property
    def come(self) -> Counts:
        return self._come.counts

    def of(self, was: Day | None, now: Day, mark: Mark) -> Mark:
        """Adds the change of a day, which had that mark if it was there; returns the mark it has
        now."""
        if was is None:
            latest = self._come.add(now)
        elif (grown := now.since(was)) is not None:
            latest = self._of_growth(was, now, grown, mark.latest)
        else:
            self._gone.add(was)
            latest = self._come.add(now)
        return Mark(latest, _seen(now), _lasting(now))

    def _of_growth(
        self, was: Day, now: Day, grown: Day, latest: Mapping[str, int]
    ) -> dict[str, int]:
        """Adds what came to a day: sessions that were there before need not be counted again."""
        self._gone.add(was, BY_DAY)
        found = self._come.add(now, BY_DAY)
        for group, at in self._come.add(grown, BY_SESSION).items():
            found[group] = max(at, latest.get(group, NEVER))
        return {group: latest[group] for group in BY_SESSION & latest.keys()} | found


def _seen(day: Day) -> tuple[int, str] | None:
    # A calendar tells where a meeting will be, not where the person is.
    lived = [fact for fact in day.facts.values() if not isinstance(fact, CalendarEvent)]
    return max([(fact.end, _zone(fact)) for fact in lived], default=None)


def _zone(fact: Answer | WorkSession) -> str:
    if isinstance(fact, Answer) and fact.question is Question.TIME_ZONE:
        return fact.text
    return fact.zone


def _lasting(day: Day) -> tuple[Answer, ...]:
    return tuple([answer for _, answer in day.answers if answer.question not in FLEETING])
