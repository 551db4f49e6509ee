"""Moments that a document is tried on before anybody relies on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.model import (
    Commitment,
    Disruptor,
    EnergyLevel,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Situation,
    TaskSwitchingCost,
    Trait,
    TraitValue,
    Window,
)

_DAY: Final = (*(0.02,) * 7, 0.1, 0.5, 0.85, 1.0, 0.95, 0.6, 0.4, 0.45, 0.55, 0.5, 0.25)
_CURVE: Final = (*_DAY, *(0.05,) * (24 - len(_DAY)))
_TYPICAL: Final[tuple[TraitValue, ...]] = (
    EnergyPatterns(_CURVE, _CURVE),
    PeakHours((Window(time(9), time(12)),), (Window(time(10), time(12)),)),
    FocusDuration(Quantiles(50, 70, 90)),
    MeetingRecovery(14, 30),
    TaskSwitchingCost("high", 0.5, 12.0),
    PreferredStartTime(time(9)),
    FlowDisruptors((Disruptor("meetings", 0.6), Disruptor("slack", 0.4))),
)
# As small as values can be: what divides by them, or takes the first of a list, fails here.
_BARE: Final[tuple[TraitValue, ...]] = (
    EnergyPatterns((0.0,) * 24, (0.0,) * 24),
    PeakHours(()),
    FocusDuration(Quantiles(0, 0, 0)),
    MeetingRecovery(0, 0),
    TaskSwitchingCost("low", 0.0, 0.0),
    PreferredStartTime(time(0)),
    FlowDisruptors(()),
)
_TUESDAY: Final = datetime(2026, 11, 17, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_BOOKED: Final = (Commitment(_TUESDAY + 11 * _HOUR, _TUESDAY + 12 * _HOUR),)
# In hours from Tuesday's midnight: work, before, in and after a meeting, tired, evening, Saturday.
_TIMES: Final[Mapping[float, EnergyLevel]] = {
    9.5: EnergyLevel("high", 0.9),
    10.75: EnergyLevel("high", 0.8, 95, 0, 95),
    11.5: EnergyLevel("medium", 0.6, 120, 30, 0),
    12.1: EnergyLevel("medium", 0.5, 120, 60, 0),
    13.25: EnergyLevel("low", 0.2, 180, 60, 40),
    16.0: EnergyLevel("medium", 0.5, 300, 60, 60),
    19.5: EnergyLevel("low", 0.1, 420, 60, 0),
    106.0: EnergyLevel("high", 0.9),
}


def moments() -> Iterator[Moment]:
    """Yields each time with all traits known, with one less, with one alone, with bare values."""
    for hours, energy in _TIMES.items():
        situation = Situation(_TUESDAY + hours * _HOUR, "UTC", _BOOKED)
        for values in _known(energy):
            traits = {value.NAME: Trait(value, 80, 0.8, False, _TUESDAY) for value in values}
            yield Moment.of(Mindscape(1, "UTC", traits), situation)


def _known(energy: EnergyLevel) -> Iterator[tuple[TraitValue, ...]]:
    everything = (*_TYPICAL, energy)
    yield everything
    yield (*_BARE, replace(energy, value=0.0))
    for one in everything:
        yield tuple(other for other in everything if other is not one)
        yield (one,)
