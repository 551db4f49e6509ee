"""What changed between two versions, in words."""

import pytest

from services.profiler.model import (
    Disruptor,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    Level,
    MeetingRecovery,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Source,
    TaskSwitchingCost,
    Trait,
    Value,
    Window,
)
from services.profiler.usecases.comparing import changes
from services.profiler.words import difference
from tests.unit.profiler.build import believed, work

NINE, TEN, TWO = (Window(f"{h:02d}:00", f"{h + 3:02d}:00", 0.9) for h in (9, 10, 14))
FLAT = (0.5,) * 9 + (1.0,) + (0.5,) * 14


def trait(
    value: Value,
    *,
    n: int = 10,
    effective_n: float = 9.0,
    confidence: float = 0.5,
    provisional: bool = False,
    source: Source = Source.OBSERVED,
    prior_version: str = "shipped-1",
) -> Trait:
    return Trait(value, 1.0, n, effective_n, confidence, provisional, source, 0, prior_version)


def focus(p50: int, **parts: int) -> FocusDuration:
    by_part = {part: Quantiles(minutes, 70, 90, 5) for part, minutes in parts.items()}
    return FocusDuration(Quantiles(p50, 70, 90, 10), by_part)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (focus(45), focus(50), "p50 from 45 to 50 minutes"),
        (focus(45), focus(45, morning=60), "the morning is told apart now"),
        (focus(45, evening=20), focus(45, evening=30), "in the evening p50 from 20 to 30 minutes"),
        (
            PeakHours((NINE,), ()),
            PeakHours((TEN, TWO), ()),
            "first window from 09:00-12:00 to 10:00-13:00, new second window 14:00-17:00",
        ),
        (
            PeakHours((NINE,), (TWO,)),
            PeakHours((NINE,), ()),
            "no first weekend window any more, before 14:00-17:00",
        ),
        (
            EnergyPatterns(FLAT, FLAT),
            EnergyPatterns((0.5,) * 14 + (1.0,) + (0.6,) * 9, FLAT),
            "best hour on weekdays from 09:00 to 14:00, 09:00 on weekdays from 1.00 to 0.50",
        ),
        (MeetingRecovery(10, 20), MeetingRecovery(12, 20), "p50 from 10 to 12 minutes"),
        (
            TaskSwitchingCost(Level.MEDIUM, 0.3, 5.0),
            TaskSwitchingCost(Level.HIGH, 0.45, 5.0),
            "the level from medium to high, "
            "an interruption's cost from 0.30 to 0.45 points of score",
        ),
        (PreferredStartTime("09:00"), PreferredStartTime("09:15"), "the start from 09:00 to 09:15"),
        (
            PreferredStartTime("09:00", weekend_start="10:00", weekend_end="14:00"),
            PreferredStartTime("09:00", weekend_start="10:30", weekend_end="13:00"),
            "the start of weekends from 10:00 to 10:30, their end from 14:00 to 13:00",
        ),
        (
            FlowDisruptors((Disruptor("meetings", 1.0),)),
            FlowDisruptors((Disruptor("slack", 0.6), Disruptor("meetings", 0.4))),
            "the worst from meetings to slack, slack from 0 % to 60 %, meetings from 100 % to 40 %",
        ),
    ],
)
def test_a_change_is_told_in_the_words_of_its_trait(before: Value, after: Value, says: str) -> None:
    assert difference(trait(before), trait(after)) == says


def test_what_stands_behind_a_value_is_told_as_well() -> None:
    before = trait(focus(45), provisional=True, source=Source.ANSWERED, n=0)
    after = trait(focus(45), confidence=0.61, n=3, prior_version="shipped-1+2")
    assert difference(before, after) == (
        "3 observations more, confidence from 0.50 to 0.61, no longer provisional, from what was "
        "seen now, before from the answer alone, the prior from shipped-1 to shipped-1+2"
    )


def test_evidence_that_only_faded_is_told() -> None:
    said = difference(trait(focus(45)), trait(focus(45), effective_n=8.4))
    assert said == "what was seen counts like 8.4 observations, before 9.0"


def test_what_came_and_what_is_gone_is_told() -> None:
    assert difference(None, trait(focus(45), n=1)) == "new, from 1 observation"
    assert difference(None, trait(focus(45), n=0)) == "new, from the answer alone"
    assert difference(trait(focus(45)), None) == "gone: nothing that tells of it is left"


def test_traits_that_are_the_same_are_left_out() -> None:
    some = believed(*(work("09:00", 60, 4) for _ in range(3)))
    more = believed(*(work("09:00", 60, 4) for _ in range(3)), work("11:00", 60, 4, 1))
    assert changes(some, some) == []
    found = changes(some, more)
    assert [one.name for one in found] == sorted(one.name for one in found)
    new = next(one for one in found if one.name == "work.task_switching_cost")
    assert (new.before, new.after) == (None, more["work.task_switching_cost"])
    assert changes(more, some)[0].says
