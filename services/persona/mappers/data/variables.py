"""The names that expressions may use, and how each is read from a moment."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final, Literal, TypeAlias

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment, part_of_day
from services.persona.model import (
    EnergyLevel,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
    MeetingRecovery,
    PeakHours,
    PreferredStartTime,
    TaskSwitchingCost,
    Trait,
    TraitValue,
)

Kind: TypeAlias = Literal[
    "bool", "int", "double", "string", "list(double)", "list(string)", "map(string, double)"
]
Content: TypeAlias = (
    bool | int | float | str | tuple[float, ...] | tuple[str, ...] | Mapping[str, float]
)

# For a meeting that is nowhere in sight: longer than any day that one asks about.
ONE_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, what it holds, and how to read it; None leaves it out, as if the trait were unknown.

    `trait` is the full name of the trait without which it is not there.
    """

    name: str
    kind: Kind
    meaning: str
    read: Callable[[Moment], Content | None]
    trait: str = ""


@dataclass(frozen=True, slots=True)
class _Field:
    """A part of a trait's value."""

    name: str
    kind: Kind
    meaning: str
    # Each trait has a type of its own; `_fields` ties them together.
    read: Callable[[Any, Moment], Content | None]


def _minutes(moment: Moment, until: datetime | None) -> int:
    return ONE_DAY if until is None else min(ONE_DAY, (until - moment.at) // MINUTE)


def _free(moment: Moment) -> int:
    if moment.calendar.busy_at(moment.at):
        return 0
    return _minutes(moment, moment.calendar.next_start(moment.at))


def _to_meeting(moment: Moment) -> int:
    meeting = moment.calendar.next_meeting(moment.at)
    return _minutes(moment, meeting.start_at if meeting else None)


def _since_meeting(moment: Moment) -> int:
    ended_at = moment.calendar.last_meeting_end(moment.at)
    return ONE_DAY if ended_at is None else min(ONE_DAY, (moment.at - ended_at) // MINUTE)


def _left_of_day(moment: Moment) -> int:
    if moment.day is None or not moment.working:
        return 0
    return (moment.day.end_at - moment.at) // MINUTE


def minute_of_day(wall: time) -> int:
    """Minutes since midnight."""
    return wall.hour * 60 + wall.minute


ALWAYS: Final = (
    Variable("local.hour", "int", "the hour on the person's clock", lambda m: m.local.hour),
    Variable("local.minute", "int", "the minute of that hour", lambda m: m.local.minute),
    Variable(
        "local.minutes", "int", "minutes since midnight", lambda m: minute_of_day(m.local.time())
    ),
    Variable("local.clock", "string", 'the time, such as "10:40"', lambda m: m.clock(m.at)),
    Variable("local.weekday", "string", '"monday" to "sunday"', lambda m: f"{m.local:%A}".lower()),
    Variable("local.weekend", "bool", "Saturday or Sunday", lambda m: m.local.weekday() >= 5),
    Variable(
        "local.part_of_day",
        "string",
        '"morning" (from 4), "afternoon" (from 12) or "evening" (from 18)',
        lambda m: part_of_day(m.local.hour),
    ),
    Variable("working", "bool", "it is working hours", lambda m: m.working),
    Variable(
        "minutes_to_end_of_day", "int", "until the working day ends; 0 outside of it", _left_of_day
    ),
    Variable("busy", "bool", "something is booked now", lambda m: m.calendar.busy_at(m.at)),
    Variable("free_minutes", "int", "until something is booked; 1440 if nothing is", _free),
    Variable(
        "minutes_to_next_meeting", "int", "until a meeting begins; 1440 without one", _to_meeting
    ),
    Variable(
        "minutes_since_meeting", "int", "since one ended; 1440 if none in 12 hours", _since_meeting
    ),
    Variable(
        "recovering",
        "bool",
        "the last meeting is not digested yet, by the person's own recovery",
        lambda m: m.recovering,
    ),
    Variable("energy.level", "string", '"low", "medium" or "high"', lambda m: m.now.level),
    Variable("energy.value", "double", "the same from 0 to 1", lambda m: float(m.now.value)),
    Variable(
        "energy.rank",
        "double",
        "the share of their working day with less energy, from 0 to 1",
        lambda m: float(m.energy_rank),
    ),
    Variable("in_peak_hours", "bool", "it is one of their best windows", lambda m: m.in_peak_hours),
    Variable(
        "worked_minutes_today", "int", "work seen today", lambda m: m.now.worked_minutes_today
    ),
    Variable(
        "meeting_minutes_today", "int", "meetings seen", lambda m: m.now.meeting_minutes_today
    ),
    Variable(
        "minutes_since_break",
        "int",
        "work on end; 0 when they are not at work",
        lambda m: m.now.minutes_since_break,
    ),
    Variable(
        "break_is_due", "bool", "that is as long as their usual focus", lambda m: m.break_is_due
    ),
    Variable(
        "focus.usual",
        "int",
        "minutes of unbroken work: half of it is shorter; at this part of the day if that is "
        "known, else of all, else 45",
        lambda m: m.focus.p50,
    ),
    Variable("focus.long", "int", "the same: three quarters is shorter", lambda m: m.focus.p75),
    Variable("focus.longest", "int", "the same: nine tenths is shorter", lambda m: m.focus.p90),
)

WEIGHTS: Final = "weights"
# What is known only once a rule speaks: for its texts.
SPOKEN: Final[Mapping[str, tuple[Kind, str]]] = {
    "start": ("string", 'when it begins, such as "10:40"'),
    "end": ("string", "when its window ends"),
    "duration": ("int", "its minutes"),
}


def _ahead(_: PeakHours, moment: Moment) -> int | None:
    """Minutes until a best window; 0 within one."""
    if moment.in_peak_hours:
        return 0
    now = minute_of_day(moment.local.time())
    starts = (minute_of_day(window.start) for window in moment.peaks)
    return min(((start - now) % ONE_DAY for start in starts), default=None)


def _best(read: Callable[[time], Content], end: bool = False) -> Callable[[Any, Moment], Any]:
    def of(_: PeakHours, moment: Moment) -> Content | None:
        best = next(iter(moment.peaks), None)
        return read(best.end if end else best.start) if best else None

    return of


def _clock(wall: time) -> str:
    return f"{wall:%H:%M}"


_FIELDS: Final[Mapping[type[TraitValue], tuple[_Field, ...]]] = {
    EnergyPatterns: (
        _Field("weekday", "list(double)", "24 levels by hour", lambda v, _: v.weekday),
        _Field("weekend", "list(double)", "the same for weekends", lambda v, _: v.weekend),
    ),
    PeakHours: (
        _Field(
            "windows",
            "list(string)",
            'of this kind of day, best first, such as "09:00-12:00"',
            lambda _, m: tuple(window.in_words() for window in m.peaks) or None,
        ),
        _Field("start", "string", "when the best one begins", _best(_clock)),
        _Field("end", "string", "when it ends", _best(_clock, end=True)),
        _Field("start_minutes", "int", "its start in minutes", _best(minute_of_day)),
        _Field("minutes_ahead", "int", "until the next one; 0 within one", _ahead),
    ),
    FocusDuration: (
        _Field("p50", "int", "minutes: half is shorter", lambda v, _: v.overall.p50),
        _Field("p75", "int", "three quarters is shorter", lambda v, _: v.overall.p75),
        _Field("p90", "int", "nine tenths is shorter", lambda v, _: v.overall.p90),
    ),
    MeetingRecovery: (
        _Field("p50", "int", "minutes after a meeting, the usual", lambda v, _: v.p50),
        _Field("p90", "int", "nine tenths are shorter", lambda v, _: v.p90),
    ),
    TaskSwitchingCost: (
        _Field("level", "string", '"low", "medium" or "high"', lambda v, _: v.level),
        _Field("score_lost", "double", "points per interruption", lambda v, _: float(v.score_lost)),
        _Field(
            "minutes_lost", "double", "minutes per interruption", lambda v, _: float(v.minutes_lost)
        ),
    ),
    PreferredStartTime: (
        _Field("start", "string", 'such as "09:00"', lambda v, _: _clock(v.start)),
        _Field("start_minutes", "int", "since midnight", lambda v, _: minute_of_day(v.start)),
    ),
    FlowDisruptors: (
        _Field(
            "names",
            "list(string)",
            "worst first",
            lambda v, _: tuple(one.name for one in v.disruptors),
        ),
    ),
    EnergyLevel: (),
}


def short(trait: str) -> str:
    """A trait's name as expressions have it: without what is before its dot."""
    return trait.rpartition(".")[2]


_BELIEFS: Final[tuple[tuple[str, Kind, str, Callable[[Trait], Content]], ...]] = (
    ("n", "int", "observations", lambda trait: trait.n),
    ("confidence", "double", "0 to 1", lambda trait: float(trait.confidence)),
    ("provisional", "bool", "a first guess", lambda trait: trait.provisional),
)


def _of(trait: type[TraitValue]) -> Iterator[Variable]:
    name, prefix = trait.NAME, short(trait.NAME)
    yield Variable(f"known.{prefix}", "bool", "is known", lambda m: name in m.mindscape.traits)
    for field in _FIELDS[trait]:
        read = _value(trait, field)
        yield Variable(f"{prefix}.{field.name}", field.kind, field.meaning, read, name)
    for part, kind, meaning, of in _BELIEFS:
        yield Variable(f"{prefix}.{part}", kind, meaning, _belief(name, of), name)


def _value(trait: type[TraitValue], field: _Field) -> Callable[[Moment], Content | None]:
    def read(moment: Moment) -> Content | None:
        value = moment.mindscape.value(trait)
        return None if value is None else field.read(value, moment)

    return read


def _belief(name: str, of: Callable[[Trait], Content]) -> Callable[[Moment], Content | None]:
    def read(moment: Moment) -> Content | None:
        trait = moment.mindscape.traits.get(name)
        return None if trait is None else of(trait)

    return read


TRAITS: Final = tuple(trait.NAME for trait in _FIELDS)
VARIABLES: Final = (*ALWAYS, *(variable for trait in _FIELDS for variable in _of(trait)))


def read_all(moment: Moment) -> dict[str, Content]:
    """Everything that is known at a moment, by name."""
    found = ((variable.name, variable.read(moment)) for variable in VARIABLES)
    return {name: content for name, content in found if content is not None}
