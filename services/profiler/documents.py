"""Facts, weeks and traits as JSON documents, and back."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeAlias

from services.profiler.days import Entries, Entry
from services.profiler.model import (
    Answer,
    CalendarEvent,
    Disruptor,
    EnergyPatterns,
    EventKind,
    Fact,
    FlowDisruptors,
    FocusDuration,
    Level,
    MeetingRecovery,
    ObservationId,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Question,
    Source,
    TaskSwitchingCost,
    Trait,
    Traits,
    Value,
    Window,
    WorkSession,
)
from services.profiler.traits import (
    energy_patterns,
    flow_disruptors,
    focus_duration,
    meeting_recovery,
    peak_hours,
    preferred_start_time,
    task_switching_cost,
)
from services.profiler.traits.habits import Habits, Way
from services.profiler.traits.prior import SHIPPED, Prior
from services.profiler.weeks import Mark, Week

Json: TypeAlias = Any
"""What `json` reads and writes."""

COMPACT: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False)
"""Made once: `json.dumps` would make one for each day."""
WORK, EVENT, ANSWER = "w", "e", "a"
DEFLATED, LITTLE_MEMORY = -10, 2
"""For `zlib`: no header, a window of 1 KB. A day is short, and a larger one takes ten times as long
to make ready."""
LEARNED = ("score_lost_per_interruption", "minutes_lost_per_interruption")
"""What is learned of a prior beside the habits."""


def pack_entries(entries: Entries) -> bytes:
    """Returns a day's facts by observation, as deflated JSON: [position], and the fact unless it
    was retracted.

    Every observation has its place here for good: deflated it takes half the room, most of it for
    its id.
    """
    document = {name: [one.position, *_fact_to_json(one.fact)] for name, one in entries.items()}
    deflate = zlib.compressobj(wbits=DEFLATED, memLevel=LITTLE_MEMORY)
    return deflate.compress(to_text(document).encode()) + deflate.flush()


def unpack_entries(packed: bytes) -> Entries:
    """Returns the entries that `pack_entries` wrote."""
    document = json.loads(zlib.decompress(packed, DEFLATED))
    return {
        ObservationId(name): Entry(position, _fact_from_json(fact) if fact else None)
        for name, (position, *fact) in document.items()
    }


def _fact_to_json(fact: Fact | None) -> Sequence[Json]:
    # Lists, not objects: there is one for every observation, and their names would be most of it.
    # One session after the other is written, and the match of a pattern costs twice as much.
    if isinstance(fact, WorkSession):
        worked = [WORK, fact.start, fact.end - fact.start, fact.zone]
        if fact.score is None and fact.interruptions is None:
            return worked
        return [*worked, fact.score, fact.interruptions]
    match fact:
        case CalendarEvent(start, end, zone, kind, all_day):
            return [EVENT, start, end - start, zone, kind.value, all_day]
        case Answer(start, zone, question, text):
            return [ANSWER, start, 0, zone, question.value, text]
    return []


def _fact_from_json(fact: Sequence[Json]) -> Fact:
    what, start, seconds, zone, *more = fact
    if what == WORK:
        return WorkSession(start, start + seconds, zone, *more)
    if what == EVENT:
        return CalendarEvent(start, start + seconds, zone, EventKind(more[0]), more[1])
    return _answer(*fact)


def _answer(_: str, start: int, __: int, zone: str, question: str, text: str) -> Answer:
    return Answer(start, zone, Question(question), text)


def marks_to_json(week: Week) -> Json:
    """Returns by day what does not add up."""
    return {
        day.isoformat(): {
            "latest": mark.latest,
            "seen": mark.seen,
            "answers": [_fact_to_json(answer) for answer in mark.answers],
        }
        for day, mark in week.marks.items()
    }


def week_from_json(start: date, week_format: int, counts: Json, marks: Json) -> Week:
    """Returns the week that was kept in these parts."""
    days = {date.fromisoformat(day): _mark(mark) for day, mark in marks.items()}
    return Week(start, counts, dict(sorted(days.items())), week_format)


def _mark(document: Json) -> Mark:
    seen, answers = document["seen"], document["answers"]
    return Mark(
        document["latest"],
        (seen[0], seen[1]) if seen else None,
        tuple(_answer(*answer) for answer in answers) if answers else (),
    )


def traits_to_text(traits: Traits) -> str:
    """Returns the traits by name as JSON, each with its value's fields under "value"."""
    return to_text(traits, default=lambda one: {name: getattr(one, name) for name in one.__slots__})


def to_text(document: object, default: Callable[[Any], Json] | None = None) -> str:
    """Returns a document as compact text."""
    if default is None:
        return COMPACT.encode(document)
    return json.dumps(document, separators=(",", ":"), default=default)


def traits_from_json(document: Json) -> Traits:
    """Returns the traits that are known to this version of the program."""
    return {name: _trait(name, kept) for name, kept in document.items() if name in VALUES}


def _trait(name: str, document: Mapping[str, Json]) -> Trait:
    plain = {key: kept for key, kept in document.items() if key not in ("value", "source")}
    return Trait(value=VALUES[name](document["value"]), source=Source(document["source"]), **plain)


def prior_to_text(prior: Prior) -> str:
    """Returns what was learned as JSON; what is shipped is left out."""
    habits = prior.habits
    ways = [[way.variance, *way.direction] for way in habits.ways]
    document = {name: getattr(prior, name) for name in LEARNED}
    return to_text(document | {"mean": habits.mean, "ways": ways, "rest": habits.rest})


def prior_from_json(version: str, document: Json) -> Prior:
    """Returns the shipped prior with what was learned in its place."""
    ways = tuple(Way(variance, tuple(direction)) for variance, *direction in document["ways"])
    habits = Habits(tuple(document["mean"]), ways, document["rest"])
    learned = {name: document[name] for name in LEARNED}
    return replace(SHIPPED, version=version, habits=habits, **learned)


def _energy_patterns(value: Json) -> EnergyPatterns:
    return EnergyPatterns(tuple(value["weekday"]), tuple(value["weekend"]))


def _peak_hours(value: Json) -> PeakHours:
    windows, weekend = value["windows"], value["weekend_windows"]
    return PeakHours(
        tuple(Window(**window) for window in windows),
        tuple(Window(**window) for window in weekend),
    )


def _focus_duration(value: Json) -> FocusDuration:
    parts = {part: Quantiles(**kept) for part, kept in value["by_part_of_day"].items()}
    return FocusDuration(Quantiles(**value["overall"]), parts)


def _task_switching_cost(value: Json) -> TaskSwitchingCost:
    return TaskSwitchingCost(**{**value, "level": Level(value["level"])})


def _flow_disruptors(value: Json) -> FlowDisruptors:
    return FlowDisruptors(tuple(Disruptor(**one) for one in value["disruptors"]))


VALUES: Final[Mapping[str, Callable[[Json], Value]]] = {
    energy_patterns.NAME: _energy_patterns,
    peak_hours.NAME: _peak_hours,
    focus_duration.NAME: _focus_duration,
    meeting_recovery.NAME: lambda value: MeetingRecovery(**value),
    task_switching_cost.NAME: _task_switching_cost,
    preferred_start_time.NAME: lambda value: PreferredStartTime(**value),
    flow_disruptors.NAME: _flow_disruptors,
}
