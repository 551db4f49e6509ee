"""`work.task_switching_cost`: what an interruption costs, in score and in minutes."""

from collections.abc import Iterator
from math import sqrt

from services.profiler.days import Day, Session
from services.profiler.memory import Memory
from services.profiler.model import Evidence, Level, TaskSwitchingCost, Trait
from services.profiler.traits.certainty import MIDDLE_80, normal_below
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.task_switching_cost"
GROUP = "switching"
METHOD = (
    "How much lower the score, and how much shorter the session, for every interruption: the slope "
    "over your sessions that say how often they were interrupted, compared with others of the same "
    "three hours of the day, mixed with what holds for people in general. The confidence is the "
    "probability that the level is right."
)
ENOUGH = 10
MOST_INTERRUPTIONS = 5
"""More are counted as so many: a wild number must not outweigh all others, and a score has no
further to fall."""
LOW_BELOW, HIGH_FROM = 0.17, 0.40
"""Points of score for an interruption: six and more, or two and a bit, cost a point."""
BLOCKS, BLOCK_MINUTES = range(8), 180
"""Parts of the day within which sessions are compared: when one is at one's best must not look
like what interruptions do."""
PRIOR_WORTH = 5.0
"""In sums of squares: as much as five sessions that are one interruption off the mean."""
SCORE_DEVIATION = 0.65
"""How widely scores of the same part of the day vary for other reasons."""


def count(day: Day, tally: Tally) -> None:
    """Counts sessions on the day they end by the block of the day in which they began: n,
    interruptions i, minutes m, score s, and their products, as in "im3"; those with an "s" in front
    are of sessions that have a score too."""
    for session in _telling(day):
        i, minutes, block = _interruptions(session), session.minutes, _block(session)
        _add(tally, block, {"n": 1, "i": i, "ii": i * i, "m": minutes, "im": i * minutes})
        if (score := session.fact.score) is not None:
            _add(tally, block, {"sn": 1, "si": i, "sii": i * i, "ss": score, "sis": i * score})
        tally.saw(session.fact.end)


def _telling(day: Day) -> Iterator[Session]:
    return (
        session
        for session in day.sessions
        if session.ends_here and session.fact.interruptions is not None
    )


def _interruptions(session: Session) -> int:
    return min(session.fact.interruptions or 0, MOST_INTERRUPTIONS)


def _block(session: Session) -> int:
    return session.start_minute // BLOCK_MINUTES


def _add(tally: Tally, block: int, amounts: dict[str, int]) -> None:
    for key, amount in amounts.items():
        tally.add(f"{key}{block}", amount)


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the cost, once a session says how often it was interrupted."""
    n = sum(memory.n(GROUP, f"n{block}") for block in BLOCKS)
    if n == 0:
        return None
    score_lost, width = _loss(
        memory, ("sn", "si", "sii", "ss", "sis"), prior.score_lost_per_interruption
    )
    minutes_lost, _ = _loss(
        memory, ("n", "i", "ii", "m", "im"), prior.minutes_lost_per_interruption
    )
    error = SCORE_DEVIATION / sqrt(width)
    level, confidence = _level(score_lost, error)
    return trait(
        GROUP,
        memory,
        prior,
        TaskSwitchingCost(level, round(max(0.0, score_lost), 3), round(max(0.0, minutes_lost), 1)),
        n=n,
        effective_n=sum(memory.weight(GROUP, f"n{block}") for block in BLOCKS),
        spread=MIDDLE_80 * error,
        confidence=confidence,
        enough=ENOUGH,
    )


def _loss(
    memory: Memory, keys: tuple[str, str, str, str, str], expected: float
) -> tuple[float, float]:
    """Returns the loss for one interruption more, and the sum of squares that it rests on."""
    squares = products = 0.0
    for block in BLOCKS:
        n, x, xx, y, xy = (memory.weight(GROUP, f"{key}{block}") for key in keys)
        if n:
            squares += max(0.0, xx - x * x / n)
            products += xy - x * y / n
    width = squares + PRIOR_WORTH
    return (PRIOR_WORTH * expected - products) / width, width


def _level(loss: float, error: float) -> tuple[Level, float]:
    low = normal_below((LOW_BELOW - loss) / error)
    high = 1 - normal_below((HIGH_FROM - loss) / error)
    if loss < LOW_BELOW:
        return Level.LOW, low
    if loss >= HIGH_FROM:
        return Level.HIGH, high
    return Level.MEDIUM, 1 - low - high


def says(day: Day) -> Iterator[Evidence]:
    """Yields each session that says how often it was interrupted."""
    for session in _telling(day):
        score = session.fact.score
        rated = "no score" if score is None else f"rated {score} of 5"
        text = f"{session.fact.interruptions} interruptions in {session.minutes} minutes, {rated}"
        yield Evidence(session.observation_id, session.fact.start, text)


RULE = Rule(NAME, METHOD, Counting(GROUP, count), fold, says)
