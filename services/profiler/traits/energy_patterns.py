"""`work.energy_patterns`: how sharp the person is by the hour, on weekdays and at weekends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from services.profiler.days import Day
from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import EnergyPatterns, Evidence, Question, Trait
from services.profiler.traits.certainty import MIDDLE_80, peak_hit_rate
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.energy_patterns"
GROUP = "energy"
METHOD = (
    "Minutes of work by hour of the local day, weighted by score where there is one, smoothed "
    "over about an hour and mixed with what holds for people in general (worth 10 sessions "
    "without a score) and with your answer (worth as much); the best hour is 1. "
    "A session with a score counts as four without."
)
ENOUGH = 10
PRIOR_WORTH = 10.0
ANSWER_WORTH = 10.0
POOLED_WORTH = 10.0
"""What the week as a whole is worth when weekdays and weekends are told apart."""
SCORED_WORTH = 4.0
"""Sightings a scored session counts as: it covers more time than a commit, and it is rated."""
NEUTRAL_SCORE = 3.0

_BELL = [exp(-(hours**2) / 2) for hours in range(-4, 5)]
KERNEL = tuple((hours - 4, share / sum(_BELL)) for hours, share in enumerate(_BELL))
"""A normal distribution with a standard deviation of one hour: hours away, and their share."""

Curve = Sequence[float]


@dataclass(frozen=True, slots=True)
class Picture:
    """The shares of energy by hour on weekdays and at weekends, each adding up to 1; and, as
    `worked_*`, what was seen by hour before anything was smoothed or mixed in.

    `sightings` is what they rest on beside the prior, faded; so is `effective_n`, in sessions.
    """

    weekday: Curve
    weekend: Curve
    worked_weekday: Curve
    worked_weekend: Curve
    sightings: float
    n: int
    effective_n: float
    question: Question | None
    weekend_seen: bool

    @property
    def spread(self) -> float:
        """Half the width of the middle 80 % of what the best weekday level can be."""
        best = max(self.weekday)
        return MIDDLE_80 * sqrt(best * (1 - best) / (self.sightings + PRIOR_WORTH)) / best


def count(day: Day, tally: Tally) -> None:
    """Counts seconds of unrated work and score times seconds of rated work by local hour, and
    sessions on the day they end; keys begin with "d" on a weekday and "e" at the weekend."""
    part = "e" if day.is_weekend else "d"
    for session in day.sessions:
        score = session.fact.score
        kind = part + ("u" if score is None else "r")
        for piece in session.pieces:
            tally.add(f"{kind}{piece.hour}", piece.seconds * (score or 1))
        if session.ends_here:
            tally.add(f"{kind}n")
            tally.add(f"{part}score", score or 0)
        tally.saw(session.pieces[-1].end if session.pieces else 0)


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the curve, once there is a session or a telling answer."""
    seen = picture(memory, prior)
    if seen is None:
        return None
    return trait(
        GROUP,
        memory,
        prior,
        EnergyPatterns(levels(seen.weekday), levels(seen.weekend)),
        n=seen.n,
        effective_n=seen.effective_n,
        spread=seen.spread,
        confidence=peak_hit_rate(seen.sightings),
        enough=ENOUGH,
        question=seen.question,
    )


def picture(memory: Memory, prior: Prior) -> Picture | None:
    """Returns the curves; None without a session and without an answer that tells anything."""
    answer, answer_worth = _answered(memory, prior)
    keys = ("dun", "drn", "eun", "ern")
    n = sum(memory.n(GROUP, key) for key in keys)
    if n == 0 and not answer_worth:
        return None
    weekday, weekend = _mass(memory, "d"), _mass(memory, "e")
    on_weekdays, at_weekends = _sightings(memory, "d"), _sightings(memory, "e")
    week = [sum(hour) for hour in zip(weekday, weekend, strict=True)]
    pooled = _mixed(
        (_smooth(week), on_weekdays + at_weekends),
        (prior.energy, PRIOR_WORTH),
        (answer, answer_worth),
    )
    return Picture(
        weekday=_mixed((_smooth(weekday), on_weekdays), (pooled, POOLED_WORTH)),
        weekend=_mixed((_smooth(weekend), at_weekends), (pooled, POOLED_WORTH)),
        worked_weekday=weekday,
        worked_weekend=weekend,
        sightings=on_weekdays + at_weekends,
        n=n,
        effective_n=sum(memory.weight(GROUP, key) for key in keys),
        question=Question.MOST_PRODUCTIVE if answer_worth else None,
        weekend_seen=bool(memory.n(GROUP, "eun") + memory.n(GROUP, "ern")),
    )


def levels(curve: Curve) -> tuple[float, ...]:
    """Returns the curve as levels from 0 to 1, 1 at its best hour."""
    best = max(curve)
    return tuple(round(share / best, 3) for share in curve)


def _answered(memory: Memory, prior: Prior) -> tuple[Curve, float]:
    """Returns the shares that the answer stands for and what it is worth, 0 if nothing."""
    faded = memory.answers.get(Question.MOST_PRODUCTIVE)
    hours = prior.answered_parts.get(faded.answer.text) if faded else None
    if faded is None or hours is None:
        return [0.0] * 24, 0.0
    first, last = hours
    flat = [1.0 if first <= hour < last else 0.0 for hour in range(24)]
    return _smooth(flat), ANSWER_WORTH * faded.weight


def _sightings(memory: Memory, part: str) -> float:
    rated = memory.weight(GROUP, f"{part}score") / NEUTRAL_SCORE
    return memory.weight(GROUP, f"{part}un") + SCORED_WORTH * rated


def _mass(memory: Memory, part: str) -> list[float]:
    seconds = memory.group(GROUP)
    unrated, rated = f"{part}u", f"{part}r"
    return [
        seconds.get(f"{unrated}{hour}", 0.0) + seconds.get(f"{rated}{hour}", 0.0) / NEUTRAL_SCORE
        for hour in range(24)
    ]


def _smooth(mass: Sequence[float]) -> Curve:
    total = sum(mass)
    smoothed = [0.0] * 24
    for hour, amount in enumerate(mass):
        if amount:
            for away, share in KERNEL:
                smoothed[(hour + away) % 24] += share * amount / total
    return smoothed


def _mixed(*curves: tuple[Curve, float]) -> Curve:
    total = sum(worth for _, worth in curves)
    return [sum(curve[hour] * worth for curve, worth in curves) / total for hour in range(24)]


def says(day: Day) -> Iterator[Evidence]:
    """Yields each session: when, how long, and how it was rated."""
    for session in day.sessions:
        score = session.fact.score
        rated = "" if score is None else f", rated {score} of 5"
        at = clock_face(session.start_minute)
        text = f"{session.minutes} minutes of work from {at}{rated}"
        yield Evidence(session.observation_id, session.fact.start, text)


COUNTING = Counting(GROUP, count)
RULE = Rule(NAME, METHOD, COUNTING, fold, says, (Question.MOST_PRODUCTIVE,))
