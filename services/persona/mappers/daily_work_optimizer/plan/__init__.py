"""The rest of the local day, laid out between the meetings and fitted to the energy curve."""

from services.persona.mappers.daily_work_optimizer.day import (
    WorkingDay,
    hours_of_date,
    midnights,
)
from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.plan import words
from services.persona.mappers.daily_work_optimizer.plan.block import Draft, Layout
from services.persona.mappers.daily_work_optimizer.plan.deep import lay_deep_work
from services.persona.mappers.daily_work_optimizer.plan.filling import lay_the_rest
from services.persona.mappers.daily_work_optimizer.plan.gaps import lay_hours
from services.persona.model import BlockKind, DayPlan, Mindscape, PlanBlock, Situation


def plan_day(mindscape: Mindscape, situation: Situation) -> DayPlan:
    """Lays out what is left of the situation's local date; pure, as every mapper is."""
    moment = Moment.of(mindscape, situation)
    hours = hours_of_date(mindscape, moment.curve, moment.at)
    drafts = _drafts(moment, [one for one in hours if one.end_at > moment.at])
    return DayPlan(
        date=moment.local.date(),
        at=situation.at,
        zone=situation.zone,
        blocks=tuple(_block(draft, moment) for draft in drafts),
        mindscape_version=mindscape.version,
        summary=words.summary(moment, drafts, hours),
    )


def _drafts(moment: Moment, coming: list[WorkingDay]) -> list[Draft]:
    layout = Layout()
    for hours in coming:
        lay_hours(layout, hours, moment)
    lay_deep_work(layout, moment)
    lay_the_rest(layout, moment)
    return sorted([*layout.drafts, *_meetings(moment, coming)], key=lambda one: one.start_at)


def _meetings(moment: Moment, coming: list[WorkingDay]) -> list[Draft]:
    """What is booked on the rest of the date and touches the working hours, at its full length."""
    taken = moment.calendar.taken(moment.at, midnights(moment.at, moment.zone)[1])
    return [
        Draft(BlockKind.MEETING, start_at, end_at, words.booked())
        for start_at, end_at in taken
        if any(start_at < hours.end_at and hours.start_at < end_at for hours in coming)
    ]


def _block(draft: Draft, moment: Moment) -> PlanBlock:
    return PlanBlock(
        kind=draft.kind,
        start_at=draft.start_at,
        end_at=draft.end_at,
        local_window=f"{moment.clock(draft.start_at)}-{moment.clock(draft.end_at)}",
        energy_level=round(moment.curve.mean(draft.start_at, draft.end_at), 3),
        reason=draft.reason,
    )
