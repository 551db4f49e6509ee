"""When a working day ends, on weekdays and at weekends, and what is said towards it."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from services.persona.mappers.daily_work_optimizer.curve import Curve
from services.persona.mappers.daily_work_optimizer.day import working_day
from services.persona.model import EnergyPatterns, PeakHours, PreferredStartTime, Window
from tests.unit.persona.builders import (
    ADAS,
    BERLIN,
    MORNING_PERSON,
    UNTIL_FIVE,
    ada,
    advise,
    energy,
    mindscape,
    on_tuesday,
    the,
    types,
)


def test_towards_the_usual_end_of_the_day_it_is_time_to_wrap_up() -> None:
    assert "wrap_up" in types(advise(ada(UNTIL_FIVE), "16:40"))
    assert "wrap_up" not in types(advise(ada(UNTIL_FIVE), "15:00"))


def test_wrapping_up_is_not_suggested_to_those_who_have_likely_left() -> None:
    ends = ada(UNTIL_FIVE)

    assert "wrap_up" in types(advise(ends, "16:50"))
    assert "wrap_up" not in types(advise(ends, "16:55"))


def test_a_weekday_that_ends_earlier_is_wrapped_up_earlier() -> None:
    ends = ada(PreferredStartTime(time(9), time(17), {"tuesday": time(15)}))

    assert "wrap_up" in types(advise(ends, "14:40"))
    assert not types(advise(ends, "16:40"))
    assert "wrap_up" in types(advise(ends, on_tuesday("16:40") + timedelta(days=1)))


def test_wrapping_up_waits_until_three_days_were_seen_to_end() -> None:
    # The newest day may go on: of four, three are over.
    four, three = (mindscape(*ADAS, UNTIL_FIVE, n=days) for days in (4, 3))
    assert "wrap_up" in types(advise(four, "16:50"))
    assert not any("wrap_up" in types(advise(three, f"16:{minute}")) for minute in range(10, 60))


def test_nothing_is_begun_that_would_last_into_the_closing_of_the_day() -> None:
    evening = tuple(0.9 if hour >= 15 else 0.2 for hour in range(24))
    who = ada(EnergyPatterns(evening, evening), UNTIL_FIVE)

    assert the("deep_work_window", advise(who, "15:40")).local_window == "15:40-16:30"
    assert types(advise(who, "16:35")) == ["wrap_up"]


def test_a_weekend_without_work_is_off_work() -> None:
    saturday = on_tuesday("10:00") + timedelta(days=4)

    assert not advise(ada(), saturday).current_state.working_hours


def test_a_weekend_that_is_worked_on_is_a_working_day() -> None:
    saturday = on_tuesday("10:00") + timedelta(days=4)
    seen = ada(
        EnergyPatterns(MORNING_PERSON, MORNING_PERSON),
        PeakHours((Window(time(9), time(12)),), (Window(time(9), time(12)),)),
    )

    assert "deep_work_window" in types(advise(seen, saturday))


def weekend_hours(hours: PreferredStartTime) -> tuple[str, str]:
    """When a Saturday on which they have worked begins and ends."""
    who, saturday = ada(hours, energy(worked=30)), on_tuesday("10:00") + timedelta(days=4)
    day = working_day(who, Curve.of(who, ZoneInfo(BERLIN)), saturday)
    assert day is not None
    first, last = (each.astimezone(ZoneInfo(BERLIN)) for each in (day.start_at, day.end_at))
    return f"{first:%a %H:%M}", f"{last:%a %H:%M}"


def test_a_day_of_the_weekend_has_the_hours_that_weekends_were_seen_to_have() -> None:
    seen = PreferredStartTime(time(9), time(17), {}, time(10), time(13))
    assert weekend_hours(seen) == ("Sat 10:00", "Sat 13:00")
    late = PreferredStartTime(time(9), time(17), {}, time(20), time(1))
    assert weekend_hours(late) == ("Sat 20:00", "Sun 01:00")


def test_until_weekends_were_seen_a_day_of_them_is_a_shorter_weekday() -> None:
    # Of 8 hours 5.4 / 8.5 are 5 and 5 minutes; when such a day ends is not known.
    saturday = on_tuesday("13:35") + timedelta(days=4)
    assert weekend_hours(UNTIL_FIVE) == ("Sat 09:00", "Sat 14:05")
    assert "wrap_up" not in types(advise(ada(UNTIL_FIVE, energy(worked=30)), saturday))
    seen = PreferredStartTime(time(9), time(17), {}, time(9), time(14))
    assert "wrap_up" in types(advise(ada(seen, energy(worked=30)), saturday))
