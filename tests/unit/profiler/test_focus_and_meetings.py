"""How long a person stays with something, and what meetings and interruptions cost."""

from datetime import date, timedelta
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiler.model import (
    Disruptor,
    EventKind,
    Fact,
    FlowDisruptors,
    FocusDuration,
    Level,
    MeetingRecovery,
    PreferredStartTime,
    Question,
    Source,
    TaskSwitchingCost,
    Trait,
)
from services.profiler.traits import (
    flow_disruptors,
    focus_duration,
    meeting_recovery,
    preferred_start_time,
    task_switching_cost,
)
from services.profiler.traits.lengths import Length, survival
from services.profiler.traits.prior import SHIPPED
from tests.unit.profiler.build import TUESDAY, answer, believed, meeting, work, workdays

MONDAY = date(2026, 9, 7)
DAYS = workdays(MONDAY, 60)


def focus(traits: dict[str, Trait]) -> FocusDuration:
    value = traits[focus_duration.NAME].value
    assert isinstance(value, FocusDuration)
    return value


def recovery(traits: dict[str, Trait]) -> MeetingRecovery:
    value = traits[meeting_recovery.NAME].value
    assert isinstance(value, MeetingRecovery)
    return value


def cost(traits: dict[str, Trait]) -> TaskSwitchingCost:
    value = traits[task_switching_cost.NAME].value
    assert isinstance(value, TaskSwitchingCost)
    return value


def start(traits: dict[str, Trait]) -> str:
    value = traits[preferred_start_time.NAME].value
    assert isinstance(value, PreferredStartTime)
    return value.start


def end(traits: dict[str, Trait]) -> str:
    value = traits[preferred_start_time.NAME].value
    assert isinstance(value, PreferredStartTime)
    return value.end


def disruptors(traits: dict[str, Trait]) -> tuple[Disruptor, ...]:
    value = traits[flow_disruptors.NAME].value
    assert isinstance(value, FlowDisruptors)
    return value.disruptors


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40))
def test_without_cuts_the_middle_length_is_the_median(lengths: list[int]) -> None:
    curve = survival(Length(minutes, 1.0) for minutes in set(lengths))
    assert curve.quantile(0.5) == pytest.approx(median(set(lengths)))


def test_of_cut_sessions_only_the_longest_is_known() -> None:
    assert survival([Length(30, 0, 1), Length(45, 0, 1)]).quantile(0.5) == 45
    assert survival([]).quantile(0.5) == 0


def test_one_session_is_its_own_focus() -> None:
    trait = believed(work("09:00", 90, 4, 1))[focus_duration.NAME]
    assert focus({focus_duration.NAME: trait}).overall.p50_minutes == 90
    assert (trait.n, trait.provisional, trait.source) == (1, True, Source.OBSERVED)
    assert trait.confidence < 0.5


def test_sessions_cut_by_a_meeting_are_not_short() -> None:
    whole: list[Fact] = [work("13:00", 90, day=day) for day in DAYS[:10]]
    cut: list[Fact] = [work("09:00", 30, day=day) for day in DAYS[:10]]
    meetings = [meeting("09:32", 30, day=day) for day in DAYS[:10]]
    assert 30 < focus(believed(*whole, *cut)).overall.p50_minutes <= 60
    assert focus(believed(*whole, *cut, *meetings)).overall.p50_minutes == 90


def test_a_third_cut_by_meetings_leaves_the_truth_within_reach() -> None:
    random, errors = Random(7), []
    for _ in range(40):
        facts: list[Fact] = []
        for day in DAYS[:20]:
            length = round(random.lognormvariate(0, 0.4) * 60)
            until = random.choice([10_000, 10_000, random.randint(20, 90)])
            facts.append(work("09:00", max(5, min(length, until)), day=day))
            if until < length:
                facts.append(meeting(f"{9 + until // 60:02d}:{until % 60:02d}", 30, day=day))
        errors.append(abs(focus(believed(*facts)).overall.p50_minutes - 60) / 60)
    assert median(errors) < 0.12


def test_parts_of_the_day_are_told_apart_where_enough_was_seen() -> None:
    mornings = [work("09:00", 90, day=day) for day in DAYS[:6]]
    evenings = [work("20:00", 30, day=day) for day in DAYS[:2]]
    parts = focus(believed(*mornings, *evenings)).by_part_of_day
    assert {part: (one.p50_minutes, one.n) for part, one in parts.items()} == {"morning": (90, 6)}


def test_an_answer_counts_until_behaviour_overrides_it() -> None:
    said = answer(Question.FOCUS_LENGTH, "1hr", day=MONDAY)
    alone = believed(said)[focus_duration.NAME]
    assert (alone.source, alone.n) == (Source.ANSWERED, 0)
    assert focus(believed(said)).overall.p50_minutes == 60
    worked = [work("09:00", 25, day=day) for day in DAYS[:20]]
    both = believed(said, *worked)
    assert focus(both).overall.p50_minutes == 25
    assert both[focus_duration.NAME].source is Source.MIXED


