"""When a type helps: sums that fade, against a slow and obvious reference."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import HALF_LIFE, Helpfulness
from tests.unit.feedback.fakes import suggestion
from tests.unit.feedback.office import Office

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_verdict_counts_for_half_after_the_half_life() -> None:
    sums = Helpfulness.none_yet("break", "morning", NOW).with_verdict(True, NOW)
    later = sums.at(NOW + HALF_LIFE)
    assert (sums.helpful, later.helpful, later.not_helpful) == (1.0, 0.5, 0.0)


def test_a_clock_that_goes_back_lets_nothing_grow() -> None:
    sums = Helpfulness.none_yet("break", "morning", NOW).with_verdict(True, NOW)
    assert sums.at(NOW - HALF_LIFE).helpful == 1.0


@given(st.lists(st.tuples(st.integers(0, 2000), st.booleans()), max_size=60), st.integers(0, 400))
def test_running_sums_are_those_over_all_verdicts(
    verdicts: list[tuple[int, bool]], wait: int
) -> None:
    sums = Helpfulness.none_yet("break", "morning", NOW)
    dated = sorted((NOW + hours * DAY / 2, helpful) for hours, helpful in verdicts)
    for at, helpful in dated:
        sums = sums.with_verdict(helpful, at)
    end = max((at for at, _ in dated), default=NOW) + wait * DAY
    faded = [(0.5 ** ((end - at) / HALF_LIFE), helpful) for at, helpful in dated]
    found = sums.at(end)
    assert found.helpful == pytest.approx(sum(left for left, helpful in faded if helpful))
    assert found.not_helpful == pytest.approx(sum(left for left, helpful in faded if not helpful))


async def test_verdicts_are_summed_by_type_and_part_of_the_day() -> None:
    office = Office()
    evening = NOW + timedelta(hours=1)
    await office.judge(1, helpful=True)
    await office.judge(2, helpful=False)
    await office.judge_of(suggestion(3, at=evening), helpful=False)
    await office.judge_of(suggestion(4, suggestion_type="wrap_up", at=evening), helpful=True)
    found = {
        (one.suggestion_type, one.part_of_day): (one.helpful, one.not_helpful)
        for one in (await office.weigh()).helpfulness
    }
    assert found == {
        ("break", "morning"): (1, 1),
        ("break", "evening"): (0, 1),
        ("wrap_up", "evening"): (1, 0),
    }


async def test_they_have_faded_when_they_are_read() -> None:
    office = Office()
    await office.judge(1)
    office.clock.moment += HALF_LIFE
    (found,) = (await office.weigh()).helpfulness
    assert found.helpful == 0.5
