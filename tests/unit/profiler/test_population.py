"""What is learned from many people shows none of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from services.profiler.documents import prior_from_json, prior_to_text
from services.profiler.ledger import Books, enter
from services.profiler.population import (
    FEWEST_SESSIONS,
    Sample,
    learned,
    sample_of,
)
from services.profiler.traits.habits import FEWEST_PEOPLE
from services.profiler.traits.prior import SHIPPED, Prior
from tests.unit.profiler.build import TUESDAY, entered, statements, work, workdays

ROUNDING = 0.001
AT_FOUR = Sample(tuple(1.0 if hour == 4 else 0.0 for hour in range(24)), 500.0)
"""Somebody who is like nobody else."""


def person(dice: Random) -> Sample:
    """Somebody whose work lies around one hour of the day."""
    centre, sessions = dice.gauss(13, 3), 80
    hours = [0] * 24
    for _ in range(sessions):
        hours[round(dice.gauss(centre, 2.5)) % 24] += 1
    return Sample(tuple(hour / sessions for hour in hours), float(sessions))


def people(count: int) -> list[Sample]:
    dice = Random(7)
    return [person(dice) for _ in range(count)]


def taught(some: Sequence[Sample]) -> Prior:
    prior = learned(some, 1)
    assert prior is not None
    return prior


def test_nothing_is_learned_from_fewer_people_than_stated() -> None:
    assert FEWEST_PEOPLE == 50
    assert learned(people(FEWEST_PEOPLE - 1), 1) is None
    assert learned(people(FEWEST_PEOPLE), 1) is not None


@pytest.mark.parametrize("count", [50, 80, 200])
def test_one_persons_presence_changes_the_prior_by_no_more_than_their_share(count: int) -> None:
    others = people(count - 1)
    for one in (person(Random(99)), AT_FOUR):
        without, with_them = (taught([*others, *more]) for more in ([others[0]], [one]))
        moved = [
            abs(a - b) for a, b in zip(without.habits.mean, with_them.habits.mean, strict=True)
        ]
        assert max(moved) <= 1 / count + ROUNDING


@pytest.mark.parametrize("count", [50, 80, 200])
def test_who_is_like_nobody_else_hardly_shows_in_the_prior(count: int) -> None:
    others = people(count - 1)
    read = [
        taught([*others, one]).habits.expected(AT_FOUR.shares, 20)[4]
        for one in (person(Random(99)), AT_FOUR)
    ]
    assert abs(read[0] - read[1]) <= 0.15


def test_what_an_interruption_costs_is_the_mean_of_enough_people() -> None:
    costly = [replace(one, score_lost=0.5, minutes_lost=9.0) for one in people(60)]
    prior = taught(costly)
    assert (prior.score_lost_per_interruption, prior.minutes_lost_per_interruption) == (0.5, 9.0)
    few = taught([*costly[:49], *people(60)[49:]])
    assert few.score_lost_per_interruption == SHIPPED.score_lost_per_interruption
    without = taught([*costly[1:], replace(costly[0], score_lost=-1.0, minutes_lost=60.0)])
    assert abs(without.score_lost_per_interruption - 0.5) <= 2.5 / 60 + 0.01
    assert abs(without.minutes_lost_per_interruption - 9.0) <= 90 / 60 + 0.1


def test_a_person_tells_what_interruptions_cost_them() -> None:
    days = workdays(TUESDAY - timedelta(weeks=8), 40)
    calm = [work(("09:00", "10:10")[n % 2], 60, 4, 0, day=day) for n, day in enumerate(days)]
    broken = [work(("10:10", "09:00")[n % 2], 40, 2, 4, day=day) for n, day in enumerate(days)]
    told = sample_of(list(entered(*calm, *broken).weeks.values()))
    assert told is not None
    assert told.minutes_lost == pytest.approx(5.0)
    assert told.score_lost == pytest.approx(0.5, abs=0.2)
    unknown = sample_of(list(entered(*calm).weeks.values()))
    assert unknown is not None
    assert (unknown.score_lost, unknown.minutes_lost) == (None, None)


def test_each_person_counts_once_however_much_they_have_recorded() -> None:
    some = people(60)
    diligent = [replace(some[0], sessions=10_000.0), *some[1:]]
    assert taught(diligent).habits.mean == taught(some).habits.mean


def test_the_order_of_people_makes_no_difference() -> None:
    some = people(60)
    assert taught(some[::-1]).habits.mean == taught(some).habits.mean


def test_a_person_tells_only_with_enough_sessions() -> None:
    days = workdays(TUESDAY - timedelta(weeks=8), round(FEWEST_SESSIONS) + 4)
    facts = [work("09:00", 50, day=day) for day in days]
    told = sample_of(list(entered(*facts).weeks.values()))
    assert told is not None
    assert told.shares[9] == 1.0
    assert sample_of(list(entered(*facts[:20]).weeks.values())) is None


def test_people_who_rise_early_teach_an_early_prior() -> None:
    early = [replace(one, shares=(*one.shares[5:], *one.shares[:5])) for one in people(60)]
    usual = taught(people(60)).habits.mean
    shifted = taught(early).habits.mean
    assert max(range(24), key=usual.__getitem__) == max(range(24), key=shifted.__getitem__) + 5


def test_a_prior_is_kept_as_it_was_learned() -> None:
    prior = taught(people(60))
    kept = prior_from_json(prior.version, json.loads(prior_to_text(prior)))
    assert (kept.habits, kept.version) == (prior.habits, prior.version)
    assert kept.score_lost_per_interruption == prior.score_lost_per_interruption


def test_a_belief_follows_from_what_was_said_and_the_prior_that_it_names() -> None:
    prior = taught([replace(one, shares=(*one.shares[5:], *one.shares[:5])) for one in people(60)])
    said = statements([work("09:00", 60), work("14:00", 60)])
    belief = enter(Books({}, {}), said, prior).belief
    assert {one.prior_version for one in belief.traits.values()} == {f"{SHIPPED.version}+1"}
    assert enter(Books({}, {}), said[::-1], prior).belief == belief
    assert enter(Books({}, {}), said, SHIPPED).belief != belief
