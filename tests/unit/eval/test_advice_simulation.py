"""Weeks of use: who is asked when, what is told to whom, and how it is summed up."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eval.rows import NOT_RUN
from eval.simulation.api import CALENDAR_AHEAD, bare_diary, whole_diary
from eval.simulation.arms import Adviser, Chance, Oracle
from eval.simulation.days import MINUTE, Day, day_of
from eval.simulation.falling import falling, falling_in_one_month
from eval.simulation.judge import Advice
from eval.simulation.log import Asked, Log, Planned, Said
from eval.simulation.people import Family, draw
from eval.simulation.planning import score
from eval.simulation.rehearsal import rehearse, relive
from eval.simulation.report import paired, rate, rows, shown
from eval.simulation.run import PROBED_DAYS, Months, is_misplaced, moments_of
from eval.simulation.told import TOLD, Overheard
from eval.simulation.world import Arm
from personakit.ingest.v1 import ingest_pb2 as pb
from services.persona.model import BlockKind, DayPlan, PlanBlock

MINDS = [draw(Family.OFFICE, seed) for seed in range(4)]
SECOND_WEEK = [MINDS[0].first_day + timedelta(days=each) for each in range(7, 14)]


class Stubborn:
    """Says the same, and writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[datetime, bool]] = []

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        return [Advice("wrap_up", at, at + 15 * MINUTE, 15)] * 2

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        self.heard.append((advice.start, helpful))


def said(person: str, day: int, felt: bool, **other: bool) -> Said:
    given = {"never": False, "shown": True, "misplaced": False, "helps": felt, "felt": felt}
    return Said(person=person, day=day, type="break", **{**given, **other})


def live(adviser: Adviser, prober: Adviser | None = None, days: int = 7) -> Log:
    return asyncio.run(Months(MINDS, adviser, days=days, prober=prober).live())


def test_the_same_weeks_are_lived_again() -> None:
    assert live(Chance()) == live(Chance())


def test_the_oracle_helps_and_chance_does_not() -> None:
    assert all(each.helps for each in live(Oracle()).said)
    assert rate(live(Oracle()).said).value > 0.85
    assert rate(live(Chance()).said).value < 0.35


def test_what_was_refused_does_not_help_again_that_day_and_half_is_never_answered() -> None:
    adviser = Stubborn()
    log = live(adviser)
    assert 0.35 < len(adviser.heard) / len(log.said) < 0.65
    refused_at = {start for start, helpful in adviser.heard if not helpful}
    assert refused_at
    assert any(not each.helps for each in log.said)


def test_probes_are_neither_shown_nor_answered() -> None:
    adviser = Stubborn()
    log = live(adviser, Stubborn())
    probes = [each for each in log.said if not each.shown]
    assert len(probes) > len(shown(log))
    assert {each.day for each in probes} <= PROBED_DAYS
    assert len(log.asked) * 2 == len(shown(log))
    assert len(adviser.heard) < len(shown(log))


def test_a_day_is_probed_every_ten_minutes_or_so() -> None:
    for mind in MINDS:
        at = {each.at for each in moments_of(mind, 1, probed=True) if not each.shown}
        assert at.isdisjoint(each.at for each in moments_of(mind, 1, probed=False))
        day = day_of(mind, mind.first_day).working
        assert day is None or len(at) > (day.end - day.start) / timedelta(minutes=12)


def test_people_ask_on_every_day_of_use_and_on_no_other() -> None:
    for mind in MINDS:
        moments = [each.at for each in moments_of(mind, 28, probed=False)]
        first = datetime.combine(mind.first_day, datetime.min.time(), UTC)
        assert all(timedelta(days=-1) < each - first < timedelta(days=29) for each in moments)
        assert 60 < len(moments) < 200


def test_nothing_is_told_before_it_is_known() -> None:
    noon = datetime.combine(MINDS[0].first_day, datetime.min.time(), UTC) + timedelta(days=4.5)
    told = whole_diary(MINDS[0]).until(noon)
    assert told
    for each in told:
        if each.HasField("work_session"):
            assert each.work_session.end_time.ToDatetime(UTC) <= noon
        if each.HasField("calendar_event"):
            assert each.calendar_event.start_time.ToDatetime(UTC) - CALENDAR_AHEAD <= noon
    diary = whole_diary(MINDS[0])
    assert [*diary.until(noon - timedelta(days=1)), *diary.until(noon)] == told


def test_without_traits_the_calendar_is_told_and_answers_that_say_nothing() -> None:
    told = bare_diary(MINDS[0]).until(datetime(2027, 1, 1, tzinfo=UTC))
    assert not any(each.HasField("work_session") for each in told)
    answers = {each.user_input.question: each.user_input.answer for each in told}
    assert answers[pb.UserInput.MOST_PRODUCTIVE] == "varies"
    assert pb.UserInput.USUAL_START not in answers


def test_a_block_across_a_meeting_is_misplaced() -> None:
    mind = MINDS[0]
    start = datetime(2026, 9, 8, 12, tzinfo=UTC)
    day = Day(mind, None, [], [])
    fitting = Advice("break", start, start + 10 * MINUTE, 10)
    assert not is_misplaced(day, start, fitting)
    assert is_misplaced(day, start + MINUTE, fitting)
    assert is_misplaced(day, start, Advice("break", start, start + 9 * MINUTE, 10))


