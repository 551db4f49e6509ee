"""How much each week counts for the hours of the day: fast and slow memories are weighed by how
well each has predicted this person's next week so far: when they worked, and how they rated it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import exp, inf, log
from operator import add, mul
from typing import NamedTuple, TypeAlias

from services.profiler.traits.energy_patterns import BLOCK_HOURS, BLOCKS, GROUP, POWER
from services.profiler.traits.habits import Habits
from services.profiler.weeks import Week

WEEK = timedelta(weeks=1)
MEMORIES: tuple[tuple[float, float], ...] = ((21.0, 0.1), (180.0, 0.2), (inf, 0.7))
"""Half-lives in days and what each is trusted with at first: 21 follows a new habit within weeks,
the last lets no quiet month erase anything."""
FAST_WHEN_RATED = 14.0
"""The first half-life where there are scores: they tell more, so that fewer weeks will do."""
MOST_WEEKS = 52
"""What was predicted longer ago counts for next to nothing."""
GUESS_WORTH = 10.0
"""What everybody's mean is worth in a memory's prediction, in sessions."""
TEMPER, RATED_TEMPER = 0.25, 1.0
"""What of a week's sessions counts as evidence for a memory: those of a day hang together. Rated
ones count in full: they are whole sessions, and tell how they were."""
SCORES_VARY = 0.6
"""The variance of scores given at the same time of the day."""
TRUST_HALF_LIFE = 13.0
"""Weeks after which a good or bad prediction counts half."""

HOURS = 24
UNRATED_AT, RATED_AT, SPENT_AT, COUNT_AT, OTHER = 0, 24, 48, 56, 58
PLACES = {
    **{f"{part}u{hour}": UNRATED_AT + hour for part in "de" for hour in range(HOURS)},
    **{f"{part}r{hour}": RATED_AT + hour for part in "de" for hour in range(HOURS)},
    **{f"t{block}": SPENT_AT + block for block in range(BLOCKS)},
    **{f"{part}{kind}n": COUNT_AT + rated for part in "de" for rated, kind in enumerate("ur")},
}
"""Where what is counted under a key is added up: weekdays and weekends together."""

Places: TypeAlias = tuple[int, ...]
Counted: TypeAlias = Mapping[str, int]
Memories: TypeAlias = tuple[tuple[float, float], ...]
Vector: TypeAlias = Sequence[float]
NOTHING: Counted = {}


class Worked(NamedTuple):
    """What a week says (nothing without work), and what of its sessions counts as evidence.

    `says` are the sessions spread over the 24 hours in which they lay, the energy in them deciding
    where; by block of the day the rated ones; and by block their scores added up.
    """

    start: date
    says: Vector
    temper: float


class _Own(NamedTuple):
    """What of all that a week can say matters for a person: the first of the places are `hours`, as
    many blocks with rated sessions follow as with scores. `guess` is what is expected of everybody
    there, `elsewhere` at all other hours."""

    places: Places
    hours: int
    guess: Vector
    elsewhere: float


class _Held(NamedTuple):
    """What the memories hold after a week, in those places, and how well each has predicted."""

    week: Worked
    memories: Sequence[Vector]
    merits: Vector


def weights(weeks: Sequence[Week], habits: Habits) -> Mapping[date, float]:
    """Returns what is left, from 0 to 1, of each week in which work was seen, by its Monday."""
    return Recall(habits).weights(weeks)


class Recall:
    """Weighs weeks, and goes on from what it made of them before.

    What is tried changes the newest weeks only: those before them are gone through once.
    """

    def __init__(self, habits: Habits) -> None:
        self._everybody = [GUESS_WORTH * share for share in habits.mean]
        self._worked: dict[date, tuple[Counted, Worked]] = {}
        self._runs: dict[tuple[date, Places], list[_Held]] = {}

    def weights(self, weeks: Iterable[Week]) -> Mapping[date, float]:
        """Returns what is left, from 0 to 1, of each week in which work was seen, by its Monday.

        `weeks` come in order.
        """
        with_work = [one for one in map(self._looked_at, weeks) if one.says]
        if not with_work:
            return {}
        newest, trust = with_work[-1].start, self._trust(with_work[-MOST_WEEKS:])
        return {one.start: _left((newest - one.start).days, trust) for one in with_work}

    def _looked_at(self, week: Week) -> Worked:
        counts = week.counts.get(GROUP, NOTHING)
        known = self._worked.get(week.start)
        if known is None or known[0] is not counts:
            known = self._worked[week.start] = counts, worked(week)
        return known[1]

    def _trust(self, weeks: Sequence[Worked]) -> Memories:
        """Returns the half-lives and the trust in each after the last week, adding up to 1."""
        own = self._own(weeks)
        memories = _memories(own)
        run = self._runs.setdefault((weeks[0].start, own.places), [])
        del run[_alike(run, weeks) :]
        nothing = [own.guess] * len(memories), [0.0] * len(memories)
        for week in weeks[len(run) :]:
            run.append(_next(run[-1] if run else _Held(week, *nothing), week, memories, own))
        trust = _shares([m + log(t) for m, (_, t) in zip(run[-1].merits, memories, strict=True)])
        return tuple((half_life, one) for (half_life, _), one in zip(memories, trust, strict=True))

    def _own(self, weeks: Sequence[Worked]) -> _Own:
        # Hours in which the person never worked would stay as everybody's, whatever else happens.
        by_place = zip(*(week.says for week in weeks), strict=True)
        places = tuple(place for place, said in enumerate(by_place) if any(said))
        hours = [place for place in places if place < HOURS]
        guess = [self._everybody[hour] for hour in hours]
        blocks = [0.0] * (len(places) - len(hours))
        return _Own(places, len(hours), guess + blocks, sum(self._everybody) - sum(guess))


def _memories(own: _Own) -> Memories:
    if len(own.places) == own.hours:
        return MEMORIES
    (_, trust), *slower = MEMORIES
    return (FAST_WHEN_RATED, trust), *slower


def _alike(run: Sequence[_Held], weeks: Sequence[Worked]) -> int:
    """Returns how many of the first weeks are those of the run."""
    for number, (held, week) in enumerate(zip(run, weeks, strict=False)):
        if held.week is not week:
            return number
    return min(len(run), len(weeks))


def _next(before: _Held, week: Worked, memories: Memories, own: _Own) -> _Held:
    says = [week.says[place] for place in own.places]
    hours, scores = says[: own.hours], _mean_scores(says[own.hours :])
    away = (week.start - before.week.start) // WEEK
    fresh = 0.5 ** (away / TRUST_HALF_LIFE)
    held, merits = [], []
    for (half_life, _), one, merit in zip(memories, before.memories, before.merits, strict=True):
        memory, told = _faded(one, own.guess, 0.5 ** (7 * away / half_life)), 0.0
        if away:
            told = week.temper * _log_likelihood(hours, memory[: own.hours], own.elsewhere)
            told -= _missed(scores, memory[own.hours :]) / (2 * SCORES_VARY)
        merits.append(fresh * merit + told)
        held.append(list(map(add, memory, says)))
    return _Held(week, held, merits)


def _mean_scores(says: Vector) -> list[tuple[int, float, float]]:
    """Returns the blocks with rated sessions, how many, and their mean score."""
    blocks = len(says) // 2
    seen = enumerate(zip(says[:blocks], says[blocks:], strict=True))
    return [(block, n, points / n) for block, (n, points) in seen if n]


def _faded(memory: Vector, guess: Vector, left: float) -> Vector:
    if left == 1:
        return memory
    return [left * (m - g) + g for m, g in zip(memory, guess, strict=True)]


def _log_likelihood(hours: Vector, memory: Vector, elsewhere: float) -> float:
    told: float = sum(map(mul, hours, map(log, memory)))
    return told - sum(hours) * log(sum(memory) + elsewhere)


def _missed(scores: Iterable[tuple[int, float, float]], memory: Vector) -> float:
    """Returns the squares by which scores were off from those of the same block so far, with the
    mean of all blocks as one session more."""
    blocks = len(memory) // 2
    rated, points = memory[:blocks], memory[blocks:]
    known, off = sum(rated), 0.0
    if known:
        mean = sum(points) / known
        for block, n, score in scores:
            off += n * (score - (points[block] + mean) / (rated[block] + 1)) ** 2
    return off


def _left(days: int, trust: Iterable[tuple[float, float]]) -> float:
    left = 0.0
    for half_life, share in trust:
        left += share * 0.5 ** (days / half_life)
    return min(1.0, left)


def worked(week: Week) -> Worked:
    """Returns how a week's work lay, and how it was rated."""
    sums = [0] * (OTHER + 1)
    for key, amount in week.counts.get(GROUP, NOTHING).items():
        sums[PLACES.get(key, OTHER)] += amount
    hours = list(map(add, sums[UNRATED_AT:RATED_AT], sums[RATED_AT:SPENT_AT]))
    total = sum(hours)
    if not total:
        return Worked(week.start, (), 0.0)
    unrated, rated = sums[COUNT_AT:OTHER]
    sessions = unrated + rated
    # What lies over Sunday's midnight leaves seconds in one week and its session in the next.
    each = max(1, sessions) / total
    evidence = (unrated * TEMPER + rated * RATED_TEMPER) / sessions if sessions else TEMPER
    return Worked(week.start, [hour * each for hour in hours] + _scores(sums, rated), evidence)


def _scores(sums: Sequence[int], rated: int) -> list[float]:
    """Returns by block of the day the rated sessions, and their scores added up."""
    seconds = sums[SPENT_AT:COUNT_AT]
    each = max(1, rated) / max(1, sum(seconds))
    sessions, points = [0.0] * BLOCKS, [0.0] * BLOCKS
    for block, spent in enumerate(seconds):
        if spent:
            first = RATED_AT + block * BLOCK_HOURS
            score = (sum(sums[first : first + BLOCK_HOURS]) / spent) ** (1 / POWER)
            sessions[block], points[block] = spent * each, spent * each * score
    return sessions + points


def _shares(logs: Sequence[float]) -> list[float]:
    most = max(logs)
    raw = [exp(one - most) for one in logs]
    return [one / sum(raw) for one in raw]
