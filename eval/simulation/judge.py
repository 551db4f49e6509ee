"""Whether a suggestion helped, by the hidden self of whom it was made to."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from eval.simulation.days import MINUTE, Day

FLIPPED, ANSWERED = 0.08, 0.5
"""The share of verdicts that are the opposite of what is true, and of those that are told."""
OUTSIDE = timedelta(minutes=30)
NEAR_MINUTES = 30
SHORTEST_FOCUS, LONGEST_FOCUS = 0.6, 1.7
WORKED_ENOUGH = 0.8
LOWER_PART, LOWEST_PART = 0.6, 0.25
NEAR_MEDIAN = 0.4
"""Energy that exceeds two fifths of the working day is near the median."""
SLOW_RECOVERY_MINUTES = 8
SENSITIVE_FROM = 1 / 3
BEFORE_END = timedelta(minutes=75)


@dataclass(frozen=True)
class Advice:
    """One suggestion, as far as it can be judged; `reference` is what its maker calls it, `words`
    are for people."""

    type: str
    start: datetime
    end: datetime
    duration_minutes: float
    reference: str = ""
    words: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is true, what the person feels, and whether they say so."""

    helps: bool
    felt: bool
    told: bool


def judge(day: Day, at: datetime, advice: Advice, refused: Collection[str]) -> Verdict:
    """Return the verdict on what is said at a moment; the same whoever said it."""
    dice = Random(f"verdict {day.mind.name} {at} {advice.type}")
    true = helps(day, advice, refused)
    return Verdict(true, true ^ (dice.random() < FLIPPED), dice.random() < ANSWERED)


def helps(day: Day, advice: Advice, refused: Collection[str]) -> bool:
    """Tell whether it helps; `refused` are the types that were refused earlier that day."""
    if advice.type in refused or advice.type in day.mind.never or not _in_the_day(day, advice):
        return False
    return RULES[advice.type](day, advice)


def _in_the_day(day: Day, advice: Advice) -> bool:
    if day.working is None:
        return False
    return day.working.start - OUTSIDE <= advice.start and advice.end <= day.working.end + OUTSIDE


def _deep_work(day: Day, advice: Advice) -> bool:
    typical, since = day.mind.person.focus_minutes, day.minutes_since_meeting(advice.start)
    return (
        day.mean_level(advice.start, advice.end) >= day.mind.median_level
        and SHORTEST_FOCUS * typical <= advice.duration_minutes <= LONGEST_FOCUS * typical
        and not any(each.start < advice.end and advice.start < each.end for each in day.meetings)
        and (since is None or since >= day.mind.person.recovery_minutes / 2)
    )


def _light_work(day: Day, advice: Advice) -> bool:
    low = day.level(advice.start) <= day.mind.level_above(LOWER_PART)
    return low or _meeting_is_near(day, advice)


def _break(day: Day, advice: Advice) -> bool:
    worked = day.minutes_without_break(advice.start)
    enough = worked >= WORKED_ENOUGH * day.mind.person.focus_minutes
    return enough or day.level(advice.start) <= day.mind.level_above(LOWEST_PART)


def _meeting_is_near(day: Day, advice: Advice) -> bool:
    minutes = day.minutes_to_meeting(advice.start)
    return minutes is not None and minutes <= NEAR_MINUTES


def _recovery(day: Day, advice: Advice) -> bool:
    needed, since = day.mind.person.recovery_minutes, day.minutes_since_meeting(advice.start)
    return needed >= SLOW_RECOVERY_MINUTES and since is not None and since <= needed


def _protection(day: Day, advice: Advice) -> bool:
    sensitive = day.mind.person.score_lost_per_interruption >= SENSITIVE_FROM
    return sensitive and day.level(advice.start) >= day.mind.level_above(NEAR_MEDIAN)


def _wrap_up(day: Day, advice: Advice) -> bool:
    return day.working is not None and abs(day.working.end - advice.start) <= BEFORE_END


RULES: Mapping[str, Callable[[Day, Advice], bool]] = {
    "deep_work_window": _deep_work,
    "light_work": _light_work,
    "break": _break,
    "meeting_preparation": _meeting_is_near,
    "meeting_recovery": _recovery,
    "protect_from_interruptions": _protection,
    "wrap_up": _wrap_up,
}


def best(day: Day, at: datetime, refused: Collection[str]) -> Advice | None:
    """Return what an oracle says: the best that helps, None if nothing does.

    What is bound to this moment goes before what is nearly always right.
    """
    if day.in_meeting(at):
        return None
    return next((each for each in _candidates(day, at) if helps(day, each, refused)), None)


def _candidates(day: Day, at: datetime) -> list[Advice]:
    focus = day.mind.person.focus_minutes
    lengths = {
        "meeting_preparation": 10.0,
        "meeting_recovery": 5.0,
        "deep_work_window": focus,
        "protect_from_interruptions": focus,
        "break": 10.0,
        "wrap_up": 15.0,
        "light_work": 15.0,
    }
    now = [_advice(type_, at, minutes) for type_, minutes in lengths.items()]
    later = [_advice("deep_work_window", at + 15 * step * MINUTE, focus) for step in range(1, 13)]
    return now + later


def _advice(type_: str, start: datetime, minutes: float) -> Advice:
    return Advice(type_, start, start + minutes * MINUTE, minutes)
