"""What is said to change a trait changes it: each is done, and the trait is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.profiler.days import Day
from services.profiler.ledger import Books, enter
from services.profiler.model import (
    EnergyLevel,
    Fact,
    FocusDuration,
    Level,
    ObservationId,
    PeakHours,
    Question,
    Statement,
    TaskSwitchingCost,
    Trait,
)
from services.profiler.outlook import Prospect, Stage, Trial, outlook, outlook_now, prospects
from services.profiler.outlook.stage import repeated
from services.profiler.traits import RULES, energy_level, weights_left
from services.profiler.traits.prior import SHIPPED
from services.profiler.traits.recall import Recall
from services.profiler.traits.rule import Rule
from tests.unit.profiler.build import TOKYO, TUESDAY, answer, at, entered, meeting, work, workdays

STAGE = Stage(TOKYO, TUESDAY)
BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
NAMES = list(BY_NAME)

CLOCKS = st.sampled_from(["07:30", "09:00", "10:40", "13:00", "15:20", "20:00", "23:30"])
ANSWERS = st.sampled_from(
    [
        answer(Question.MOST_PRODUCTIVE, "evening"),
        answer(Question.FOCUS_LENGTH, "2hr+"),
        answer(Question.USUAL_START, "08:00"),
        answer(Question.FLOW_DISRUPTOR, "slack"),
    ]
)


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Some days with sessions, meetings and answers, up to two months of them."""
    days = draw(st.integers(1, 40))
    sessions = st.tuples(CLOCKS, st.integers(5, 120), st.none() | st.integers(1, 5))
    facts: list[Fact] = []
    for day in workdays(TUESDAY - timedelta(days=60), days):
        for clock, minutes, score in draw(st.lists(sessions, max_size=2)):
            count = draw(st.none() | st.integers(0, 4))
            facts.append(work(clock, minutes, score, count, day=day))
        if draw(st.booleans()):
            facts.append(meeting(draw(CLOCKS), 30, day=day))
    return facts + draw(st.lists(ANSWERS, max_size=3))


def trial_of(name: str, facts: Sequence[Fact]) -> tuple[Trial, Books]:
    known = entered(*facts)
    books = Books(known.days, known.weeks)
    recall = Recall(SHIPPED.habits)
    left = weights_left(BY_NAME[name], list(books.weeks.values()), recall)
    return Trial(BY_NAME[name], books, left, SHIPPED, recall), books


class Counted(Trial):
    """Counts what is tried."""

    tried = 0

    def after(self, facts: Sequence[Fact]) -> Trait | None:
        self.tried += 1
        trait = super().after(facts)
        return trait and replace(trait, n=len(facts))


@pytest.mark.parametrize(("least", "most_tried"), [(1, 4), (4, 5), (10, 6), (32, 9), (33, 1)])
def test_the_fewest_that_suffice_are_found_in_a_few_trials(least: int, most_tried: int) -> None:
    known = entered(work("09:00", 60))
    rule, recall = BY_NAME["work.focus_duration"], Recall(SHIPPED.habits)
    trial = Counted(rule, Books(known.days, known.weeks), {}, SHIPPED, recall)
    idea = repeated(
        str,
        lambda number: [STAGE.work(number, 540)],
        lambda trait: trait.n >= least,
        lambda _: "",
    )
    found = trial.prospect(idea)
    assert (found.times if found else 33) == least
    assert trial.tried <= most_tried


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)
@given(facts=lives())
def test_what_is_promised_happens(name: str, facts: list[Fact]) -> None:
    trial, books = trial_of(name, facts)
    if trial.now is None:
        return
    for prospect in prospects(trial, STAGE):
        done = [
            Statement(1000 + number, ObservationId(f"done {number}"), fact)
            for number, fact in enumerate(prospect.facts)
        ]
        then = enter(books, done, SHIPPED).belief.traits[name]
        assert then == prospect.trait
        assert then != trial.now


@settings(max_examples=25)
@given(lives())
def test_what_makes_a_trait_reliable_does_with_no_observation_fewer(facts: list[Fact]) -> None:
    trial, _ = trial_of("work.focus_duration", facts)
    if trial.now is None or not trial.now.provisional:
        return
    (found,) = [one for one in prospects(trial, STAGE) if "provisional" in one.says]
    assert not found.trait.provisional
    fewer = trial.after(found.facts[:-1])
    assert fewer is not None
    assert fewer.provisional


def said_of(name: str, *facts: Fact) -> list[Prospect]:
    return prospects(trial_of(name, facts)[0], STAGE)


