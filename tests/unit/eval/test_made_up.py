"""The rows on made-up people: judged on the truth, beside simpler predictors, in every family."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clients.workbench.families import Family, draw_person
from clients.workbench.lives import moved
from clients.workbench.people import Person
from eval import folding
from eval.made_up import baselines, changes, judging, measuring, table
from eval.made_up.changes import CHANGED, DAYS_AFTER, HOLIDAY, MOVED, Changed
from eval.made_up.diary import Diary
from eval.made_up.judging import PERSONAKIT, PLAIN, Judged
from eval.rows import NOT_RUN, Row
from services.profiler.model import CalendarEvent, EventKind, Fact, WorkSession

MONDAY = date(2026, 3, 2)


@pytest.fixture
def person() -> Person:
    return draw_person(3, "Asia/Tokyo")


def at(hours: float) -> int:
    return int(hours * 3600)


def test_without_made_up_people_no_row_is_met() -> None:
    rows = list(table.rows([], []))
    assert len(rows) > 100
    assert {row.met for row in rows} == {NOT_RUN}


def test_a_diary_holds_as_many_sessions_as_asked_for_and_only_what_was_noted(
    person: Person,
) -> None:
    diary = Diary(replace(person, forgotten=0.5), MONDAY)
    facts = diary.after_sessions(20)
    assert len(list(baselines.worked(facts))) == 20
    entry = next(iter(diary.entries))
    assert len(entry.logged) < len(entry.sessions)
    assert diary.after_sessions(5) == facts[: len(diary.after_sessions(5))]


def test_a_diary_can_be_read_in_parts(person: Person) -> None:
    diary, middle = Diary(person, MONDAY), MONDAY + timedelta(days=9)
    end = MONDAY + timedelta(days=20)
    parts = [*diary.between(MONDAY, middle), *diary.between(middle, end)]
    assert parts == diary.between(MONDAY, end)


def test_baselines_are_what_one_would_count_by_hand() -> None:
    facts: list[Fact] = [
        WorkSession(at(9), at(10.5), "UTC", 5, 0),
        CalendarEvent(at(10.5), at(11), "UTC", EventKind.MEETING),
        WorkSession(at(11.25), at(11.75), "UTC", 3, 2),
        WorkSession(at(33), at(34), "UTC", 4, 1),
    ]
    assert baselines.median_minutes(facts) == 60
    assert baselines.median_wait(facts) == 15
    assert baselines.median_start(facts) == 9
    assert baselines.slope(facts) == pytest.approx(1)
    assert baselines.interruptions(facts) == 1
    assert baselines.hours_of(facts)[9] == at(2)


@pytest.mark.parametrize("family", Family)
def test_each_belief_is_judged_beside_simpler_ones_after_each_number(family: Family) -> None:
    judged = measuring.judged(family, 1)
    assert {one.n for one in judged} == {0, *measuring.SIZES}
    whats = {error.what for error in table.ERRORS}
    assert {one.what for one in judged} | {judging.LABEL_OFTEN} == whats
    for one in judged:
        assert PERSONAKIT in one.found
        assert one.what == judging.FOCUS_P90 or len(one.found) > 1
        assert 0 <= one.stated <= 1
        assert 0 <= one.covered <= 1


def test_a_line_is_met_or_not_by_what_was_measured() -> None:
    found = [
        Judged(Family.OFFICE, person, judging.FOCUS, 20, {PERSONAKIT: error, PLAIN: 0.5})
        for person, error in enumerate((0.05, 0.11, 0.3))
    ]
    rows = {row.row: row for row in table.rows(found, [])}
    met = rows["made-up office: focus p50, median error, n=20"]
    assert (met.value, met.yardstick, met.met) == ("0.110", "plain 0.500", True)
    assert rows["made-up studio: focus p50, median error, n=20"].met == NOT_RUN


def test_a_level_is_judged_over_all_families() -> None:
    rights = {Family.OFFICE: 1.0, Family.STUDIO: 0.5}
    found = [
        Judged(family, person, judging.LABEL, 50, {PERSONAKIT: right})
        for family, right in rights.items()
        for person in range(2)
    ]
    rows = {row.row: row for row in table.rows(found, [])}
    together = rows["made-up people: switching label, rate right, n=50"]
    assert (together.value, together.line, together.met) == ("0.750", "at least 0.8", False)
    assert rows["made-up office: switching label, rate right, n=50"].met is None


def test_how_sure_a_belief_is_is_judged_over_all_families_and_told_of_each() -> None:
    def row(*families: tuple[Family, bool]) -> Row:
        found = [
            Judged(family, person, judging.FOCUS, 20, {PERSONAKIT: 0.1}, stated=0.5, right=right)
            for family, right in families
            for person in range(2)
        ]
        rows = {row.row: row for row in table.rows(found, [])}
        return rows["made-up people: stated confidence of focus p50, over all"]

    unlike = row((Family.OFFICE, True), (Family.STUDIO, False))
    assert (unlike.value, unlike.met) == ("0.500 (off by +0.000 ± 0.289)", True)
    assert "office -0.500 ± 0.000, studio +0.500 ± 0.000" in unlike.yardstick
    assert row((Family.OFFICE, True)).met is False


def test_who_moves_is_followed_and_who_rests_is_not_forgotten() -> None:
    found = changes.changed(Family.OFFICE, 1)
    by_what = {one.what: one for one in found}
    assert by_what[MOVED].right[0]
    assert by_what[MOVED].right[60]
    assert all(by_what[HOLIDAY].right.values())


def test_the_truth_moves_on_the_day_of_the_change(person: Person) -> None:
    other = moved(person, CHANGED, 5)
    assert other.on(CHANGED - timedelta(days=1)) == other
    assert other.on(CHANGED).best_window() == (person.best_window() + 5) % 24


def test_being_followed_is_measured_against_who_was_always_so() -> None:
    known = [
        Changed(Family.OFFICE, MOVED, dict.fromkeys(DAYS_AFTER, right), right)
        for right in (True, False)
    ]
    late = [replace(one, always_so=True) for one in known]
    for found, met in ((known, True), (late, False)):
        rows = {row.row: row for row in table.rows([], found)}
        assert rows["made-up office: the day moves by 5 h, near after 45 days"].met is met


def test_a_fold_takes_the_longer_the_more_keys_there_are() -> None:
    few, many = folding.taken(
        folding.alike(measuring.FIRST, measuring.FIRST + timedelta(weeks=8)), (1, 8)
    )
    assert (few.weeks, many.weeks) == (1, 8)
    assert few.keys == many.keys
    assert 0 < few.milliseconds < many.milliseconds
