"""Analytics: sums along every direction, how sure a rate is, and what each weight did."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import Counts, Standing, Tally, TraitWeight, WeightEffect, summed
from services.feedback.usecases import analyse
from tests.unit.feedback.office import ANA, Office

MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)


def test_sums_are_taken_over_all_and_along_each_direction() -> None:
    analytics = summed(
        [
            Tally("break", "t", "morning", MONDAY, 0, helpful=2, not_helpful=1),
            Tally("break", "u", "evening", None, 0, helpful=0, not_helpful=3),
            Tally("wrap_up", "t", "evening", MONDAY, 0, helpful=1, not_helpful=0),
        ],
        (),
    )
    assert analytics.totals == Counts(3, 4)
    assert analytics.by_suggestion_type == {"break": Counts(2, 4), "wrap_up": Counts(1, 0)}
    assert analytics.by_part_of_day == {"evening": Counts(1, 3), "morning": Counts(2, 1)}
    assert analytics.by_week == {"2026-W47": Counts(3, 1)}


def test_the_helpful_rate_is_absent_without_feedback() -> None:
    assert summed([], ()).totals.helpful_rate is None
    assert summed([], ()).totals.interval is None
    assert Counts(3, 1).helpful_rate == 0.75


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # Wilson's intervals at z = 1.959964, worked out by hand to four places.
    [
        (Counts(0, 10), 0.0, 0.2775),
        (Counts(1, 0), 0.2065, 1.0),
        (Counts(5, 5), 0.2366, 0.7634),
        (Counts(81, 182), 0.2552, 0.3662),
    ],
)
def test_the_interval_is_wilsons(counts: Counts, low: float, high: float) -> None:
    assert counts.interval == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_rate_lies_in_its_interval(helpful: int, not_helpful: int) -> None:
    counts = Counts(helpful, not_helpful)
    if counts.interval is not None and counts.helpful_rate is not None:
        low, high = counts.interval
        assert 0 <= low <= counts.helpful_rate + 1e-9
        assert counts.helpful_rate - 1e-9 <= high <= 1
        assert low == 0 or helpful


def test_a_weights_effect_is_told_by_how_it_stood_at_each_verdict() -> None:
    weight = Standing(TraitWeight("break", "t"), 0)
    analytics = summed(
        [
            Tally("break", "t", "morning", MONDAY, -1, helpful=1, not_helpful=2),
            Tally("break", "t", "evening", None, -1, helpful=1, not_helpful=0),
            Tally("break", "t", "morning", MONDAY, 1, helpful=7, not_helpful=0),
            Tally("break", "u", "morning", MONDAY, 1, helpful=0, not_helpful=9),
        ],
        [weight],
    )
    assert analytics.effects == (WeightEffect(weight, Counts(2, 2), Counts(), Counts(7, 0)),)


async def test_the_verdict_that_moves_a_weight_was_given_before_it_moved() -> None:
    office = Office()
    for number in range(3):
        await office.judge(number, helpful=True)
    (effect,) = (await analyse(office.feedbacks, office.clock, ANA)).effects
    assert (effect.while_same, effect.while_higher) == (Counts(1, 0), Counts(2, 0))
    assert (effect.standing.weight.raised, effect.standing.weight.lowered) == (3, 0)
