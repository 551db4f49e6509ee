"""The traits: one file each, and the two things that are done with all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.profiler.days import Day
from services.profiler.memory import Memory, newest_evidence, recent, remember, weights_of
from services.profiler.model import Evidence, Trait, Traits
from services.profiler.traits import (
    energy_patterns,
    flow_disruptors,
    focus_duration,
    meeting_recovery,
    peak_hours,
    preferred_start_time,
    task_switching_cost,
)
from services.profiler.traits.prior import Prior
from services.profiler.traits.recall import Recall
from services.profiler.traits.rule import Rule
from services.profiler.weeks import Week

RULES: tuple[Rule, ...] = (
    energy_patterns.RULE,
    peak_hours.RULE,
    focus_duration.RULE,
    meeting_recovery.RULE,
    task_switching_cost.RULE,
    preferred_start_time.RULE,
    flow_disruptors.RULE,
)
COUNTINGS = tuple({rule.counting.group: rule.counting for rule in RULES}.values())


@dataclass(frozen=True, slots=True)
class Belief:
    """What a fold comes to: the traits, and the zone where the person was last seen."""

    traits: Traits
    zone: str


def fold(weeks: Sequence[Week], prior: Prior) -> Belief:
    """Returns what is believed: a pure function of recent weeks and the prior."""
    memory = remembered(weeks, Recall(prior.habits))
    traits: dict[str, Trait] = {}
    for rule in RULES:
        trait = rule.fold(memory, prior)
        if trait is not None:
            traits[rule.name] = trait
    return Belief(traits, memory.zone)


def remembered(weeks: Sequence[Week], recall: Recall) -> Memory:
    """Returns what a fold looks at."""
    looked_at = recent(weeks)
    return remember(looked_at, own_weights(looked_at, recall))


def own_weights(weeks: Sequence[Week], recall: Recall) -> Mapping[str, Mapping[date, float]]:
    """Returns the weights of weeks, by group and Monday, where a group fades in its own way."""
    return {energy_patterns.GROUP: recall.weights(weeks)}


def weights_left(rule: Rule, weeks: Sequence[Week], recall: Recall) -> Mapping[date, float]:
    """Returns what is left, from 0 to 1, of what each week says about a trait, by its Monday."""
    looked_at = recent(weeks)
    left = weights_of(looked_at, newest_evidence(looked_at))
    return {**left, **own_weights(looked_at, recall).get(rule.counting.group, {})}


def evidence(rule: Rule, day: Day) -> list[Evidence]:
    """Returns what the day's observations say about a trait, earliest first."""
    answered = [
        Evidence(name, answer.start, f"you answered: {answer.text}")
        for name, answer in day.answers
        if answer.question in rule.questions
    ]
    return sorted([*answered, *rule.says(day)], key=lambda one: (one.at, one.observation_id))
