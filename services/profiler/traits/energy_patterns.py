"""`work.energy_patterns`: how sharp the person is by the hour, on weekdays and at weekends."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from services.profiler.days import Day
from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import EnergyPatterns, Evidence, Question, Trait
from services.profiler.traits.certainty import MIDDLE_80, WINDOW_HOURS, best_start, peak_confidence
from services.profiler.traits.curves import HOURS, Curve, mixed, shares, smooth
from services.profiler.traits.habits import Habits
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.energy_patterns"
GROUP = "energy"
METHOD = (
    "Minutes of work by hour of the local day, read in the light of how people's days differ: the "
    "fewer sessions, the more the curve is what is usual for days like yours. Your answer is worth "
    "5 sessions. Work with a score counts by the third power of it, and for more. Older weeks "
    "count the less, the better your newest weeks alone have predicted the next. The best is 1."
)
ENOUGH = 10
PRIOR_WORTH = 10.0
ANSWER_WORTH = 5.0
BORROWED = 10.0
"""Sessions that weekdays may borrow from weekends, and the other way round: so many, or as many as
their own. Of rated ones never more."""
HABITS_SHARE = 0.7
"""Trust in how people's days differ; the rest goes to a plain smoothing that presumes nothing of
the kind, for those who are like nobody else."""
SCORED_WORTH = 1.5
"""Sightings a session with a middling score counts as: more time than a commit, and it is rated."""
UNTIL_SCORES_TELL = 2.0
"""What a 4 means is known beside a person's other scores: with so many of them, all are trusted
half when it comes to how sure a peak is."""
NEUTRAL_SCORE = 3.0
BLOCK_HOURS, BLOCKS = 3, 8
"""Of the day, in which scores are compared with those before."""
POWER = 3
"""People work through their low hours too, and rate within a narrow range: what a session tells of
energy goes by this power of its score. So high, a 5 still does not outweigh two hundred 1s."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The shares of energy by hour on weekdays and at weekends, each adding up to 1; and, as
    `rated_*`, the rated work by hour before anything was smoothed or mixed in.

    `sightings` is what they rest on beside the prior, faded; so is `effective_n`, in sessions.
    `confidence` is the probability that the best window of weekdays is the right one.
    """

    weekday: Curve
    weekend: Curve
    rated_weekday: Curve
    rated_weekend: Curve
    sightings: float
    confidence: float
    n: int
    effective_n: float
    question: Question | None
    weekend_seen: bool

    @property
    def spread(self) -> float:
        """Half the width of the middle 80 % of what the best weekday level can be."""
        best = max(self.weekday)
        return MIDDLE_80 * sqrt(best * (1 - best) / (self.sightings + PRIOR_WORTH)) / best


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen on weekdays, or at weekends: seconds by hour, and faded counts."""

    worked: Curve
    rated: Curve
    n: int
    sessions: float
    unrated_sessions: float
    rated_worth: float

    @property
    def sightings(self) -> float:
        return self.unrated_sessions + self.rated_worth

    @property
    def cautious(self) -> "_Seen":
        """The same, as long as few scores tell what one of them means."""
        rated = self.sessions - self.unrated_sessions
        told = rated / (rated + UNTIL_SCORES_TELL)
        return replace(self, rated_worth=told * self.rated_worth)


class _Said(NamedTuple):
    """The hours that an answer speaks of, the shares that it stands for, and what it is worth, in
    sessions; 0 without one."""

    hours: range
    curve: Curve
    worth: float

    def share_of_window(self, start: int) -> float:
        """Returns which share of the window that begins then it speaks of."""
        window = range(start, start + WINDOW_HOURS)
        return sum(hour % HOURS in self.hours for hour in window) / WINDOW_HOURS


def count(day: Day, tally: Tally) -> None:
    """Counts by local hour seconds of unrated work, and of rated work times the power of the score,
    and sessions on the day they end; keys begin with "d" on a weekday and "e" at the weekend. By
    block of any day, as "t3", it counts the seconds of rated work."""
    part, counts = "e" if day.is_weekend else "d", tally.counts
    for session in day.sessions:
        score = session.fact.score
        kind = part + ("u" if score is None else "r")
        worth = (score or 1) ** POWER
        for hour, seconds in session.hours:
            counts[f"{kind}{hour}"] += seconds * worth
            if score is not None:
                counts[f"t{hour // BLOCK_HOURS}"] += seconds
        if session.ends_here:
            counts[f"{kind}n"] += 1
            counts[f"{part}score"] += score or 0
        tally.saw(session.until)


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
        confidence=seen.confidence,
        enough=ENOUGH,
        question=seen.question,
    )


