"""What of all that could be said is worth saying to this person now, best first."""

from collections.abc import Sequence

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.mappers.daily_work_optimizer.welcome import (
    MOST_A_DAY,
    is_its_day,
    mean_weight,
    refused_today,
    was_told_enough,
    welcome_of,
)
from services.persona.model import Mindscape, Suggestion, TraitUsed, Why

# More at once is a lecture.
MOST_SHOWN = 3
# Nobody does two things in the same minutes, but these are one.
AT_ONCE = {"deep_work_window", "protect_from_interruptions"}
# Below this, silence is better.
LEAST_PRIORITY = 0.35


def shown(
    proposals: Sequence[tuple[Rule, Proposal | None]], moment: Moment
) -> tuple[Suggestion, ...]:
    """Leaves out what was refused today or is not wanted, ranks the rest, keeps the best few."""
    mean = mean_weight((rule for rule, _ in proposals), moment.verdicts)
    suggestions = [
        _suggestion(rule, proposal, moment, mean)
        for rule, proposal in proposals
        if proposal is not None and _may_be_said(rule, proposal, moment, mean)
    ]
    worth_it = [one for one in suggestions if one.priority >= LEAST_PRIORITY]
    return _one_at_a_time(sorted(worth_it, key=lambda one: -one.priority))[:MOST_SHOWN]


def _one_at_a_time(best_first: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    kept: list[Suggestion] = []
    for suggestion in best_first:
        if all(_go_together(suggestion, other) for other in kept):
            kept.append(suggestion)
    return tuple(kept)


def _go_together(one: Suggestion, other: Suggestion) -> bool:
    apart = one.end_at <= other.start_at or other.end_at <= one.start_at
    return apart or {one.type, other.type} == AT_ONCE


def _may_be_said(rule: Rule, proposal: Proposal, moment: Moment, mean: float) -> bool:
    if rule.type in refused_today(moment):
        return False
    every = welcome_of(rule, moment).every(mean)
    most = MOST_A_DAY if every == 1 else 1
    enough = was_told_enough(rule, proposal.start_at, most, moment.told)
    return is_its_day(rule, moment, every) and not enough


def _suggestion(rule: Rule, proposal: Proposal, moment: Moment, mean: float) -> Suggestion:
    welcome = welcome_of(rule, moment)
    traits = tuple(name for name in rule.leans_on if name in moment.mindscape.traits)
    used = tuple(_used(name, moment.mindscape) for name in traits)
    return Suggestion(
        type=rule.type,
        title=proposal.title,
        description=_with_doubt(proposal.description, used),
        duration_minutes=proposal.duration_minutes,
        start_at=proposal.start_at,
        end_at=proposal.end_at,
        local_window=f"{moment.clock(proposal.start_at)}-{moment.clock(proposal.end_at)}",
        action=proposal.action,
        priority=min(1.0, max(0.0, proposal.priority * welcome.factor(mean))),
        why=Why(proposal.because, used, welcome.weight.value),
        related_traits=traits,
    )


def _used(name: str, mindscape: Mindscape) -> TraitUsed:
    trait = mindscape.traits[name]
    return TraitUsed(
        name=name,
        value=trait.value.in_words(),
        n=trait.n,
        confidence=trait.confidence,
        provisional=trait.provisional,
        last_evidence_at=trait.last_evidence_at,
    )


def _with_doubt(description: str, used: tuple[TraitUsed, ...]) -> str:
    if not used or not used[0].provisional:
        return description
    seen = f"{used[0].n} observation{'' if used[0].n == 1 else 's'}"
    basis = seen if used[0].n else "what you answered"
    return f"{description.rstrip('.')} (a first guess from {basis})."
