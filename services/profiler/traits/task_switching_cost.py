"""`work.task_switching_cost`: what an interruption costs, in score and in minutes."""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple, TypeAlias

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
    "over your sessions that say how often they were interrupted, compared mostly with others of "
    "the same three hours of the day, mixed with what holds for people in general. Low: five "
    "interruptions cost less than a point; high: two points. The confidence is the probability "
    "that the level is right."
)
ENOUGH = 10
MOST_INTERRUPTIONS = 5
"""More are counted as so many: a wild number must not outweigh all others, and a score has no
further to fall."""
LOW_BELOW, HIGH_FROM = 0.2, 0.4
"""Points of score for an interruption: five of them cost one, or two."""
BLOCKS, BLOCK_MINUTES = range(8), 180
"""Parts of the day within which sessions are compared: when one is at one's best must not look
like what interruptions do."""
PRIOR_WORTH = 5.0
"""In sums of squares: as much as five sessions that are one interruption off the mean."""
SCORE_VARIANCE, VARIANCE_WORTH = 0.45, 15.0
"""How widely scores of the same part of the day vary for other reasons, and how many sessions that
guess is worth."""
BLOCK_WORTH = 1.5
"""How many sessions tell as much about a part of the day as was known before: scores vary within
it about one and a half times as much as between parts."""
Keys: TypeAlias = tuple[str, str, str, str, str]
SCORE_SUMS: Keys = ("sn", "si", "sii", "ss", "sis")
MINUTES_SUMS: Keys = ("n", "i", "ii", "m", "im")
LOWEST, HIGHEST = 1, 5
"""Scores with no further to fall, or to rise."""


class Slope(NamedTuple):
    """Sums of squares of the interruptions, and of their products with something else."""

    squares: float
    products: float


def count(day: Day, tally: Tally) -> None:
    """Counts sessions on the day they end by the block of the day in which they began: n,
    interruptions i, minutes m, score s, and their products, as in "im3"; those with an "s" in front
    are of sessions that have a score too, and "sx" those with the lowest or the highest."""
    for session in _telling(day):
        i, minutes, block = _interruptions(session), session.minutes, _block(session)
        _add(tally, block, {"n": 1, "i": i, "ii": i * i, "m": minutes, "im": i * minutes})
        if (score := session.fact.score) is not None:
            _add(tally, block, {"sn": 1, "si": i, "sii": i * i, "ss": score, "sis": i * score})
            _add(tally, block, {"sss": score * score, "sx": score in (LOWEST, HIGHEST)})
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
    slope = _slope(memory, SCORE_SUMS)
    score_lost = _lost(slope, prior.score_lost_per_interruption, _reach(memory))
    minutes = _slope(memory, MINUTES_SUMS)
    minutes_lost = _lost(minutes, prior.minutes_lost_per_interruption)
    error = sqrt(_variance(memory, slope) / (slope.squares + PRIOR_WORTH)) / _reach(memory)
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


def measured(memory: Memory, enough: float) -> tuple[float | None, float | None]:
    """Returns what an interruption cost in score and in minutes, with nothing mixed in; None
    where the interruptions vary too little, by so many squares."""
    score, minutes = _slope(memory, SCORE_SUMS), _slope(memory, MINUTES_SUMS)
    return (
        -score.products / score.squares / _reach(memory) if score.squares >= enough else None,
        -minutes.products / minutes.squares if minutes.squares >= enough else None,
    )


def _slope(memory: Memory, keys: Keys) -> Slope:
    """Returns how y goes with the interruptions x: by generalised least squares, with a mean for
    each part of the day that is drawn from a common one."""
    squares = products = 0.0
    blocks: list[tuple[float, float, float]] = []
    for block in BLOCKS:
        n, x, xx, y, xy = (memory.weight(GROUP, f"{key}{block}") for key in keys)
        if n:
            squares += max(0.0, xx - x * x / n)
            products += xy - x * y / n
            blocks.append((n * BLOCK_WORTH / (BLOCK_WORTH + n), x / n, y / n))
    total = sum(weight for weight, _, _ in blocks)
    for weight, x, y in blocks:
        away = x - sum(one * other for one, other, _ in blocks) / total
        squares += weight * away * away
        products += weight * away * y
    return Slope(squares, products)


def _lost(slope: Slope, expected: float, reach: float = 1.0) -> float:
    """Returns the loss for one interruption more; `reach` is the share of it that shows."""
    return (PRIOR_WORTH * expected - slope.products / reach) / (slope.squares + PRIOR_WORTH)


def _reach(memory: Memory) -> float:
    """Returns the share of a change that scores can follow: of those at an end of the scale, half
    would have gone beyond it."""
    n = sum(memory.weight(GROUP, f"sn{block}") for block in BLOCKS)
    at_an_end = sum(memory.weight(GROUP, f"sx{block}") for block in BLOCKS)
    return 1 - at_an_end / n / 2 if n else 1.0


def _variance(memory: Memory, slope: Slope) -> float:
    """Returns how widely scores vary beside what interruptions and the part of the day do."""
    freedom, squares = VARIANCE_WORTH, VARIANCE_WORTH * SCORE_VARIANCE
    for block in BLOCKS:
        n, y, yy = (memory.weight(GROUP, f"{key}{block}") for key in ("sn", "ss", "sss"))
        if n > 1:
            freedom += n - 1
            squares += yy - y * y / n
    explained = slope.products**2 / slope.squares if slope.squares else 0.0
    return max(SCORE_VARIANCE / 3, (squares - explained) / freedom)


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
