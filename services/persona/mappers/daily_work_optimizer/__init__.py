"""The daily work optimizer: when to work hard, for how long, when to stop, what to do instead."""

from services.persona.mappers.daily_work_optimizer.core import core_of
from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.plan import plan_day
from services.persona.mappers.daily_work_optimizer.ranking import shown
from services.persona.mappers.daily_work_optimizer.rules import RULES
from services.persona.mappers.daily_work_optimizer.state import state_of
from services.persona.model import (
    Core,
    DayPlan,
    EnergyPatterns,
    FocusDuration,
    Mindscape,
    Overlay,
    PeakHours,
    Situation,
)

REQUIRED_ONE_OF = (EnergyPatterns.NAME, PeakHours.NAME, FocusDuration.NAME)


class DailyWorkOptimizer:
    """A `PersonaMapper` for the working day of one person."""

    mapper_id = "daily_work_optimizer"
    version = 6
    description = "When to work hard, for how long, when to stop, and what to do instead."
    # One of energy, best hours and focus is enough; none is needed by itself.
    required_traits = ()

    @property
    def suggestion_types(self) -> frozenset[str]:
        """The types of its rules."""
        return frozenset(rule.type for rule in RULES)

    def lacks(self, mindscape: Mindscape) -> str:
        """Asks for a work session or answers, unless one trait of energy or focus is there."""
        if any(name in mindscape.traits for name in REQUIRED_ONE_OF):
            return ""
        return "record a work session, or answer when you are most productive and for how long"

    def plan(self, mindscape: Mindscape, situation: Situation) -> DayPlan:
        """Lays out what is left of the situation's local date."""
        return plan_day(mindscape, situation)

    def map(self, mindscape: Mindscape, situation: Situation) -> tuple[Core, Overlay]:
        """Lets every rule speak and shows what is worth saying."""
        moment = Moment.of(mindscape, situation)
        proposals = [(rule, rule.propose(moment)) for rule in RULES]
        suggestions = shown(proposals, moment)
        return core_of(moment), Overlay(state_of(moment, suggestions), suggestions)
