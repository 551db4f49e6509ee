"""`work.task_switching_cost`: what an interruption costs, in score and in minutes."""

from collections.abc import Iterator, Sequence
from operator import mul
from typing import TypeAlias

from services.profiler.days import Day, Session
from services.profiler.memory import Memory
from services.profiler.model import Evidence, Level, TaskSwitchingCost, Trait
from services.profiler.traits import felt
from services.profiler.traits.certainty import MIDDLE_80, normal_below, shrunk
from services.profiler.traits.felt import Rated
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.task_switching_cost"
GROUP = "switching"
METHOD = (
    "How much lower the score, and how much shorter the session, for every interruption: beside "
    "your other sessions of about the same time of the day, mixed with what holds for people in "
    "general. A score at an end of the scale may stand for more. Low: five interruptions cost less "
    "than a point; high: two and a quarter. The confidence is the probability that the level is "
    "right."
)
ENOUGH = 10
MOST_INTERRUPTIONS = 5
"""More are counted as so many: a wild number must not outweigh all others, and a score has no
further to fall."""
LOW_BELOW, HIGH_FROM = 0.2, 0.45
"""Points of score for an interruption: the middles between costs of 0.1, 0.3 and 0.6."""
SLOT_MINUTES, BLOCK_SLOTS = 30, 6
"""Scores are compared by the half hour in which a session had its middle, minutes within blocks of
three hours."""
MINUTES_WORTH = 5.0
"""Of what holds for people in general, in sums of squares: as much as five sessions that are one
interruption off the mean."""
NUMBERS = range(MOST_INTERRUPTIONS + 1)
UNRATED = 0
CELLS = {
    f"{slot}.{i}.{score}": (slot, i, score)
    for slot in range(felt.SLOTS)
    for i in NUMBERS
    for score in range(felt.HIGHEST + 1)
}
Cells: TypeAlias = Sequence[Rated]
"""Sessions of one half hour with as many interruptions and the same score, 0 without one."""


def count(day: Day, tally: Tally) -> None:
    """Counts sessions on the day they end, as "n", by half hour, interruptions and score, as in
    "20.1.4", and by block and interruptions their minutes, as in "m3.1"."""
    counts = tally.counts
    for session, interruptions in _telling(day):
        i, slot, score = min(interruptions, MOST_INTERRUPTIONS), _slot(session), session.fact.score
        counts["n"] += 1
        counts[f"{slot}.{i}.{UNRATED if score is None else score}"] += 1
        counts[f"m{slot // BLOCK_SLOTS}.{i}"] += session.minutes
        tally.saw(session.until)


def _telling(day: Day) -> Iterator[tuple[Session, int]]:
    """Yields sessions, and how often each was interrupted."""
    for session in day.sessions:
        interruptions = session.fact.interruptions
        if session.ends_here and interruptions is not None:
            yield session, interruptions


def _slot(session: Session) -> int:
    return (session.start_minute + session.minutes // 2) // SLOT_MINUTES % felt.SLOTS


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the cost, once a session says how often it was interrupted."""
    cells = _cells(memory)
    if not cells:
        return None
    cost = felt.cost(_with_score(cells), prior.score_lost_per_interruption)
    minutes, worth = _minutes_lost(memory, cells)
    minutes = shrunk(minutes, worth, prior.minutes_lost_per_interruption, MINUTES_WORTH)
    level, confidence = _level(cost)
    return trait(
        GROUP,
        memory,
        prior,
        TaskSwitchingCost(level, round(max(0.0, cost.points), 3), round(max(0.0, minutes), 1)),
        n=memory.n(GROUP, "n"),
        effective_n=sum(cell.weight for cell in cells),
        spread=MIDDLE_80 * cost.error,
        confidence=confidence,
        enough=ENOUGH,
    )


def measured(memory: Memory, enough: float) -> tuple[float | None, float | None]:
    """Returns what an interruption cost in score and in minutes, with nothing mixed in; None
    where the interruptions vary too little, by so many squares."""
    cells = _cells(memory)
    points, worth = felt.cost(_with_score(cells), 0.0).unmixed(0.0)
    minutes, squares = _minutes_lost(memory, cells)
    return points if worth >= enough else None, minutes if squares >= enough else None


def _cells(memory: Memory) -> Cells:
    return [
        Rated(*CELLS[key], weight) for key, weight in memory.group(GROUP).items() if key in CELLS
    ]


def _with_score(cells: Cells) -> Iterator[Rated]:
    return (cell for cell in cells if cell.score != UNRATED)


def _minutes_lost(memory: Memory, cells: Cells) -> tuple[float, float]:
    """Returns how much shorter a session is for every interruption, by least squares within blocks
    of the day, and the squares that it rests on."""
    squares = products = 0.0
    for block, weights in _weights(cells).items():
        n = sum(weights)
        mean = sum(map(mul, weights, NUMBERS)) / n
        squares += sum(weight * (i - mean) ** 2 for i, weight in enumerate(weights))
        minutes = (memory.weight(GROUP, f"m{block}.{i}") for i in NUMBERS)
        products += sum((i - mean) * spent for i, spent in enumerate(minutes))
    return (-products / squares if squares else 0.0), squares


def _weights(cells: Cells) -> dict[int, list[float]]:
    """Returns the weights of the sessions by block, and by how often they were interrupted."""
    weights: dict[int, list[float]] = {}
    for slot, interruptions, _, weight in cells:
        weights.setdefault(slot // BLOCK_SLOTS, [0.0] * len(NUMBERS))[interruptions] += weight
    return weights


def _level(cost: felt.Cost) -> tuple[Level, float]:
    low = normal_below((LOW_BELOW - cost.points) / cost.error)
    high = 1 - normal_below((HIGH_FROM - cost.points) / cost.error)
    if cost.points < LOW_BELOW:
        return Level.LOW, low
    if cost.points >= HIGH_FROM:
        return Level.HIGH, high
    return Level.MEDIUM, 1 - low - high


def says(day: Day) -> Iterator[Evidence]:
    """Yields each session that says how often it was interrupted."""
    for session, interruptions in _telling(day):
        score = session.fact.score
        rated = "no score" if score is None else f"rated {score} of 5"
        text = f"{interruptions} interruptions in {session.minutes} minutes, {rated}"
        yield Evidence(session.observation_id, session.fact.start, text)


RULE = Rule(NAME, METHOD, Counting(GROUP, count, by_session=True), fold, says)
