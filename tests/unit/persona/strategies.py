"""Any person, any calendar, any moment: two weeks in which the clocks change on two continents."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from services.persona.model import (
    Commitment,
    EnergyLevel,
    EnergyPatterns,
    FocusDuration,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Situation,
    TaskSwitchingCost,
    TraitValue,
    Window,
)
from tests.unit.persona.builders import trait

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham")
# The nights of 25 October (Europe) and 1 November 2026 (North America) are among them.
FIRST = datetime(2026, 10, 24, tzinfo=UTC)

moments = st.integers(0, 14 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
levels = st.lists(st.floats(0, 1), min_size=24, max_size=24).map(tuple)
windows = st.lists(st.builds(Window, times, times), min_size=1, max_size=3).map(tuple)
minutes = st.integers(0, 300)


@st.composite
def quantiles(draw: st.DrawFn) -> Quantiles:
    return Quantiles(*sorted(draw(st.tuples(minutes, minutes, minutes))))


values: tuple[st.SearchStrategy[TraitValue], ...] = (
    st.builds(EnergyPatterns, levels, levels),
    st.builds(PeakHours, windows, windows),
    st.builds(FocusDuration, quantiles()),
    st.builds(MeetingRecovery, minutes, minutes),
    st.builds(PreferredStartTime, times),
    st.builds(
        TaskSwitchingCost, st.sampled_from(["low", "high"]), st.floats(0, 2), st.floats(0, 9)
    ),
    st.builds(
        EnergyLevel,
        st.sampled_from(["low", "medium", "high"]),
        st.floats(0, 1),
        minutes,
        minutes,
        minutes,
    ),
)


@st.composite
def mindscapes(draw: st.DrawFn) -> Mindscape:
    kept = [draw(one) for one in values if draw(st.booleans())]
    n = draw(st.integers(0, 200))
    traits = {value.NAME: trait(value, n, draw(st.booleans())) for value in kept}
    return Mindscape(1, draw(st.sampled_from(ZONES)), traits)


@st.composite
def situations(draw: st.DrawFn, zone: str) -> Situation:
    at = draw(moments)
    booked = [
        Commitment(
            start, start + timedelta(seconds=draw(st.integers(0, 5 * 3600))), draw(st.booleans())
        )
        for start in draw(
            st.lists(st.integers(-8 * 3600, 12 * 3600), max_size=8).map(
                lambda seconds: [at + timedelta(seconds=one) for one in seconds]
            )
        )
    ]
    return Situation(at, zone, tuple(booked))


@st.composite
def days(draw: st.DrawFn) -> tuple[Mindscape, Situation]:
    mindscape = draw(mindscapes())
    return mindscape, draw(situations(mindscape.zone))
