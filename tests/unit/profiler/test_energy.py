"""The energy curve, its peaks, and the energy of one moment."""

from datetime import date, timedelta

import pytest

from services.profiler.model import (
    EnergyLevel,
    EnergyPatterns,
    Fact,
    Level,
    PeakHours,
    Question,
    Source,
    Trait,
    WorkSession,
)
from services.profiler.traits import energy_level as moment
from services.profiler.traits import energy_patterns, peak_hours
from services.profiler.traits.certainty import WINDOW_HOURS, peak_confidence
from tests.unit.profiler.build import (
    TOKYO,
    TUESDAY,
    answer,
    at,
    believed,
    days,
    meeting,
    work,
    workdays,
)

MONDAY = date(2026, 9, 7)
SATURDAY = date(2026, 11, 14)


def curve(traits: dict[str, Trait]) -> EnergyPatterns:
    value = traits[energy_patterns.NAME].value
    assert isinstance(value, EnergyPatterns)
    return value


def peaks(traits: dict[str, Trait]) -> PeakHours:
    value = traits[peak_hours.NAME].value
    assert isinstance(value, PeakHours)
    return value


def level_at(clock: str, *facts: Fact, day: date = TUESDAY) -> EnergyLevel:
    given = [fact for fact in facts if isinstance(fact, WorkSession)]
    trait = now(clock, *facts, day=day, traits=believed(*given))
    assert trait is not None
    assert isinstance(trait.value, EnergyLevel)
    return trait.value


def now(
    clock: str, *facts: Fact, day: date = TUESDAY, traits: dict[str, Trait] | None = None
) -> Trait | None:
    around = [one for one in days(*facts) if one.on in (day, day - timedelta(days=1))]
    return moment.energy_level(traits or {}, around, at(clock, day), TOKYO)


def covers(windows: PeakHours, clock: str) -> bool:
    first = windows.windows[0]
    return first.start <= clock < first.end


def test_nine_in_tokyo_is_the_peak_of_who_works_then() -> None:
    traits = believed(*(work("09:00", 90, 4, day=day) for day in workdays(MONDAY, 10)))
    assert covers(peaks(traits), "09:00")
    assert curve(traits).weekday.index(1.0) in (9, 10)


@pytest.mark.parametrize("hour", range(24))
def test_one_rated_session_makes_its_hour_the_peak_and_high(hour: int) -> None:
    session = work(f"{hour:02d}:00", 90, 4, 1)
    first = peaks(believed(session)).windows[0]
    start = int(first.start[:2])
    assert (hour - start) % 24 < WINDOW_HOURS
    assert level_at(f"{hour:02d}:30", session).level is Level.HIGH


def test_seventeen_sessions_over_the_day_are_no_seventeen_peaks() -> None:
    sessions = [work(f"{hour:02d}:00", 60, 4) for hour in range(6, 23)]
    found = peaks(believed(*sessions)).windows
    assert len(found) <= peak_hours.MOST_WINDOWS
    assert believed(*sessions)[peak_hours.NAME].confidence < 0.7


def test_high_once_does_not_beat_low_two_hundred_times() -> None:
    low = [work("15:00", 60, 1, day=day) for day in workdays(MONDAY, 40) for _ in range(5)]
    high = work("15:00", 60, 5, day=MONDAY)
    good = [work("09:00", 60, 4, day=day) for day in workdays(MONDAY, 40) for _ in range(5)]
    traits = believed(*low, high, *good)
    assert covers(peaks(traits), "09:00")
    assert curve(traits).weekday[15] < 0.5


def test_peak_windows_do_not_overlap_come_best_first_and_begin_with_work() -> None:
    sessions = [work("20:00", 90, 4), work("09:00", 100, 4)]
    first, second = peaks(believed(*sessions)).windows
    assert first.level >= second.level
    assert first.start <= "09:00" < first.end
    assert second.start >= "18:00"


def test_a_peak_can_lie_over_midnight() -> None:
    sessions = [work("23:00", 120, 5, day=day) for day in workdays(MONDAY, 20)]
    first = peaks(believed(*sessions)).windows[0]
    assert first.start > first.end


def test_weekends_are_told_apart_from_weekdays() -> None:
    weekdays = [work("09:00", 90, 4, day=day) for day in workdays(MONDAY, 20)]
    weekends = [work("20:00", 90, 4, day=SATURDAY - timedelta(weeks=n)) for n in range(8)]
    found = peaks(believed(*weekdays, *weekends))
    assert covers(found, "09:00")
    assert found.weekend_windows[0].start <= "20:00" < found.weekend_windows[0].end
    assert peaks(believed(*weekdays)).weekend_windows == ()


def test_work_without_a_score_is_evidence_too_but_less() -> None:
    rated = believed(work("09:00", 90, 4))[energy_patterns.NAME]
    unrated = believed(work("09:00", 90))[energy_patterns.NAME]
    assert rated.n == unrated.n == 1
    assert unrated.confidence < rated.confidence