@lru_cache(maxsize=1)  # two traits look at the same picture, one after the other
def picture(memory: Memory, prior: Prior) -> Picture | None:
    """Returns the curves; None without a session and without an answer that tells anything."""
    said = _answered(memory, prior)
    weekday, weekend = _seen(memory, "d"), _seen(memory, "e")
    n = weekday.n + weekend.n
    if n == 0 and not said.worth:
        return None
    active = _activity(weekday, weekend, prior.habits)
    return Picture(
        weekday=_believed(active, weekday, weekend, said),
        weekend=_believed(_activity(weekend, weekday, prior.habits), weekend, weekday, said),
        rated_weekday=weekday.rated,
        rated_weekend=weekend.rated,
        sightings=weekday.sightings + weekend.sightings,
        confidence=_confidence(active, weekday.cautious, weekend.cautious, said),
        n=n,
        effective_n=weekday.sessions + weekend.sessions,
        question=Question.MOST_PRODUCTIVE if said.worth else None,
        weekend_seen=weekend.n > 0,
    )


def _confidence(active: Curve, weekday: _Seen, weekend: _Seen, said: _Said) -> float:
    curve = _believed(active, weekday, weekend, said)
    seen = weekday.sessions + weekend.sessions
    told = said.worth / ANSWER_WORTH * seen / (seen + PRIOR_WORTH)
    agreed = told * (2 * said.share_of_window(best_start(curve)) - 1)
    return peak_confidence(curve, weekday.sightings + weekend.sightings, agreed)


def worked(memory: Memory) -> tuple[Curve, float]:
    """Returns the shares of work by hour, all days of the week together, and the sessions."""
    weekday, weekend = _seen(memory, "d"), _seen(memory, "e")
    both = [one + other for one, other in zip(weekday.worked, weekend.worked, strict=True)]
    return shares(both), weekday.sessions + weekend.sessions


def _seen(memory: Memory, part: str) -> _Seen:
    seconds = memory.group(GROUP)
    unrated = [seconds.get(f"{part}u{hour}", 0.0) for hour in range(HOURS)]
    rated = [seconds.get(f"{part}r{hour}", 0.0) / NEUTRAL_SCORE**POWER for hour in range(HOURS)]
    sessions = memory.weight(GROUP, f"{part}un"), memory.weight(GROUP, f"{part}rn")
    return _Seen(
        worked=[u + r for u, r in zip(unrated, rated, strict=True)],
        rated=rated,
        n=memory.n(GROUP, f"{part}un") + memory.n(GROUP, f"{part}rn"),
        sessions=sum(sessions),
        unrated_sessions=sessions[0],
        rated_worth=SCORED_WORTH * memory.weight(GROUP, f"{part}score") / NEUTRAL_SCORE,
    )


def _believed(active: Curve, own: _Seen, other: _Seen, said: _Said) -> Curve:
    """Returns the curve of one part of the week, for which the other is asked too."""
    return mixed(
        (active, PRIOR_WORTH + own.unrated_sessions),
        (said.curve, said.worth),
        (smooth(shares(own.rated)), own.rated_worth),
        (smooth(shares(other.rated)), min(other.rated_worth, BORROWED)),
    )


def _activity(own: _Seen, other: _Seen, habits: Habits) -> Curve:
    """Returns when the person is likely to work, in the light of how people's days differ."""
    borrowed = min(other.sessions, max(BORROWED, own.sessions))
    n = own.sessions + borrowed
    seen = (shares(own.worked), own.sessions), (shares(other.worked), borrowed)
    worked = mixed(*seen) if n else habits.mean
    plain = mixed((smooth(worked), n), (habits.mean, PRIOR_WORTH))
    likely = shares(habits.expected(worked, n))
    return mixed((likely, HABITS_SHARE), (plain, 1 - HABITS_SHARE))


def levels(curve: Curve) -> tuple[float, ...]:
    """Returns the curve as levels from 0 to 1, 1 at its best hour."""
    best = max(curve)
    return tuple(round(share / best, 3) for share in curve)


def _answered(memory: Memory, prior: Prior) -> _Said:
    faded = memory.answers.get(Question.MOST_PRODUCTIVE)
    hours = prior.answered_parts.get(faded.answer.text) if faded else None
    if faded is None or hours is None:
        return _Said(range(0), [0.0] * HOURS, 0.0)
    first, last = hours
    flat = [1.0 if first <= hour < last else 0.0 for hour in range(HOURS)]
    return _Said(range(first, last), smooth(shares(flat)), ANSWER_WORTH * faded.weight)


def says(day: Day) -> Iterator[Evidence]:
    """Yields each session: when, how long, and how it was rated."""
    for session in day.sessions:
        score = session.fact.score
        rated = "" if score is None else f", rated {score} of 5"
        at = clock_face(session.start_minute)
        text = f"{session.minutes} minutes of work from {at}{rated}"
        yield Evidence(session.observation_id, session.fact.start, text)


COUNTING = Counting(GROUP, count, by_session=True)
RULE = Rule(NAME, METHOD, COUNTING, fold, says, (Question.MOST_PRODUCTIVE,))
