"""How much each week counts for the hours of the day: fast and slow memories are weighed by how
well each has predicted this person's next week of work so far."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import exp, inf, log

from services.profiler.traits.habits import Habits, Shares
from services.profiler.weeks import Week

WEEK = timedelta(weeks=1)
GROUP = "energy"
MEMORIES = ((21.0, 0.1), (180.0, 0.2), (inf, 0.7))
"""Half-lives in days and what each is trusted with at first: 21 follows a new habit within weeks,
the last lets no quiet month erase anything."""
GUESS_WORTH = 10.0
"""What everybody's mean is worth in a memory's prediction, in sessions."""
TEMPER = 0.25
"""What of a week's sessions counts as evidence for a memory: those of a day hang together."""
TRUST_HALF_LIFE = 13.0
"""Weeks after which a good or bad prediction counts half."""

SESSIONS = frozenset(("dun", "drn", "eun", "ern"))
HOUR_OF = {f"{part}{kind}{hour}": hour for part in "de" for kind in "ur" for hour in range(24)}


def weights(weeks: Sequence[Week], habits: Habits) -> Mapping[date, float]:
    """Returns what is left, from 0 to 1, of each week in which work was seen, by its Monday.

    `weeks` come in order.
    """
    seen = [(week.start, _sessions_by_hour(week.counts.get(GROUP, {}))) for week in weeks]
    worked = [(start, hours) for start, hours in seen if hours]
    if not worked:
        return {}
    trust = _trust(worked, habits.mean)
    newest = worked[-1][0]
    return {
        start: min(
            1.0,
            sum(
                share * 0.5 ** ((newest - start) / timedelta(days=1) / half_life)
                for (half_life, _), share in zip(MEMORIES, trust, strict=True)
            ),
        )
        for start, _ in worked
    }


def _sessions_by_hour(counts: Mapping[str, int]) -> list[float]:
    """Returns a week's sessions spread over the hours in which they lay; empty without any."""
    hours = [0.0] * 24
    for key, seconds in counts.items():
        hour = HOUR_OF.get(key)
        if hour is not None:
            hours[hour] += seconds
    total = sum(hours)
    sessions = sum(counts.get(key, 0) for key in SESSIONS)
    # What lies over Sunday's midnight leaves seconds in one week and its session in the next.
    return [hour * max(1, sessions) / total for hour in hours] if total else []


def _trust(worked: Sequence[tuple[date, Shares]], everybody: Shares) -> list[float]:
    """Returns the trust in each memory after the last week, adding up to 1."""
    memories = [[0.0] * 24 for _ in MEMORIES]
    scores = [0.0] * len(MEMORIES)
    before: date | None = None
    for start, hours in worked:
        if before is not None:
            away = (start - before) // WEEK
            fresh = 0.5 ** (away / TRUST_HALF_LIFE)
            for index, (half_life, _) in enumerate(MEMORIES):
                left = 0.5 ** (7 * away / half_life)
                memories[index] = [left * sessions for sessions in memories[index]]
                predicted = _log_likelihood(hours, memories[index], everybody)
                scores[index] = fresh * scores[index] + TEMPER * predicted
        for index, memory in enumerate(memories):
            memories[index] = [m + h for m, h in zip(memory, hours, strict=True)]
        before = start
    return _shares([s + log(t) for s, (_, t) in zip(scores, MEMORIES, strict=True)])


def _log_likelihood(hours: Shares, memory: Shares, everybody: Shares) -> float:
    total = sum(memory) + GUESS_WORTH
    return sum(
        sessions * log((m + GUESS_WORTH * e) / total)
        for sessions, m, e in zip(hours, memory, everybody, strict=True)
        if sessions
    )


def _shares(logs: Sequence[float]) -> list[float]:
    most = max(logs)
    raw = [exp(one - most) for one in logs]
    return [one / sum(raw) for one in raw]
