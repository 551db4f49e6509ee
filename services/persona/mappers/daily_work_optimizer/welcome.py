"""What the person wants to hear: learned from their verdicts, and unlearned now and then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from services.persona.mappers.daily_work_optimizer.moment import Moment, part_of_day
from services.persona.mappers.daily_work_optimizer.rules.rule import Rule
from services.persona.model import Helpfulness, Told, Verdicts, Weight

# A type whose weight has fallen, to less than this part of the person's mean weight, is not shown.
HIDDEN_BELOW = 0.7
# Until somebody has judged a type it is taken to help in seven of ten cases (the plan's aim),
# as surely as three verdicts would show it: in a part of the day, as often as in the others.
USUAL_RATE, USUAL_WORTH = 0.7, 3.0
# A type that helps less often than this is not shown. From .7, worth three verdicts, that is after
# two refusals without praise, or one praise in four verdicts, or two in seven.
UNWELCOME_BELOW = 0.45
# One that was refused before it was ever praised may be a type that never helps: that is found out,
# but not day after day.
DOUBTFUL_BELOW = 0.55
# Who changes must be able to show it: on one day in so many, what is not shown is said once, and
# what is in doubt. Not multiples of seven, so that it is not always the same day of the week.
UNWELCOME_EVERY, DOUBTFUL_EVERY = 15, 3
# Suggestions wear off, the more so the more often they come.
MOST_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Welcome:
    """How a person takes suggestions of one type at a moment; `praised` if they ever did."""

    weight: Weight
    rate: float
    rate_now: float
    praised: bool

    def factor(self, mean_weight: float) -> float:
        """What a priority is multiplied by: the type against the others, this part of the day
        against the type's others."""
        return self.weight.value / mean_weight * self.rate_now / self.rate

    def every(self, mean_weight: float) -> int:
        """On one day in how many it may be said; on each, as long as it helps."""
        fallen = self.weight.value < self.weight.original
        light = fallen and self.weight.value < HIDDEN_BELOW * mean_weight
        if light or self.rate_now < UNWELCOME_BELOW:
            return UNWELCOME_EVERY
        doubtful = not self.praised and self.rate_now < DOUBTFUL_BELOW
        return DOUBTFUL_EVERY if doubtful else 1


def welcome_of(rule: Rule, moment: Moment) -> Welcome:
    """Reads the verdicts on a type."""
    verdicts = moment.verdicts
    part = part_of_day(moment.local.hour)
    of_type = {key[1]: one for key, one in verdicts.helpfulness.items() if key[0] == rule.type}
    elsewhere = [one for name, one in of_type.items() if name != part]
    now = of_type.get(part, Helpfulness())
    return Welcome(
        weight=weight_of(rule, verdicts),
        rate=_rate([now, *elsewhere], USUAL_RATE),
        rate_now=_rate([now], _rate(elsewhere, USUAL_RATE)),
        praised=any(one.helpful > 0 for one in of_type.values()),
    )


def _rate(seen: Sequence[Helpfulness], expected: float) -> float:
    helpful = sum(one.helpful for one in seen)
    total = helpful + sum(one.not_helpful for one in seen)
    return (helpful + expected * USUAL_WORTH) / (total + USUAL_WORTH)


def weight_of(rule: Rule, verdicts: Verdicts) -> Weight:
    """The weight of the type with the first trait that has one; 1 without any."""
    weights = (verdicts.weights.get((rule.type, trait)) for trait in rule.leans_on)
    return next((weight for weight in weights if weight is not None), Weight(1.0))


def mean_weight(rules: Iterable[Rule], verdicts: Verdicts) -> float:
    """The person's mean weight over all that could be suggested."""
    values = [weight_of(rule, verdicts).value for rule in rules]
    return sum(values) / len(values) if values else 1.0


def refused_today(moment: Moment) -> frozenset[str]:
    """The types that were refused on the moment's local date."""
    return frozenset(
        refusal.suggestion_type
        for refusal in moment.verdicts.refusals
        if refusal.refused_at.astimezone(moment.zone).date() == moment.local.date()
    )


def was_told_enough(rule: Rule, starts_at: datetime, most: int, told: Sequence[Told]) -> bool:
    """Whether a new suggestion of the type would be one too many today."""
    return any(
        one.times >= most and starts_at >= one.until
        for one in told
        if one.suggestion_type == rule.type
    )


def is_its_day(rule: Rule, moment: Moment, every: int) -> bool:
    """Whether it is the one day in so many, another one for each type."""
    day = moment.local.date().toordinal()
    return (day + crc32(rule.type.encode())) % every == 0
