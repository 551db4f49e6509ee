"""People and moments to advise: Ada in Berlin is sharp in the morning and tired after lunch."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import (
    Commitment,
    DayPlan,
    EnergyLevel,
    EnergyPatterns,
    FocusDuration,
    Helpfulness,
    MeetingRecovery,
    Mindscape,
    Overlay,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Refusal,
    Situation,
    Suggestion,
    TaskSwitchingCost,
    Told,
    Trait,
    TraitValue,
    Verdicts,
    Weight,
    Window,
)

BERLIN = "Europe/Berlin"
LAST_EVIDENCE = datetime(2026, 11, 16, 15, tzinfo=UTC)
# From 06:00 to 20:00; nothing at night.
MORNING_PERSON = (
    *(0.02,) * 6,
    *(0.05, 0.1, 0.5, 0.85, 1.0, 0.95, 0.6, 0.4, 0.45, 0.55, 0.5, 0.25, 0.05, 0.03),
    *(0.02,) * 4,
)
ADAS = (
    EnergyPatterns(MORNING_PERSON, (0.02,) * 24),
    PeakHours((Window(time(9), time(12)),)),
    FocusDuration(Quantiles(50, 70, 90)),
    MeetingRecovery(14, 30),
    PreferredStartTime(time(9)),
)

UNTIL_FIVE = PreferredStartTime(time(9), time(17))


def trait(value: TraitValue, n: int = 80, provisional: bool = False) -> Trait:
    """A trait that is well known unless told otherwise."""
    return Trait(value, n, 0.2 if provisional else 0.8, provisional, LAST_EVIDENCE)


def mindscape(*values: TraitValue, zone: str = BERLIN, n: int = 80) -> Mindscape:
    """A mindscape of just these traits."""
    return Mindscape(7, zone, {value.NAME: trait(value, n) for value in values})


def ada(*more: TraitValue) -> Mindscape:
    """Ada, with traits added or replaced."""
    return mindscape(*{type(value): value for value in (*ADAS, *more)}.values())


def energy(level: str = "high", since_break: int = 0, worked: int = 0) -> EnergyLevel:
    """The energy of now, with minutes since the last break and of work today."""
    value = {"low": 0.2, "medium": 0.5, "high": 0.9}[level]
    return EnergyLevel(level, value, worked, 0, since_break)


def on_tuesday(clock: str, zone: str = BERLIN) -> datetime:
    """That time of the local 17 November 2026, a Tuesday."""
    wall = datetime.combine(datetime(2026, 11, 17).date(), time.fromisoformat(clock))  # noqa: DTZ001
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def meeting(start: str, minutes: int = 60) -> Commitment:
    """A meeting on that Tuesday."""
    return Commitment(on_tuesday(start), on_tuesday(start) + timedelta(minutes=minutes))


def advise(
    who: Mindscape,
    clock: str | datetime,
    booked: Iterable[Commitment] = (),
    verdicts: Verdicts | None = None,
    told: Iterable[Told] = (),
) -> Overlay:
    """What the daily work optimizer says, on that Tuesday if only a time of day is given."""
    at = clock if isinstance(clock, datetime) else on_tuesday(clock, who.zone)
    situation = Situation(at, who.zone, tuple(booked), verdicts or Verdicts(), tuple(told))
    return DailyWorkOptimizer().map(who, situation)[1]


def plan(
    who: Mindscape, clock: str | datetime = "08:00", booked: Iterable[Commitment] = ()
) -> DayPlan:
    """The plan of the rest of that Tuesday, or of the day of the moment."""
    at = clock if isinstance(clock, datetime) else on_tuesday(clock, who.zone)
    return DailyWorkOptimizer().plan(who, Situation(at, who.zone, tuple(booked)))


def types(overlay: Overlay) -> list[str]:
    """The types of what is suggested, best first."""
    return [one.type for one in overlay.suggestions]


def the(suggestion_type: str, overlay: Overlay) -> Suggestion:
    """The one suggestion of a type."""
    (found,) = (one for one in overlay.suggestions if one.type == suggestion_type)
    return found


def refused(suggestion_type: str, clock: str) -> Verdicts:
    """Verdicts of somebody who refused that type at that time of the Tuesday."""
    return Verdicts(refusals=(Refusal(suggestion_type, on_tuesday(clock)),))


def weighed(**weights: float) -> Verdicts:
    """Verdicts with these weights by type, each on the trait that leads for Ada."""
    leads = {
        "deep_work_window": "work.energy_patterns",
        "break": "work.focus_duration",
        "protect_from_interruptions": "work.task_switching_cost",
        "pause": "work.focus_duration",
    }
    return Verdicts({(name, leads[name]): Weight(value) for name, value in weights.items()})


def judged(
    suggestion_type: str, helpful: float, not_helpful: float, part: str = "morning"
) -> Verdicts:
    """Verdicts of somebody who judged that type so in a part of the day."""
    return Verdicts(helpfulness={(suggestion_type, part): Helpfulness(helpful, not_helpful)})


SENSITIVE = TaskSwitchingCost("high", 0.5, 12.0)
