"""Lays out the rest of a person's day; keeps nothing."""

from dataclasses import replace
from datetime import datetime

from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import DayPlan, PersonId
from services.persona.usecases.gathering import gather_for_plan, too_little
from services.persona.usecases.ports import Studio


async def plan_day(person_id: PersonId, at: datetime | None, studio: Studio) -> DayPlan:
    """The plan from a moment on, or from now.

    Refuses with MINDSCAPE_MISSING and SERVICE_UNAVAILABLE.
    """
    optimizer = DailyWorkOptimizer()
    material = await gather_for_plan(person_id, at or studio.clock.now(), studio.neighbours)
    lacking = optimizer.lacks(material.mindscape)
    if lacking:
        raise too_little(lacking)
    plan = optimizer.plan(material.mindscape, material.situation)
    return replace(plan, missing=material.missing)