def test_old_habits_fade_but_a_pause_erases_nothing() -> None:
    old = [work("09:00", 30, day=day) for day in DAYS]
    new = [work("09:00", 90, day=day + timedelta(days=270)) for day in DAYS[:30]]
    before, after = believed(*old), believed(*old, *new)
    assert before[focus_duration.NAME].effective_n < before[focus_duration.NAME].n
    assert focus(after).overall.p50_minutes == 90
    paused = believed(*old, work("09:00", 30, day=DAYS[-1] + timedelta(days=14)))
    assert paused[focus_duration.NAME].confidence > 0.9


def test_what_is_older_than_two_years_is_forgotten() -> None:
    late = work("09:00", 90, day=TUESDAY)
    early = work("09:00", 30, day=TUESDAY - timedelta(days=800))
    assert believed(early, late)[focus_duration.NAME].n == 1


def test_an_answer_from_the_future_makes_nothing_old() -> None:
    worked = [work("09:00", 25, day=day) for day in DAYS[:20]]
    said = answer(Question.FOCUS_LENGTH, "1hr", day=date(2099, 1, 1))
    plain, told = believed(*worked), believed(*worked, said)
    assert told[focus_duration.NAME].effective_n == plain[focus_duration.NAME].effective_n


def test_recovery_is_measured_from_a_meetings_end_to_the_next_sustained_work() -> None:
    facts: list[Fact] = [meeting("10:00", 30), work("10:33", 5), work("10:45", 45)]
    trait = believed(*facts)[meeting_recovery.NAME]
    assert recovery(believed(*facts)) == MeetingRecovery(15, 15)
    assert (trait.n, trait.provisional) == (1, True)


def test_further_recoveries_are_said_to_lie_farther_than_the_few_that_were_seen() -> None:
    facts: list[Fact] = []
    for day, wait in zip(workdays(TUESDAY, 5), (20, 22, 25, 27, 29), strict=True):
        facts += [meeting("10:00", 30, day=day), work(f"10:{30 + wait}", 45, day=day)]
    trait = believed(*facts)[meeting_recovery.NAME]
    assert recovery({meeting_recovery.NAME: trait}).p50_minutes == 25
    assert trait.spread > 5


@pytest.mark.parametrize(
    "facts",
    [
        [meeting("10:00", 30)],
        [meeting("10:00", 30), work("09:00", 60)],
        [meeting("10:00", 30), work("14:00", 60)],
        [meeting("10:00", 30), work("09:00", 180)],
        [meeting("10:00", 30), work("10:40", 60, day=TUESDAY + timedelta(days=1))],
        [meeting("10:00", 30, kind=EventKind.FOCUS_BLOCK), work("10:40", 60)],
        [meeting("00:00", 600, all_day=True), work("10:40", 60)],
        [work("10:40", 60)],
    ],
    ids=[
        "no work",
        "before",
        "hours later",
        "not attended",
        "next day",
        "focus block",
        "all day",
        "no meeting",
    ],
)
def test_what_measures_no_recovery_leaves_the_trait_out(facts: list[Fact]) -> None:
    assert meeting_recovery.NAME not in believed(*facts)


def test_of_meetings_in_a_row_the_last_one_counts() -> None:
    facts: list[Fact] = [
        meeting("10:00", 45),
        meeting("10:30", 30),
        meeting("11:10", 20),
        work("11:40", 60),
    ]
    trait = believed(*facts)[meeting_recovery.NAME]
    assert (recovery(believed(*facts)).p50_minutes, trait.n) == (10, 1)


def test_work_that_goes_on_through_a_meetings_end_needs_no_recovery() -> None:
    assert recovery(believed(meeting("10:00", 60), work("10:50", 60))).p50_minutes == 0


def test_zero_interruptions_are_a_value_and_no_word_is_none() -> None:
    assert believed(work("09:00", 60, 4, 0))[task_switching_cost.NAME].n == 1
    assert task_switching_cost.NAME not in believed(work("09:00", 60, 4))


def test_one_session_leans_on_what_holds_for_people_in_general() -> None:
    trait = believed(work("09:00", 90, 4, 1))[task_switching_cost.NAME]
    assert cost({task_switching_cost.NAME: trait}).level is Level.MEDIUM
    assert (trait.n, trait.provisional, trait.prior_version) == (1, True, SHIPPED.version)
    assert trait.confidence < 0.4


@pytest.mark.parametrize(
    ("lost", "level"), [(0.0, Level.LOW), (0.3, Level.MEDIUM), (0.6, Level.HIGH)]
)
def test_the_cost_is_measured_on_sessions_with_and_without_interruptions(
    lost: float, level: Level
) -> None:
    random = Random(11)
    hits = 0
    for _ in range(50):
        facts: list[Fact] = []
        for day in DAYS[:50]:
            interruptions = random.randint(0, 4)
            score = round(min(5, max(1, random.gauss(4.2 - lost * interruptions, 0.5))))
            facts.append(work("09:00", 60, score, interruptions, day=day))
        hits += cost(believed(*facts)).level is level
    assert hits >= 40


