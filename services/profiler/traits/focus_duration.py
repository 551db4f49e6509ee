"""`work.focus_duration`: how long the person stays with something when nothing cuts it short."""

from collections.abc import Iterator, Mapping, Sequence
from math import log, sqrt

from services.profiler.days import Day, Session
from services.profiler.localtime import clock_face, part_of_day
from services.profiler.memory import Memory
from services.profiler.model import Evidence, FocusDuration, Quantiles, Question, Trait
from services.profiler.traits.certainty import chance_within, shrunk
from services.profiler.traits.lengths import (
    USUAL_REACH,
    Length,
    Survival,
    deviation,
    half_middle_80,
    survival,
)
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.focus_duration"
GROUP = "focus"
METHOD = (
    "The lengths of your work sessions (p50: half are shorter), where a session that a meeting "
    "cut short counts as at least that long (Kaplan-Meier). Your answer is worth 5 sessions. The "
    "confidence is the probability that the true p50 is within 20 % of the one given; four of "
    "five sessions that nothing cuts short end within the spread around it."
)
ENOUGH = 8
ANSWER_WORTH = 5.0
ENOUGH_FOR_A_PART = 5
AT_A_MEETING = 5 * 60
"""Seconds around a meeting's start within which a session's end is the meeting's doing."""
TOLERANCE = log(1.2)
USUAL_DEVIATION, USUAL_WORTH = 0.4, 5.0
"""How widely lengths vary, as a logarithm, and how many sessions that guess is worth."""
ERROR = 1.13
"""The standard error of `Survival.typical` at the middle, in those of a mean: simulated with
log-normal, Weibull and log-logistic lengths of which a third was cut."""
PARTS = {"m": "morning", "a": "afternoon", "e": "evening"}


def count(day: Day, tally: Tally) -> None:
    """Counts sessions on the day they end by part of the day, whether cut, and minutes, as in
    "mc45": begun in the morning, cut by a meeting ("e": ended by itself), after 45 minutes; and
    those of a part, as in "nm"."""
    counts = tally.counts
    for session in day.sessions:
        if session.ends_here:
            part = part_of_day(session.start_minute)[0]
            how = "c" if is_cut(session, day) else "e"
            counts[f"{part}{how}{session.minutes}"] += 1
            counts[f"n{part}"] += 1
            tally.saw(session.until)


def is_cut(session: Session, day: Day) -> bool:
    """Tells whether a meeting ended the session."""
    end = session.fact.end
    for _, meeting in day.meeting_events:
        if meeting.start >= end - AT_A_MEETING:
            return meeting.start <= end + AT_A_MEETING
    return False


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the quantiles, once there is a session or an answer."""
    answered = answered_lengths(memory, prior)
    n = sum(memory.n(GROUP, f"n{letter}") for letter in PARTS)
    if n == 0 and not answered:
        return None
    by_part = _lengths(memory)
    seen = [one for lengths in by_part.values() for one in lengths]
    curve = survival([*seen, *answered])
    weight = sum(one.ended + one.cut for one in seen)
    error = _error(curve, sum(one.ended for one in seen) + (1 if answered else 0))
    worth = weight + sum(one.ended for one in answered)
    return trait(
        GROUP,
        memory,
        prior,
        FocusDuration(_quantiles(curve, worth, n), _by_part(memory, by_part)),
        n=n,
        effective_n=weight,
        spread=half_middle_80(curve, weight, USUAL_REACH * curve.quantile(0.5), USUAL_WORTH),
        confidence=chance_within(TOLERANCE, error),
        enough=ENOUGH,
        question=Question.FOCUS_LENGTH if answered else None,
    )


def answered_lengths(memory: Memory, prior: Prior) -> list[Length]:
    """Returns the lengths that the answer stands for, worth so many sessions together."""
    faded = memory.answers.get(Question.FOCUS_LENGTH)
    lengths = prior.answered_focus.get(faded.answer.text, ()) if faded else ()
    if not faded:
        return []
    return [Length(minutes, ANSWER_WORTH * faded.weight / len(lengths)) for minutes in lengths]


def _lengths(memory: Memory) -> Mapping[str, Sequence[Length]]:
    """Returns the lengths by letter of the part of the day."""
    by_part: dict[str, list[Length]] = {letter: [] for letter in PARTS}
    for key, weight in memory.group(GROUP).items():
        if key[0] in by_part:
            ended, cut = (weight, 0.0) if key[1] == "e" else (0.0, weight)
            by_part[key[0]].append(Length(int(key[2:]), ended, cut))
    return by_part


def _quantiles(curve: Survival, worth: float, n: int) -> Quantiles:
    p50, p75, p90 = (round(curve.typical(share, worth)) for share in (0.5, 0.75, 0.9))
    return Quantiles(p50, p75, p90, n)


def _by_part(memory: Memory, by_part: Mapping[str, Sequence[Length]]) -> dict[str, Quantiles]:
    found: dict[str, Quantiles] = {}
    for letter, part in PARTS.items():
        n = memory.n(GROUP, f"n{letter}")
        if n >= ENOUGH_FOR_A_PART:
            seen = by_part[letter]
            worth = sum(one.ended + one.cut for one in seen)
            found[part] = _quantiles(survival(seen), worth, n)
    return found


def _error(curve: Survival, ended: float) -> float:
    """Returns the standard error of the logarithm of the p50; cut sessions tell little about it."""
    logs = Survival(
        [(log(minutes), share) for minutes, share in curve.steps], log(max(1.0, curve.longest))
    )
    n = max(1.0, ended)
    return ERROR * shrunk(deviation(logs), n, USUAL_DEVIATION, USUAL_WORTH) / sqrt(n)


def says(day: Day) -> Iterator[Evidence]:
    """Yields each session that ended on the day."""
    for session in day.sessions:
        if session.ends_here:
            at = clock_face(session.start_minute)
            end = "cut short by a meeting" if is_cut(session, day) else "ended by itself"
            text = f"{session.minutes} minutes from {at}, {end}"
            yield Evidence(session.observation_id, session.fact.start, text)


RULE = Rule(
    NAME, METHOD, Counting(GROUP, count, by_session=True), fold, says, (Question.FOCUS_LENGTH,)
)
