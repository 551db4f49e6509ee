"""Verdicts on suggestions, and the rules by which they change the next ones."""

from services.feedback.model.analytics import Analytics, Counts, Tally, WeightEffect, summed
from services.feedback.model.days import (
    WEEKS_ANALYSED,
    first_week_analysed,
    iso_week,
    local_day,
    part_of_day,
)
from services.feedback.model.helpfulness import HALF_LIFE, Helpfulness
from services.feedback.model.population import LEAST_PEOPLE, Population, Start
from services.feedback.model.verdicts import (
    DAILY_LIMIT,
    RECENT_REFUSALS,
    Feedback,
    PersonId,
    Refusal,
    Suggestion,
)
from services.feedback.model.weights import (
    Cause,
    Standing,
    TraitWeight,
    WeightChange,
    judged,
    of_trait,
    put_back,
    standings,
    unanswered_refusals,
)

__all__ = [
    "DAILY_LIMIT",
    "HALF_LIFE",
    "LEAST_PEOPLE",
    "RECENT_REFUSALS",
    "WEEKS_ANALYSED",
    "Analytics",
    "Cause",
    "Counts",
    "Feedback",
    "Helpfulness",
    "PersonId",
    "Population",
    "Refusal",
    "Standing",
    "Start",
    "Suggestion",
    "Tally",
    "TraitWeight",
    "WeightChange",
    "WeightEffect",
    "first_week_analysed",
    "iso_week",
    "judged",
    "local_day",
    "of_trait",
    "part_of_day",
    "put_back",
    "standings",
    "summed",
    "unanswered_refusals",
]
