"""Puts together what would change a trait, most effective first."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.profiler.localtime import local_date, zone_named
from services.profiler.model import Fact, Source
from services.profiler.outlook import disruptions, hours, lengths
from services.profiler.outlook.stage import MOST, Idea, Stage, repeated
from services.profiler.outlook.trial import Prospect, Trial
from services.profiler.traits import (
    energy_patterns,
    flow_disruptors,
    focus_duration,
    meeting_recovery,
    peak_hours,
    preferred_start_time,
    task_switching_cost,
)
from services.profiler.weeks import week_of
from services.profiler.words.numbers import many

MORNING = 10 * 60
NOTHING = f"nothing tried would change it noticeably: {MOST} observations, one a weekday"
LITTLE = 0.25
"""What counts for less has faded."""


@dataclass(frozen=True, slots=True)
class View:
    """How to look ahead for one trait: what could be tried; what its observations are called,
    with what they must be like, and such a one on a weekday; what an answer counts as."""

    ideas: Callable[[Trial, Stage], Iterator[Idea]]
    noun: str
    like: str
    facts: Callable[[Stage, int], Sequence[Fact]]
    worth: float = 0.0
    unit: str = ""


def _work(stage: Stage, number: int) -> list[Fact]:
    return [stage.work(number, MORNING)]


def _meeting(stage: Stage, number: int) -> list[Fact]:
    return [stage.meeting(number, MORNING), stage.work(number, MORNING + 60)]


def _counted(stage: Stage, number: int) -> list[Fact]:
    return [stage.work(number, MORNING, score=4, interruptions=0)]


def _interrupted(stage: Stage, number: int) -> list[Fact]:
    return [stage.work(number, MORNING, interruptions=1)]


VIEWS: Mapping[str, View] = {
    energy_patterns.NAME: View(
        hours.of_patterns, "session", "", _work, energy_patterns.ANSWER_WORTH, "session"
    ),
    peak_hours.NAME: View(
        hours.of_peaks, "session", "", _work, energy_patterns.ANSWER_WORTH, "session"
    ),
    focus_duration.NAME: View(
        lengths.of_focus, "session", "", _work, focus_duration.ANSWER_WORTH, "session"
    ),
    meeting_recovery.NAME: View(lengths.of_recovery, "meeting", " followed by work", _meeting),
    task_switching_cost.NAME: View(
        disruptions.of_switching, "session", " with interruptions counted", _counted
    ),
    preferred_start_time.NAME: View(
        lengths.of_start, "day", " of work", _work, preferred_start_time.ANSWER_WORTH, "day"
    ),
    flow_disruptors.NAME: View(
        disruptions.of_disruptors,
        "session",
        " with a disruption",
        _interrupted,
        flow_disruptors.ANSWER_WORTH,
        "disruption",
    ),
}


def outlook(trial: Trial, telling: Iterable[date], stage: Stage) -> list[str]:
    """Returns what would change the trait, and what already counts for little.

    `telling` are the days that the trait rests on.
    """
    if trial.now is None:
        return []
    said = [prospect.says for prospect in prospects(trial, stage)] or [NOTHING]
    return [*said, *_answer(trial), *_faded(trial, telling)]


def prospects(trial: Trial, stage: Stage) -> list[Prospect]:
    """Returns what would change the trait: what takes the fewest observations first."""
    if trial.now is None:
        return []
    view = VIEWS[trial.rule.name]
    ideas = [_reliable(view, stage)] if trial.now.provisional else []
    found = [trial.prospect(idea) for idea in (*ideas, *view.ideas(trial, stage))]
    return sorted((one for one in found if one), key=lambda one: one.times)


def _reliable(view: View, stage: Stage) -> Idea:
    return repeated(
        lambda times: f"{many(times, f'more {view.noun}')}{view.like}",
        lambda number: view.facts(stage, number),
        lambda trait: not trait.provisional,
        lambda _: "would make it no longer provisional",
    )


def _answer(trial: Trial) -> Iterator[str]:
    """Yields what the person's own answer still counts as, if it tells anything."""
    view = VIEWS[trial.rule.name]
    told = trial.now is not None and trial.now.source in (Source.ANSWERED, Source.MIXED)
    for question in trial.rule.questions if told else ():
        if faded := trial.memory.answers.get(question):
            given = local_date(faded.answer.start, zone_named(faded.answer.zone))
            worth = f"{faded.weight * view.worth:.1f} {view.unit}s"
            yield f"your answer `{faded.answer.text}` of {given} counts as {worth} now"


def _faded(trial: Trial, telling: Iterable[date]) -> Iterator[str]:
    """Yields from when back evidence counts for little, if there is any."""
    faded = sorted(day for day in telling if trial.weight(day) < LITTLE)
    if faded:
        since = week_of(faded[-1]) + timedelta(weeks=1)
        days = many(len(faded), "day")
        yield f"evidence before {since}, of {days}, counts for less than a quarter"
