"""What of all that could be said is worth saying to this person now, best first."""

from collections.abc import Sequence

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.rules import RULES, Proposal, Rule
from services.persona.model import Mindscape, Suggestion, TraitUsed, Verdicts, Weight, Why

# More at once is a lecture.
MOST_SHOWN = 3
# Below this, silence is better.
LEAST_PRIORITY = 0.35
# A type whose weight has fallen, to less than this part of the person's mean weight, is not shown.
HIDDEN_BELOW = 0.7


def shown(
    proposals: Sequence[tuple[Rule, Proposal | None]], moment: Moment
) -> tuple[Suggestion, ...]:
    """Leaves out what was refused today or is not wanted, ranks the rest, keeps the best few."""
    refused = refused_today(moment)
    mean = _mean_weight(moment.verdicts)
    suggestions = [
        _suggestion(rule, proposal, moment, mean)
        for rule, proposal in proposals
        if proposal is not None
        and rule.type not in refused
        and not _hidden(weight_of(rule, moment.verdicts), mean)
    ]
    worth_it = [one for one in suggestions if one.priority >= LEAST_PRIORITY]
    return tuple(sorted(worth_it, key=lambda one: -one.priority)[:MOST_SHOWN])


def refused_today(moment: Moment) -> frozenset[str]:
    """The types that were refused on the moment's local date."""
    return frozenset(
        refusal.suggestion_type
        for refusal in moment.verdicts.refusals
        if refusal.refused_at.astimezone(moment.zone).date() == moment.local.date()
    )


def weight_of(rule: Rule, verdicts: Verdicts) -> Weight:
    """The weight of the type with the first trait that has one; 1 without any."""
    weights = (verdicts.weights.get((rule.type, trait)) for trait in rule.leans_on)
    return next((weight for weight in weights if weight is not None), Weight(1.0))


def _mean_weight(verdicts: Verdicts) -> float:
    return sum(weight_of(rule, verdicts).value for rule in RULES) / len(RULES)


def _hidden(weight: Weight, mean: float) -> bool:
    return weight.value < weight.original and weight.value < HIDDEN_BELOW * mean


def _suggestion(rule: Rule, proposal: Proposal, moment: Moment, mean: float) -> Suggestion:
    weight = weight_of(rule, moment.verdicts)
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
        priority=min(1.0, max(0.0, proposal.priority * weight.value / mean)),
        why=Why(proposal.because, used, weight.value),
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
