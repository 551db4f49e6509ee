"""Compares what the profiler, and simpler predictors, believe with the truth about a person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TypeVar

import numpy as np

from clients.workbench.families import Family, costs
from clients.workbench.people import Amount, Person
from clients.workbench.truth import Truth
from eval.believing import traits_after
from eval.made_up import baselines
from eval.reference import EVERYBODY
from eval.windows import HOURS, best, captured, is_near
from services.profiler.model import (
    EnergyPatterns,
    Fact,
    FlowDisruptors,
    FocusDuration,
    MeetingRecovery,
    PeakHours,
    PreferredStartTime,
    TaskSwitchingCost,
    Trait,
    Traits,
)
from services.profiler.traits import (
    energy_patterns,
    flow_disruptors,
    focus_duration,
    meeting_recovery,
    peak_hours,
    preferred_start_time,
    task_switching_cost,
)

PERSONAKIT, PLAIN, ANSWERED, FIXED = "personakit", "plain", "answers only", "everybody"
ALL_BUT_IT = "who knows all else"
CAPTURED, NEAR, LEVELS = "peak captured", "peak within one hour", "energy levels"
NEAR_TOLD = f"{NEAR}, with the answer"
FOCUS, FOCUS_P90, RECOVERY, START = "focus p50", "focus p90", "meeting recovery p50", "start"
LABEL, LOST, WORST = "switching label", "score lost", "worst disruptor"
LABEL_OFTEN = f"{LABEL} of those interrupted every other session"
WITHIN_A_FIFTH = log(1.2)
OFTEN = 0.5
LOW_BELOW, HIGH_FROM = 0.2, 0.45
"""Points for an interruption, for who names a level by the plain slope."""
ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Judged:
    """One belief about one person after `n` observations: by predictor how far off it was, or how
    good; of PersonaKit's, what confidence was stated, whether it was right by that confidence's
    own meaning, and which share of what it is about lies within its spread."""

    family: str
    person: int
    what: str
    n: int
    found: Mapping[str, float]
    stated: float = 0.0
    right: bool = False
    covered: float = 0.0


@dataclass(frozen=True)
class Lived:
    """What was noted by somebody of whom all is known: `said` is what follows from their answers
    alone, `worst` what breaks their flow most."""

    family: Family
    person: Person
    facts: Sequence[Fact]
    answers: Sequence[Fact]
    said: Traits
    truth: Truth
    worst: str


Sayings = Mapping[str, float]
Judgement = tuple[str, Sayings, float, bool, float]


def after_sessions(lived: Lived) -> Iterator[Judgement]:
    """Yields what is right and wrong after sessions."""
    facts, said, truth = lived.facts, lived.said, lived.truth
    traits = traits_after(facts)
    yield from _peak(facts, traits, said, truth)
    yield from _focus(facts, traits, said, truth)
    yield from _cost(lived, traits)
    yield from _start(facts, traits, said, truth)
    yield from _worst(traits, said, lived.worst)
    yield near_told(traits_after([*lived.answers, *facts]), said, truth)


def near_told(told: Traits, said: Traits, truth: Truth) -> Judgement:
    """Returns whether the peak is right of somebody who answered the questions."""
    windows = {PERSONAKIT: _first_window(told), ANSWERED: _first_window(said)}
    near = {name: float(is_near(start, truth.best_window)) for name, start in windows.items()}
    return NEAR_TOLD, near, told[peak_hours.NAME].confidence, bool(near[PERSONAKIT]), 0.0


def after_meetings(
    facts: Sequence[Fact], truth: Truth, following: Sequence[float]
) -> Iterator[Judgement]:
    """Yields what is right and wrong about the recovery from meetings; `following` are the minutes
    that it took after the next ones."""
    traits = traits_after(facts)
    if meeting_recovery.NAME in traits:
        trait, value = _believed(traits, meeting_recovery.NAME, MeetingRecovery)
        off = abs(value.p50_minutes - truth.recovery_p50)
        plain = abs(baselines.median_wait(facts) - truth.recovery_p50)
        found = {PERSONAKIT: off, PLAIN: plain}
        within = _within(trait.spread, value.p50_minutes, following)
        yield RECOVERY, found, trait.confidence, off <= 5, within


def _believed(traits: Traits, name: str, kind: type[ValueT]) -> tuple[Trait, ValueT]:
    trait = traits[name]
    assert isinstance(trait.value, kind)
    return trait, trait.value


def _within(spread: float, middle: float, lengths: Sequence[float]) -> float:
    return sum(abs(one - middle) <= spread for one in lengths) / len(lengths)


def _first_window(traits: Traits) -> int:
    return int(_believed(traits, peak_hours.NAME, PeakHours)[1].windows[0].start[:2])


def _peak(facts: Sequence[Fact], traits: Traits, said: Traits, truth: Truth) -> Iterator[Judgement]:
    hours, levels = baselines.hours_of(facts), np.array(truth.levels)
    starts = {
        PERSONAKIT: _first_window(traits),
        PLAIN: best(hours),
        ANSWERED: _first_window(said),
        FIXED: EVERYBODY,
    }
    near = {name: float(is_near(start, truth.best_window)) for name, start in starts.items()}
    stated = traits[peak_hours.NAME].confidence
    yield CAPTURED, _each(starts, lambda start: captured(start, levels)), 0.0, False, 0.0
    yield NEAR, near, stated, bool(near[PERSONAKIT]), 0.0
    curves = {
        PERSONAKIT: _believed(traits, energy_patterns.NAME, EnergyPatterns)[1].weekday,
        PLAIN: hours / hours.max(),
        ANSWERED: _believed(said, energy_patterns.NAME, EnergyPatterns)[1].weekday,
    }
    yield LEVELS, _each(curves, lambda curve: _off(curve, truth)), 0.0, False, 0.0


def _each(sayings: Mapping[str, ValueT], judge: Callable[[ValueT], float]) -> Sayings:
    return {name: judge(saying) for name, saying in sayings.items()}


def _off(curve: Sequence[float], truth: Truth) -> float:
    """Returns the mean difference over the working day; the best hour of both curves is 1."""
    first, last = int(truth.start_hour), int(truth.end_hour)
    hours = [hour % HOURS for hour in range(first, last)]
    most = max(truth.levels)
    return float(np.mean([abs(curve[hour] - truth.levels[hour] / most) for hour in hours]))


def _focus(
    facts: Sequence[Fact], traits: Traits, said: Traits, truth: Truth
) -> Iterator[Judgement]:
    trait, value = _believed(traits, focus_duration.NAME, FocusDuration)
    answered = _believed(said, focus_duration.NAME, FocusDuration)[1]
    minutes = {
        PERSONAKIT: float(value.overall.p50_minutes),
        PLAIN: baselines.median_minutes(facts),
        ANSWERED: float(answered.overall.p50_minutes),
    }
    off = _each(minutes, lambda one: abs(one / truth.focus_p50 - 1))
    right = abs(log(minutes[PERSONAKIT] / truth.focus_p50)) <= WITHIN_A_FIFTH
    within = _within(trait.spread, value.overall.p50_minutes, truth.focus_minutes)
    yield FOCUS, off, trait.confidence, right, within
    found = {PERSONAKIT: abs(value.overall.p90_minutes / truth.focus_p90 - 1)}
    yield FOCUS_P90, found, 0.0, False, 0.0


def _cost(lived: Lived, traits: Traits) -> Iterator[Judgement]:
    facts, truth = lived.facts, lived.truth
    trait, value = _believed(traits, task_switching_cost.NAME, TaskSwitchingCost)
    plain, lost = baselines.slope(facts), truth.score_lost_per_interruption
    labels = {
        PERSONAKIT: str(value.level),
        PLAIN: _level(plain),
        FIXED: str(Amount.MEDIUM),
        ALL_BUT_IT: str(baselines.likeliest(facts, lived.person, costs(lived.family))),
    }
    right = {name: float(label == truth.sensitivity) for name, label in labels.items()}
    yield LABEL, right, trait.confidence, bool(right[PERSONAKIT]), 0.0
    if baselines.interruptions(facts) >= OFTEN:
        yield LABEL_OFTEN, right, trait.confidence, bool(right[PERSONAKIT]), 0.0
    off = abs(value.score_lost_per_interruption - lost)
    yield LOST, {PERSONAKIT: off, PLAIN: abs(plain - lost)}, 0.0, False, 0.0


def _level(loss: float) -> str:
    if loss < LOW_BELOW:
        return Amount.LOW
    return Amount.HIGH if loss >= HIGH_FROM else Amount.MEDIUM


def _start(
    facts: Sequence[Fact], traits: Traits, said: Traits, truth: Truth
) -> Iterator[Judgement]:
    trait, value = _believed(traits, preferred_start_time.NAME, PreferredStartTime)
    answered = _believed(said, preferred_start_time.NAME, PreferredStartTime)[1]
    hours = {
        PERSONAKIT: _decimal(value.start),
        PLAIN: baselines.median_start(facts),
        ANSWERED: _decimal(answered.start),
    }
    off = _each(hours, lambda hour: 60 * abs(hour - truth.start_hour))
    yield START, off, trait.confidence, off[PERSONAKIT] <= 30, 0.0


def _worst(traits: Traits, said: Traits, worst: str) -> Iterator[Judgement]:
    if flow_disruptors.NAME in traits:
        named = {PERSONAKIT: traits, ANSWERED: said}
        right = _each(named, lambda one: float(_first_disruptor(one) == worst))
        stated = traits[flow_disruptors.NAME].confidence
        yield WORST, right, stated, bool(right[PERSONAKIT]), 0.0


def _first_disruptor(traits: Traits) -> str:
    return _believed(traits, flow_disruptors.NAME, FlowDisruptors)[1].disruptors[0].name


def _decimal(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60
