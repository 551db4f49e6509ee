"""How much each week counts for the hours of the day: fast and slow memories are weighed by how
well each has predicted this person's next week of work so far."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import exp, inf, log
from operator import add
from typing import NamedTuple

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


class Worked(NamedTuple):
    """A week's sessions spread over the hours in which they lay (none without any), the energy in
    them deciding where; and what of them counts as evidence."""

    start: date
    hours: Shares
    temper: float


NOTHING_KNOWN: Mapping[date, Worked] = {}


def weights(
    weeks: Sequence[Week], habits: Habits, known: Mapping[date, Worked] = NOTHING_KNOWN
) -> Mapping[date, float]:
    """Returns what is left, from 0 to 1, of each week in which work was seen, by its Monday.

    `weeks` come in order. `known` are those that were looked at before.
    """
    seen = (known.get(week.start) or worked(week) for week in weeks)
    with_work = [one for one in seen if one.hours]
    if not with_work:
        return {}
    trust = _trust(with_work, habits.mean)
    newest = with_work[-1].start
    return {one.start: _left((newest - one.start).days, trust) for one in with_work}


def _left(days: int, trust: Sequence[float]) -> float:
    left: float = sum(
        share * 0.5 ** (days / half_life)
        for (half_life, _), share in zip(MEMORIES, trust, strict=True)
    )
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
    spread = [hour * max(1, sessions) / total for hour in hours]
    evidence = sum(counts.get(key, 0) * temper for key, temper in SESSIONS.items())
    return Worked(week.start, spread, evidence / sessions if sessions else TEMPER)


def _trust(weeks: Sequence[Worked], everybody: Shares) -> list[float]:
    """Returns the trust in each memory after the last week, adding up to 1."""
    # Hours in which the person never worked would stay as everybody's, whatever else happens.
    own = [hour for hour in range(24) if any(week.hours[hour] for week in weeks)]
    guess = [GUESS_WORTH * everybody[hour] for hour in own]
    elsewhere = GUESS_WORTH * sum(everybody) - sum(guess)
    memories = [guess for _ in MEMORIES]
    scores = [0.0] * len(MEMORIES)
    before = weeks[0].start
    for start, all_hours, temper in weeks:
        hours = [all_hours[hour] for hour in own]
        away = (start - before) // WEEK
        fresh = 0.5 ** (away / TRUST_HALF_LIFE)
        for index, (half_life, _) in enumerate(MEMORIES):
            memory = _faded(memories[index], guess, 0.5 ** (7 * away / half_life))
            if away:
                told = _log_likelihood(hours, memory, elsewhere)
                scores[index] = fresh * scores[index] + temper * told
            memories[index] = list(map(add, memory, hours))
        before = start
    return _shares([s + log(t) for s, (_, t) in zip(scores, MEMORIES, strict=True)])


def _faded(memory: Sequence[float], guess: Sequence[float], left: float) -> Sequence[float]:
    if left == 1:
        return memory
    return [left * (m - g) + g for m, g in zip(memory, guess, strict=True)]


def _log_likelihood(hours: Shares, memory: Shares, elsewhere: float) -> float:
    told = [sessions * log(m) for sessions, m in zip(hours, memory, strict=True) if sessions]
    return sum(told) - sum(hours) * log(sum(memory) + elsewhere)


def _shares(logs: Sequence[float]) -> list[float]:
    most = max(logs)
    raw = [exp(one - most) for one in logs]
    return [one / sum(raw) for one in raw]
