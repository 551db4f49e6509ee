"""What would move lengths and times: of focus, of recovery, of the day's start."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from services.profiler.localtime import clock_face
from services.profiler.model import (
    Fact,
    FocusDuration,
    MeetingRecovery,
    PreferredStartTime,
    Question,
    Trait,
)
from services.profiler.outlook.stage import MEETING_MINUTES, Idea, Stage, answered, repeated
from services.profiler.outlook.trial import Trial
from services.profiler.traits import focus_duration, preferred_start_time
from services.profiler.words.numbers import many

MORNING = 10 * 60
ROUNDED_TO = 5
LENGTHS = ("30min", "1hr", "2hr+")
FACTORS = (1.5, 0.5)
SLOWER, MOST_RECOVERY = 15, 110
"""Minutes more than now, and at most."""
AN_HOUR = 60
LATEST_START = 22 * 60
FOCUS_WORTH = many(round(focus_duration.ANSWER_WORTH), "session")
START_WORTH = many(round(preferred_start_time.ANSWER_WORTH), "day")

NOTICED_SHARE, NOTICED_RECOVERY, NOTICED_START = 0.1, 3, 15
"""A share of the p50, and minutes, from which on a change is worth telling."""

Measure: TypeAlias = Callable[[Trait | None], int]
Effect: TypeAlias = tuple[Callable[[Trait], bool], Callable[[Trait], str]]


def of_focus(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would move the p50."""
    now = _focus(trial.now)
    effect = _moving("p50", _focus, trial.now, NOTICED_SHARE * now)
    for text in LENGTHS:
        yield answered(stage.answer(Question.FOCUS_LENGTH, text), FOCUS_WORTH, *effect)
    for factor in FACTORS:
        yield _sessions(stage, _rounded(factor * now), effect)


def of_recovery(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would move the p50."""
    now = _recovery(trial.now)
    effect = _moving("p50", _recovery, trial.now, NOTICED_RECOVERY)
    for minutes in (now // 2, min(now + SLOWER, MOST_RECOVERY)):
        yield _recoveries(stage, minutes, effect)


def of_start(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would move the start."""
    now = _start(trial.now)
    effect = _moving("the start", _start, trial.now, NOTICED_START, clock_face)
    for minute in (now - AN_HOUR, now + AN_HOUR):
        if preferred_start_time.DAY_BREAK <= minute <= LATEST_START:
            answer = stage.answer(Question.USUAL_START, clock_face(minute))
            yield answered(answer, START_WORTH, *effect)
            yield _starts(stage, minute, effect)


def _sessions(stage: Stage, minutes: int, effect: Effect) -> Idea:
    return repeated(
        lambda times: f"{many(times, 'session')} of {minutes} minutes that nothing cuts short",
        lambda number: [stage.work(number, MORNING, minutes)],
        *effect,
    )


def _recoveries(stage: Stage, minutes: int, effect: Effect) -> Idea:
    back = MORNING + MEETING_MINUTES + minutes

    def facts(number: int) -> list[Fact]:
        return [stage.meeting(number, MORNING), stage.work(number, back)]

    return repeated(
        lambda times: f"{many(times, 'meeting')} with work {minutes} minutes after the end",
        facts,
        *effect,
    )


def _starts(stage: Stage, minute: int, effect: Effect) -> Idea:
    return repeated(
        lambda times: f"{many(times, 'day')} on which work begins at {clock_face(minute)}",
        lambda number: [stage.work(number, minute)],
        *effect,
    )


def _moving(
    what: str, measured: Measure, now: Trait | None, least: float, shown: Callable[[int], str] = str
) -> Effect:
    """Returns how to see that a number has moved noticeably, and how to tell it."""
    before = measured(now)
    unit = " minutes" if shown is str else ""
    return (
        lambda trait: abs(measured(trait) - before) >= least,
        lambda trait: f"would move {what} from {shown(before)} to {shown(measured(trait))}{unit}",
    )


def _focus(trait: Trait | None) -> int:
    value = trait.value if trait else None
    assert isinstance(value, FocusDuration)  # noqa: S101
    return value.overall.p50_minutes


def _recovery(trait: Trait | None) -> int:
    value = trait.value if trait else None
    assert isinstance(value, MeetingRecovery)  # noqa: S101
    return value.p50_minutes


def _start(trait: Trait | None) -> int:
    value = trait.value if trait else None
    assert isinstance(value, PreferredStartTime)  # noqa: S101
    hours, minutes = value.start.split(":")
    return int(hours) * 60 + int(minutes)


def _rounded(minutes: float) -> int:
    return max(ROUNDED_TO, round(minutes / ROUNDED_TO) * ROUNDED_TO)
