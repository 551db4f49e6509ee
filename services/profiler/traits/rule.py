"""What a trait is made of: how a day counts for it, and how memory folds into it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.profiler.days import Day
from services.profiler.memory import Memory
from services.profiler.model import Evidence, Question, Source, Trait, Value
from services.profiler.traits.prior import Prior

NEVER = -1
"""Before anything can have happened."""


class Tally:
    """Collects what days say about one kind of evidence: counts, and when the newest of the day at
    hand was, in seconds since 1970, or `NEVER`."""

    __slots__ = ("counts", "latest")

    def __init__(self) -> None:
        self.counts: defaultdict[str, int] = defaultdict(int)
        self.latest = NEVER

    def add(self, key: str, amount: int = 1) -> None:
        """Adds a whole number to a count."""
        self.counts[key] += amount

    def saw(self, at: int) -> None:
        """Notes when evidence happened, in seconds since 1970."""
        if at > self.latest:
            self.latest = at


@dataclass(frozen=True, slots=True)
class Counting:
    """A kind of evidence: the group of counts it fills, and how a day fills it.

    With `by_session`, each session counts for itself, whatever other work there is on the day;
    though not whatever meetings there are.
    """

    group: str
    count: Callable[[Day, Tally], None]
    by_session: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One trait.

    `fold` returns None as long as nothing was seen that says anything; `says` yields what the
    observations of a day say about the trait; `method` tells people how it is computed.
    """

    name: str
    method: str
    counting: Counting
    fold: Callable[[Memory, Prior], Trait | None]
    says: Callable[[Day], Iterator[Evidence]]
    questions: tuple[Question, ...] = ()


def source_of(n: int, answered: bool) -> Source:
    """Returns where a belief comes from."""
    if n == 0:
        return Source.ANSWERED if answered else Source.PRIOR
    return Source.MIXED if answered else Source.OBSERVED


def trait(
    rule_group: str,
    memory: Memory,
    prior: Prior,
    value: Value,
    *,
    n: int,
    effective_n: float,
    spread: float,
    confidence: float,
    enough: float,
    question: Question | None = None,
) -> Trait:
    """Makes a trait; it is provisional below `enough` effective observations."""
    answer = memory.answers.get(question) if question else None
    answered_at = answer.answer.start if answer else 0
    return Trait(
        value=value,
        spread=round(spread, 3),
        n=n,
        effective_n=round(effective_n, 3),
        confidence=round(min(1.0, max(0.0, confidence)), 3),
        provisional=effective_n < enough,
        source=source_of(n, answer is not None),
        last_evidence=max(memory.latest.get(rule_group, 0), answered_at),
        prior_version=prior.version,
    )