def test_an_answer_alone_makes_a_peak_and_work_overrides_it() -> None:
    said = answer(Question.MOST_PRODUCTIVE, "evening")
    answered = believed(said)[peak_hours.NAME]
    assert (answered.source, answered.n, answered.provisional) == (Source.ANSWERED, 0, True)
    assert covers(peaks(believed(said)), "19:00")
    worked = [work("09:00", 90, 4, day=day) for day in workdays(MONDAY, 40)]
    both = believed(said, *worked)
    assert covers(peaks(both), "09:00")
    assert both[peak_hours.NAME].source is Source.MIXED


@pytest.mark.parametrize("part", ["morning", "afternoon", "evening"])
def test_an_answer_alone_is_known_to_be_right_in_about_six_of_ten_cases(part: str) -> None:
    answered = believed(answer(Question.MOST_PRODUCTIVE, part))[peak_hours.NAME]
    assert 0.5 <= answered.confidence <= 0.7


def test_an_answer_that_names_what_is_seen_makes_it_surer_and_one_that_does_not_less_sure() -> None:
    seen = [work("09:00", 120, 4, day=day) for day in workdays(MONDAY, 10)]
    agreed, silent, contradicted = (
        believed(answer(Question.MOST_PRODUCTIVE, said), *seen)[peak_hours.NAME].confidence
        for said in ("morning", "varies", "evening")
    )
    assert agreed > silent > contradicted


def test_an_answer_that_says_nothing_makes_no_curve() -> None:
    assert believed(answer(Question.MOST_PRODUCTIVE, "varies")) == {}


def test_confidence_grows_with_the_lead_of_the_best_window() -> None:
    level = [1.0] * 24
    clear = [9.0 if 9 <= hour < 12 else 1.0 for hour in range(24)]
    assert peak_confidence(level, 50) < 0.5 < peak_confidence(clear, 50)
    assert peak_confidence(clear, 5) < peak_confidence(clear, 50) < 1
    assert peak_confidence(clear, 200) == peak_confidence(clear, 9000)
    assert (
        peak_confidence(clear, 50, -1) < peak_confidence(clear, 50) < peak_confidence(clear, 50, 1)
    )


def test_provisional_ends_with_enough_sessions() -> None:
    sessions = [work("09:00", 60, 4, day=day) for day in workdays(MONDAY, 12)]
    assert believed(*sessions[:3])[peak_hours.NAME].provisional
    assert not believed(*sessions)[peak_hours.NAME].provisional


def test_energy_sinks_with_the_hours_worked_and_met() -> None:
    usual = [work("09:00", 480, 4, day=day) for day in workdays(MONDAY, 20)]
    fresh = level_at("15:30", *usual)
    tired = level_at("15:30", *usual, work("08:00", 450, 4), meeting("10:00", 180))
    assert tired.value < fresh.value
    assert (tired.worked_minutes_today, tired.meeting_minutes_today) == (450, 180)


def test_work_reported_twice_is_counted_once() -> None:
    twice = level_at("12:00", work("09:00", 60, 4), work("09:30", 60, 4))
    assert twice.worked_minutes_today == 90


def test_work_after_midnight_alone_counts_for_the_new_day() -> None:
    assert (
        level_at(
            "01:00", work("23:00", 180, 4, day=TUESDAY - timedelta(days=1))
        ).worked_minutes_today
        == 60
    )


def test_a_break_of_five_minutes_starts_the_count_anew() -> None:
    whole = level_at("11:00", work("09:00", 60, 4), work("10:04", 55, 4))
    broken = level_at("11:00", work("09:00", 60, 4), work("10:05", 55, 4))
    away = level_at("11:05", work("09:00", 60, 4), work("10:05", 55, 4))
    assert [one.minutes_since_break for one in (whole, broken, away)] == [120, 55, 0]


def test_an_answer_about_now_counts_and_fades_in_hours() -> None:
    work_at_nine = work("09:00", 90, 4)
    low = answer(Question.ENERGY_NOW, "low", "09:30")
    said = level_at("09:30", work_at_nine, low)
    later = level_at("13:30", work_at_nine, answer(Question.ENERGY_NOW, "high", "09:30"))
    silent = level_at("13:30", work_at_nine)
    assert said.value < level_at("09:30", work_at_nine).value
    assert silent.value < later.value < 0.85


def test_an_answer_alone_tells_the_energy_of_now_until_the_next_day() -> None:
    high = answer(Question.ENERGY_NOW, "high", "09:30")
    told = now("10:00", high)
    assert told is not None
    assert (told.source, told.n) == (Source.ANSWERED, 1)
    assert now("09:31", high, day=TUESDAY + timedelta(days=1)) is None
    assert now("09:00", high) is None


def test_nothing_seen_is_no_energy() -> None:
    assert now("09:00") is None