def mornings(days: int, score: int = 4, interruptions: int | None = None) -> list[Fact]:
    return [
        work("09:00", 50, score, interruptions, day=day)
        for day in workdays(TUESDAY - timedelta(days=days * 7 // 5 + 2), days)
    ]


def test_the_number_missing_to_reliability_is_named() -> None:
    told = [one.says for one in said_of("work.focus_duration", *mornings(3))]
    # Not 5: as the weeks go by, the first three count for less.
    assert "6 more sessions, one a weekday, would make it no longer provisional" in told


def test_well_rated_sessions_elsewhere_would_move_the_peak_there() -> None:
    (found,) = [one for one in said_of("work.peak_hours", *mornings(8)) if "rated 5" in one.says]
    value = found.trait.value
    assert isinstance(value, PeakHours)
    first = f"{value.windows[0].start}-{value.windows[0].end}"
    assert found.says.endswith(f"to {first}")
    assert found.says.startswith(f"{found.times} session")


def test_an_answer_is_told_with_what_it_counts_as() -> None:
    told = [one.says for one in said_of("work.focus_duration", *mornings(8))]
    assert (
        "the answer `2hr+` to `focus_length`, worth 5 sessions, would move p50 from 50 to "
        in "".join(told)
    )


def test_interrupted_sessions_would_raise_the_cost() -> None:
    found = said_of("work.task_switching_cost", *mornings(8, interruptions=0))
    levels = {
        one.trait.value.level for one in found if isinstance(one.trait.value, TaskSwitchingCost)
    }
    assert Level.HIGH in levels


def test_what_takes_the_fewest_observations_comes_first() -> None:
    for name in NAMES:
        times = [one.times for one in said_of(name, *mornings(8, interruptions=1))]
        assert times == sorted(times)


def test_old_evidence_is_told_to_count_for_little() -> None:
    old = [work("09:00", 50, day=day) for day in workdays(date(2025, 11, 17), 5)]
    trial, _ = trial_of("work.focus_duration", [*old, *mornings(8)])
    told = outlook(trial, workdays(date(2025, 11, 17), 5), STAGE)
    assert told[-1] == "evidence before 2025-11-24, of 5 days, counts for less than a quarter"


def test_a_faded_answer_is_told_with_what_is_left_of_it() -> None:
    said = answer(Question.FOCUS_LENGTH, "1hr", day=TUESDAY - timedelta(weeks=26))
    trial, _ = trial_of("work.focus_duration", [said, work("09:00", 50)])
    told = outlook(trial, [], STAGE)
    assert told[-1] == "your answer `1hr` of 2026-05-19 counts as 1.2 sessions now"


def test_an_answer_that_tells_nothing_counts_as_nothing() -> None:
    said = answer(Question.MOST_PRODUCTIVE, "varies")
    trial, _ = trial_of("work.peak_hours", [said, work("09:00", 50)])
    assert not [one for one in outlook(trial, [], STAGE) if "varies" in one]


def test_where_nothing_tried_would_help_that_is_said() -> None:
    many = [
        work("09:00", 50, 4, interruptions=0, day=day) for day in workdays(date(2024, 12, 2), 500)
    ]
    (said,) = outlook(trial_of("work.preferred_start_time", many)[0], [], STAGE)
    assert said.startswith("nothing tried would change it noticeably")


def test_an_answer_and_a_break_would_change_the_energy_of_now() -> None:
    known = entered(work("09:00", 150, 5))
    days = [Day.of(TUESDAY, known.days[TUESDAY])]
    now = at("11:30")
    told = outlook_now(known.belief.traits, days, now, TOKYO)
    assert any(one.startswith("the answer `low` to `energy_now` would make it") for one in told)
    assert any(one.startswith("a break of") for one in told)
    rested = energy_level.energy_level(
        known.belief.traits, days, now + energy_level.BREAK_MINUTES * 60, TOKYO
    )
    assert rested is not None
    assert isinstance(rested.value, EnergyLevel)
    assert f"to {rested.value.value:.2f}" in told[-1]


def test_the_trial_leaves_the_books_as_they_are() -> None:
    trial, books = trial_of("work.focus_duration", mornings(3))
    before = dict(books.weeks)
    value = trial.after([work("09:00", 120, day=TUESDAY + timedelta(days=1))])
    assert value is not None
    assert isinstance(value.value, FocusDuration)
    assert books.weeks == before
    assert trial.after([]) == trial.now
