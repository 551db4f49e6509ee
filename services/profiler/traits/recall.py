"""How much each week counts for the hours of the day: fast and slow memories are weighed by how
well each has predicted this person's next week of work so far."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import exp, inf, log
from operator import add, mul
from typing import NamedTuple, TypeAlias

from services.profiler.traits.habits import Habits, Shares
from services.profiler.weeks import Week

WEEK = timedelta(weeks=1)
GROUP = "energy"
MEMORIES: tuple[tuple[float, float], ...] = ((21.0, 0.1), (180.0, 0.2), (inf, 0.7))
"""Half-lives in days and what each is trusted with at first: 21 follows a new habit within weeks,
the last lets no quiet month erase anything."""
GUESS_WORTH = 10.0
"""What everybody's mean is worth in a memory's prediction, in sessions."""
TEMPER, RATED_TEMPER = 0.25, 1.0
"""What of a week's sessions counts as evidence for a memory: those of a day hang together. Rated
ones count in full: they are whole sessions, and tell how they were."""
TRUST_HALF_LIFE = 13.0
"""Weeks after which a good or bad prediction counts half."""

SESSIONS = {"dun": TEMPER, "eun": TEMPER, "drn": RATED_TEMPER, "ern": RATED_TEMPER}
HOUR_OF = {f"{part}{kind}{hour}": hour for part in "de" for kind in "ur" for hour in range(24)}
Hours: TypeAlias = tuple[int, ...]
Counted: TypeAlias = Mapping[str, int]
NOTHING: Counted = {}


class Worked(NamedTuple):
    """A week's sessions spread over the hours in which they lay (none without any), the energy in
    them deciding where; and what of them counts as evidence."""

    start: date
    hours: Shares
    temper: float


class _Held(NamedTuple):
    """What the memories hold after a week, of the hours that matter, and how well each has
    predicted so far."""

    week: Worked
    memories: Sequence[Sequence[float]]
    scores: Sequence[float]


def weights(weeks: Sequence[Week], habits: Habits) -> Mapping[date, float]:
    """Returns what is left, from 0 to 1, of each week in which work was seen, by its Monday."""
    return Recall(habits).weights(weeks)


class Recall:
    """Weighs weeks, and goes on from what it made of them before.

    What is tried changes the newest weeks only: those before them are gone through once.
    """

    def __init__(self, habits: Habits) -> None:
        self._everybody = habits.mean
        self._worked: dict[date, tuple[Counted, Worked]] = {}
        self._runs: dict[tuple[date, Hours], list[_Held]] = {}

    def weights(self, weeks: Iterable[Week]) -> Mapping[date, float]:
        """Returns what is left, from 0 to 1, of each week in which work was seen, by its Monday.

        `weeks` come in order.
        """
        with_work = [one for one in map(self._looked_at, weeks) if one.hours]
        if not with_work:
            return {}
        newest = with_work[-1].start
        trust = [
            (half_life, share)
            for (half_life, _), share in zip(MEMORIES, self._trust(with_work), strict=True)
        ]
        return {one.start: _left((newest - one.start).days, trust) for one in with_work}

    def _looked_at(self, week: Week) -> Worked:
        counts = week.counts.get(GROUP, NOTHING)
        known = self._worked.get(week.start)
        if known is None or known[0] is not counts:
            known = self._worked[week.start] = counts, worked(week)
        return known[1]

    def _trust(self, weeks: Sequence[Worked]) -> list[float]:
        """Returns the trust in each memory after the last week, adding up to 1."""
        # Hours in which the person never worked would stay as everybody's, whatever else happens.
        by_hour = zip(*(week.hours for week in weeks), strict=True)
        own = tuple(hour for hour, spent in enumerate(by_hour) if any(spent))
        run = self._runs.setdefault((weeks[0].start, own), [])
        del run[_alike(run, weeks) :]
        guess = [GUESS_WORTH * self._everybody[hour] for hour in own]
        elsewhere = GUESS_WORTH * sum(self._everybody) - sum(guess)
        for week in weeks[len(run) :]:
            before = run[-1] if run else _Held(week, [guess] * len(MEMORIES), [0.0] * len(MEMORIES))
            run.append(_next(before, week, own, guess, elsewhere))
        return _shares([s + log(t) for s, (_, t) in zip(run[-1].scores, MEMORIES, strict=True)])


def _alike(run: Sequence[_Held], weeks: Sequence[Worked]) -> int:
    """Returns how many of the first weeks are those of the run."""
    for number, (held, week) in enumerate(zip(run, weeks, strict=False)):
        if held.week is not week:
            return number
    return min(len(run), len(weeks))


def _next(
    before: _Held, week: Worked, own: Hours, guess: Sequence[float], elsewhere: float
) -> _Held:
    hours = [week.hours[hour] for hour in own]
    away = (week.start - before.week.start) // WEEK
    fresh = 0.5 ** (away / TRUST_HALF_LIFE)
    memories, scores = [], []
    for (half_life, _), held, score in zip(MEMORIES, before.memories, before.scores, strict=True):
        memory = _faded(held, guess, 0.5 ** (7 * away / half_life))
        told = week.temper * _log_likelihood(hours, memory, elsewhere) if away else 0.0
        scores.append(fresh * score + told)
        memories.append(list(map(add, memory, hours)))
    return _Held(week, memories, scores)


def _left(days: int, trust: Iterable[tuple[float, float]]) -> float:
    left = 0.0
    for half_life, share in trust:
        left += share * 0.5 ** (days / half_life)
    return min(1.0, left)


def worked(week: Week) -> Worked:
    """Returns how a week's work lay."""
    counts = week.counts.get(GROUP, {})
    hours = [0.0] * 24
    for key, seconds in counts.items():
        hour = HOUR_OF.get(key)
        if hour is not None:
            hours[hour] += seconds
    total = sum(hours)
    sessions = sum(counts.get(key, 0) for key in SESSIONS)
    if not total:
        return Worked(week.start, (), 0.0)
    # What lies over Sunday's midnight leaves seconds in one week and its session in the next.
    known = max(1, sessions)
    spread = [hour * known / total if hour else 0.0 for hour in hours]
    evidence = sum(counts.get(key, 0) * temper for key, temper in SESSIONS.items())
    return Worked(week.start, spread, evidence / sessions if sessions else TEMPER)


def _faded(memory: Sequence[float], guess: Sequence[float], left: float) -> Sequence[float]:
    if left == 1:
        return memory
    return [left * (m - g) + g for m, g in zip(memory, guess, strict=True)]


def _log_likelihood(hours: Shares, memory: Shares, elsewhere: float) -> float:
    told: float = sum(map(mul, hours, map(log, memory)))
    return told - sum(hours) * log(sum(memory) + elsewhere)


def _shares(logs: Sequence[float]) -> list[float]:
    most = max(logs)
    raw = [exp(one - most) for one in logs]
    return [one / sum(raw) for one in raw]
