"""Laws of a planned day that hold for every calendar, moment and person."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.persona.mappers.daily_work_optimizer.curve import Curve
from services.persona.mappers.daily_work_optimizer.day import WorkingDay, hours_of_date
from services.persona.mappers.daily_work_optimizer.moment import FALLBACK_FOCUS, SHORTEST_BLOCK
from services.persona.mappers.daily_work_optimizer.plan import plan_day
from services.persona.mappers.daily_work_optimizer.plan.deep import MOST_MINUTES
from services.persona.model import (
    BlockKind,
    DayPlan,
    FocusDuration,
    Mindscape,
    PlanBlock,
    Situation,
)
from tests.unit.persona.strategies import days

RESTS = {BlockKind.BREAK, BlockKind.BUFFER}


def own(plan: DayPlan) -> list[PlanBlock]:
    """The blocks that were not in the calendar already."""
    return [one for one in plan.blocks if one.kind is not BlockKind.MEETING]


def working_hours(mindscape: Mindscape, situation: Situation) -> list[WorkingDay]:
    curve = Curve.of(mindscape, ZoneInfo(situation.zone))
    return hours_of_date(mindscape, curve, situation.at)


def longest_focus(mindscape: Mindscape) -> int:
    trait = mindscape.value(FocusDuration)
    return max(SHORTEST_BLOCK, trait.overall.p90 if trait else FALLBACK_FOCUS.p90)


@settings(max_examples=100, deadline=None)
@given(days())
def test_blocks_come_in_order_and_over_nothing_that_is_booked(
    day: tuple[Mindscape, Situation],
) -> None:
    mindscape, situation = day

    plan = plan_day(mindscape, situation)

    assert all(one.start_at < one.end_at for one in plan.blocks)
    assert all(one.end_at <= after.start_at for one, after in pairwise(plan.blocks))
    for block in own(plan):
        for booked in situation.commitments:
            taken = booked.takes_time and booked.start_at < booked.end_at
            assert not (taken and booked.overlaps(block.start_at, block.end_at))


@settings(max_examples=100, deadline=None)
@given(days())
def test_blocks_lie_in_what_is_left_of_the_local_day_and_of_its_working_hours(
    day: tuple[Mindscape, Situation],
) -> None:
    mindscape, situation = day
    zone = ZoneInfo(situation.zone)
    hours = working_hours(mindscape, situation)

    plan = plan_day(mindscape, situation)

    for block in plan.blocks:
        last = block.end_at - timedelta(microseconds=1)
        assert situation.at <= block.start_at
        assert block.start_at.astimezone(zone).date() == last.astimezone(zone).date() == plan.date
    for block in own(plan):
        assert any(one.start_at <= block.start_at and block.end_at <= one.end_at for one in hours)


@settings(max_examples=100, deadline=None)
@given(days())
def test_deep_work_is_no_longer_than_it_can_be_kept_up_and_followed_by_rest(
    day: tuple[Mindscape, Situation],
) -> None:
    mindscape, situation = day

    plan = plan_day(mindscape, situation)

    assert plan.deep_work_minutes <= MOST_MINUTES
    for block in plan.blocks:
        if block.kind is BlockKind.DEEP_WORK:
            assert SHORTEST_BLOCK <= block.minutes <= longest_focus(mindscape)
    for block, following in pairwise(plan.blocks):
        if block.kind is BlockKind.DEEP_WORK:
            assert following.kind in RESTS or following.start_at > block.end_at


@settings(max_examples=60, deadline=None)
@given(days())
def test_working_hours_are_covered_but_for_crumbs(day: tuple[Mindscape, Situation]) -> None:
    mindscape, situation = day

    plan = plan_day(mindscape, situation)

    for hours in working_hours(mindscape, situation):
        edges = [(situation.at, max(situation.at, hours.start_at))]
        edges += [(block.start_at, block.end_at) for block in plan.blocks]
        edges += [(max(situation.at, hours.end_at),) * 2]
        inside = [edge for edge in edges if edge[1] >= hours.start_at and edge[0] <= hours.end_at]
        assert all(
            after[0] - before[1] < timedelta(minutes=10) for before, after in pairwise(inside)
        )


@settings(max_examples=60, deadline=None)
@given(days(), st.data())
def test_planning_again_at_a_blocks_end_leaves_what_is_booked_and_obeys_the_same_laws(
    day: tuple[Mindscape, Situation], data: st.DataObject
) -> None:
    mindscape, situation = day
    first = plan_day(mindscape, situation)
    ends = [block.end_at for block in first.blocks]
    zone = ZoneInfo(situation.zone)
    within = [at for at in ends if at.astimezone(zone).date() == first.date]
    if not within:
        return
    at = data.draw(st.sampled_from(within))

    again = plan_day(mindscape, Situation(at, situation.zone, situation.commitments))

    def meetings(plan: DayPlan) -> list[PlanBlock]:
        return [one for one in plan.blocks if one.kind is BlockKind.MEETING and one.start_at >= at]

    assert meetings(again) == meetings(first)
    assert all(block.start_at >= at for block in again.blocks)