def test_a_rate_counts_what_was_shown_and_its_error_counts_people() -> None:
    verdicts = [said("a-1", 1, True), said("a-1", 1, True), said("a-2", 1, False)]
    assert rate(verdicts).value == pytest.approx(2 / 3)
    assert rate(verdicts).error == pytest.approx(0.444, abs=0.001)
    assert rate(verdicts * 100).error == pytest.approx(0.444, abs=0.001)


def test_pairs_compare_the_same_people_each_counting_once() -> None:
    ours = [said("a-1", 1, True)] * 9 + [said("a-2", 1, False), said("a-3", 1, True)]
    theirs = [said("a-1", 1, False), said("a-2", 1, False)]
    assert paired(ours, theirs).value == 0.5
    assert not paired(ours[:9], theirs).value > 0


def test_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    log = Log([said("a-1", 1, True)], [Asked("a-1", 1, 1)], 7, 0)
    log.planned.append(Planned("a-1", 60, 30, 20, 60, 5, 0))
    log.write(tmp_path / "log.gz")
    assert Log.read(tmp_path / "log.gz") == log


def test_a_rehearsal_helps_more_than_chance_and_says_the_same_again() -> None:
    first, again = (rehearse(Family.OFFICE, 2, days=7) for _ in range(2))

    assert first == again
    assert rate(first.said).value > rate(live(Chance()).said).value
    assert len(first.asked) > 2 * 5 * 5


def week(person: str, day: int, helps: int) -> list[Said]:
    """Forty suggestions, of which so many help."""
    return [said(person, day, True, helps=number < helps) for number in range(40)]


def test_who_falls_is_judged_over_all_lives() -> None:
    worse = Log([*week("a-1", 3, 36), *week("a-1", 25, 30)])
    better = Log([*week("a-1", 3, 34), *week("a-1", 25, 40)])
    silent = Log(week("a-1", 3, 36))

    assert falling([[worse, better]]).met is True
    assert falling([[worse, worse]]).value == "100.0% (1 of 1)"
    assert falling([[worse, worse], [better, better]]).met is False
    assert falling([[worse, silent]]).met == NOT_RUN
    assert falling_in_one_month([worse, better]).value == "50.0% (1 of 2)"


def test_a_person_lives_again_in_other_weeks_and_is_looked_at_closely() -> None:
    once, again = relive(Family.OFFICE, 1, 2)

    assert {one.person for one in once.said} == {one.person for one in again.said}
    assert once.said != again.said
    assert not all(one.shown for one in once.said)
    assert [one for one in once.said if one.shown] == rehearse(Family.OFFICE, 1).said


def test_a_plan_is_scored_by_the_hidden_energy_beside_chance_and_the_best() -> None:
    day = next(one for one in (day_of(MINDS[0], each) for each in SECOND_WEEK) if one.working)
    hours = day.working
    assert hours is not None
    deep = PlanBlock(BlockKind.DEEP_WORK, hours.start, hours.start + 30 * MINUTE, "", 0.5, "")
    plan = DayPlan(SECOND_WEEK[0], hours.start, "UTC", (deep,), 1, "")

    scored = score(day, hours, plan)

    assert (scored.minutes, scored.blocks) == (30, 1)
    assert scored.good <= scored.good_at_best == 30
    assert scored == score(day, hours, plan)


def test_what_is_told_reads_as_a_table_of_the_third_week() -> None:
    overheard = Overheard(Stubborn())
    live(overheard, None, 28)
    head, _, *lines = overheard.table()
    assert head == "| when | what is said | helps |"
    assert len(lines) == TOLD
    assert lines[1].startswith("|  |")


def test_what_was_not_run_is_not_met() -> None:
    assert {each.met for each in rows({}, {})} == {NOT_RUN}


def test_the_rows_tell_what_is_met() -> None:
    oracle = live(Oracle(), Oracle(), 28)
    chance = live(Chance(), None, 28)
    arms = {Arm.OURS: oracle, Arm.DEAF: oracle, Arm.BARE: chance, Arm.CHANCE: chance}
    found = {each.row: each.met for each in rows({Family.OFFICE: {**arms, Arm.ORACLE: oracle}}, {})}
    assert found["helpful, office, days 22 to 28"] is True
    assert found["more helpful than without traits, office, days 22 to 28"] is True
    assert found["suggestions that collide with a meeting or leave their window"] is False


def test_families_are_as_helpful_over_several_months_and_told_beside_of_one() -> None:
    def month(family: Family, felt: int) -> Log:
        """Of ten suggestions to each of two people so many felt helpful."""
        said = [
            Said(f"{family}-{who}", 25, "break", False, True, False, True, felt=number < felt)
            for who in range(2)
            for number in range(10)
        ]
        return Log(said + [replace(one, day=6) for one in said], [Asked(f"{family}-0", 6, 1)])

    runs = {one: dict.fromkeys(Arm, month(one, 9)) for one in (Family.OFFICE, Family.WARDS)}
    lives = {
        Family.OFFICE: [month(Family.OFFICE, 9), month(Family.OFFICE, 9)],
        Family.WARDS: [month(Family.WARDS, 9), month(Family.WARDS, 6)],
    }
    found = {each.row: each for each in rows(runs, lives)}
    once = found["wards as helpful as office, days 5 to 7"]
    assert (once.value, once.line, once.met) == ("+0.000 ± 0.000", "", None)
    over = found["wards as helpful as office, days 5 to 7, over several months"]
    assert (over.value, over.yardstick) == ("-0.150 ± 0.000", "0.750 ± 0.000 beside 0.900 ± 0.000")
    assert (over.line, over.met) == ("not below by more than 0.03", False)