def test_minutes_lost_are_measured_too() -> None:
    facts = [work("09:00", 90 - 15 * (n % 3), 4, n % 3, day=DAYS[n]) for n in range(40)]
    assert cost(believed(*facts)).minutes_lost_per_interruption == pytest.approx(13.4, abs=1.5)


def test_a_wild_number_of_interruptions_does_not_outweigh_all_others() -> None:
    steady = [work("09:00", 60, 4 - n % 2, n % 2, day=DAYS[n]) for n in range(30)]
    wild = work("09:00", 60, 5, 1000, day=DAYS[31])
    assert cost(believed(*steady, wild)).score_lost_per_interruption < 1


def test_the_day_starts_with_its_first_work_after_the_night() -> None:
    facts = [work("01:00", 60), work("08:30", 60), work("13:00", 60)]
    assert start(believed(*facts)) == "08:30"
    assert preferred_start_time.NAME not in believed(work("01:00", 60))


def test_who_goes_on_after_beginning_in_the_night_is_an_early_riser() -> None:
    assert start(believed(work("03:20", 60), work("05:00", 90))) == "03:20"
    assert start(believed(work("00:10", 60), work("03:00", 30), work("09:00", 60))) == "09:00"


def test_weekends_start_nobodys_weekday() -> None:
    weekdays = [work("09:00", 60, day=day) for day in DAYS[:5]]
    weekend = [work("11:00", 60, day=MONDAY + timedelta(days=5 + n)) for n in range(2)]
    assert start(believed(*weekdays, *weekend)) == "09:00"
    assert start(believed(*weekend)) == "11:00"


def test_the_day_ends_with_its_last_work_which_the_newest_day_may_not_have_seen() -> None:
    whole = [work(begin, 60, day=day) for day in DAYS[:3] for begin in ("09:00", "16:30")]
    assert end(believed(work("09:00", 60))) == ""
    assert end(believed(*whole)) == "17:30"
    assert end(believed(*whole, work("09:00", 60, day=DAYS[3]))) == "17:30"


def test_a_day_that_runs_past_midnight_ends_on_the_next_morning() -> None:
    late = [work(begin, 120, day=day) for day in DAYS[:3] for begin in ("15:00", "22:30")]
    assert end(believed(*late)) == "00:30"


def test_the_answer_is_the_start_until_days_say_otherwise() -> None:
    said = answer(Question.USUAL_START, "08:00", day=MONDAY)
    assert start(believed(said)) == "08:00"
    assert start(believed(said, work("10:00", 60, day=MONDAY))) == "08:00"
    assert start(believed(said, *(work("10:00", 60, day=day) for day in DAYS[:12]))) == "10:00"


def test_of_two_days_the_earlier_one_is_nearer_to_when_work_begins() -> None:
    days = [work("09:00", 60, day=DAYS[0]), work("09:40", 60, day=DAYS[1])]
    assert start(believed(*days)) == "09:00"


def test_how_alike_the_days_are_is_not_known_from_the_answer() -> None:
    said = believed(answer(Question.USUAL_START, "09:00"))[preferred_start_time.NAME]
    days = [work("09:00", 60, day=day) for day in DAYS[:5]]
    seen = believed(*days)[preferred_start_time.NAME]
    assert said.confidence < seen.confidence
    assert said.provisional


def test_one_day_tells_nothing_of_how_alike_days_are() -> None:
    days = [work("09:00", 60, day=day) for day in DAYS[:3]]
    sure = [believed(*days[:n])[preferred_start_time.NAME].confidence for n in (1, 2, 3)]
    assert sure == sorted(sure)
    apart = [work("09:00", 60, day=DAYS[0]), work("11:00", 60, day=DAYS[1])]
    assert believed(*apart)[preferred_start_time.NAME].confidence < sure[0]


def test_the_newest_answer_holds() -> None:
    first = answer(Question.USUAL_START, "08:00", day=MONDAY)
    second = answer(Question.USUAL_START, "10:00", day=TUESDAY)
    assert start(believed(second, first)) == "10:00"


def test_disruptors_are_what_was_answered_and_then_what_was_seen() -> None:
    said = answer(Question.FLOW_DISRUPTOR, "slack", day=MONDAY)
    assert [one.name for one in disruptors(believed(said))] == ["slack"]
    cut = [
        fact
        for day in DAYS[:12]
        for fact in (work("09:00", 60, day=day), meeting("10:00", 30, day=day))
    ]
    ranked = disruptors(believed(said, *cut))
    assert [one.name for one in ranked] == ["meetings", "slack"]
    assert sum(one.share for one in ranked) == pytest.approx(1)


def test_undisturbed_work_names_no_disruptor() -> None:
    assert flow_disruptors.NAME not in believed(work("09:00", 60, 4, 0))
