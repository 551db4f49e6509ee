"""What is different between two versions of a trait, in words."""

from collections.abc import Mapping, Sequence

from services.profiler.model import (
    EnergyLevel,
    EnergyPatterns,
    FlowDisruptors,
    FocusDuration,
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
from services.profiler.words.numbers import from_to, listed, many, moved, percent

SOURCES = {
    Source.PRIOR: "people in general",
    Source.ANSWERED: "the answer alone",
    Source.OBSERVED: "what was seen",
    Source.MIXED: "the answer and what was seen",
}
NOTICED = 0.05
"""Smaller changes of an hour's level are not told one by one."""


def difference(before: Trait | None, after: Trait | None) -> str:
    """Tells what changed, such as "p50 from 45 to 50 minutes, 3 observations more"."""
    if after is None:
        return "gone: nothing that tells of it is left"
    if before is None:
        return f"new, from {many(after.n, 'observation') if after.n else 'the answer alone'}"
    said = [*value_difference(before.value, after.value), *_trust(before, after)]
    return ", ".join(said) or "told by other observations, to the same effect"


def value_difference(before: Value, after: Value) -> list[str]:
    """Returns phrases on what changed in the value; none if they are the same."""
    match before, after:
        case EnergyPatterns(), EnergyPatterns():
            weekdays = _levels("weekdays", before.weekday, after.weekday)
            return weekdays + _levels("weekends", before.weekend, after.weekend)
        case PeakHours(), PeakHours():
            weekdays = _windows("", before.windows, after.windows)
            return weekdays + _windows("weekend ", before.weekend_windows, after.weekend_windows)
        case FocusDuration(), FocusDuration():
            return _focus(before, after)
        case MeetingRecovery(), MeetingRecovery():
            p50 = from_to("p50", before.p50_minutes, after.p50_minutes, "minutes")
            return p50 + from_to("p90", before.p90_minutes, after.p90_minutes, "minutes")
        case TaskSwitchingCost(), TaskSwitchingCost():
            return _cost(before, after)
        case PreferredStartTime(), PreferredStartTime():
            weekdays = from_to("the start", before.start, after.start)
            return weekdays + _weekend_hours(before, after)
        case FlowDisruptors(), FlowDisruptors():
            return _disruptors(before, after)
        case EnergyLevel(), EnergyLevel():
            level = from_to("the level", before.level.value, after.level.value)
            return level + moved("the value", before.value, after.value, 2)
    return ["told in another way"]


def _weekend_hours(before: PreferredStartTime, after: PreferredStartTime) -> list[str]:
    if not before.weekend_start or not after.weekend_start:
        return []
    start = from_to("the start of weekends", before.weekend_start, after.weekend_start)
    return start + from_to("their end", before.weekend_end, after.weekend_end)


def _levels(days: str, before: Sequence[float], after: Sequence[float]) -> list[str]:
    """Tells of the best hour, and of the hour that changed most."""
    if before == after:
        return []
    hours = range(len(before))
    best = [max(hours, key=levels.__getitem__) for levels in (before, after)]
    most = max(hours, key=lambda hour: abs(after[hour] - before[hour]))
    said = from_to(f"best hour on {days}", *(_hour(hour) for hour in best))
    if abs(after[most] - before[most]) >= NOTICED:
        said += moved(f"{_hour(most)} on {days}", before[most], after[most], 2)
    return said or [f"small changes on {days}"]


def _hour(hour: int) -> str:
    return f"{hour:02d}:00"


def _windows(when: str, before: Sequence[Window], after: Sequence[Window]) -> list[str]:
    said: list[str] = []
    for index, rank in enumerate(("first", "second")):
        old, new = _window(before, index), _window(after, index)
        if not old and new:
            said.append(f"new {rank} {when}window {new}")
        elif old and not new:
            said.append(f"no {rank} {when}window any more, before {old}")
        else:
            said += from_to(f"{rank} {when}window", old, new)
    levels = [[f"{one.level:.2f}" for one in windows] for windows in (before, after)]
    return said or from_to(f"{when}levels", *(listed(one) for one in levels))


def _window(windows: Sequence[Window], index: int) -> str:
    return f"{windows[index].start}-{windows[index].end}" if index < len(windows) else ""


def _focus(before: FocusDuration, after: FocusDuration) -> list[str]:
    said = _quantiles("", before.overall, after.overall)
    parts = [*before.by_part_of_day, *after.by_part_of_day]
    for part in dict.fromkeys(parts):
        old, new = before.by_part_of_day.get(part), after.by_part_of_day.get(part)
        if old and new:
            said += _quantiles(f"in the {part} ", old, new)
        else:
            said.append(f"the {part} is {'told apart now' if new else 'no longer told apart'}")
    return said


def _quantiles(when: str, before: Quantiles, after: Quantiles) -> list[str]:
    p50 = from_to(f"{when}p50", before.p50_minutes, after.p50_minutes, "minutes")
    p75 = from_to(f"{when}p75", before.p75_minutes, after.p75_minutes, "minutes")
    return p50 + p75 + from_to(f"{when}p90", before.p90_minutes, after.p90_minutes, "minutes")


def _cost(before: TaskSwitchingCost, after: TaskSwitchingCost) -> list[str]:
    points = before.score_lost_per_interruption, after.score_lost_per_interruption
    minutes = before.minutes_lost_per_interruption, after.minutes_lost_per_interruption
    level = from_to("the level", before.level.value, after.level.value)
    score = moved("an interruption's cost", *points, digits=2, unit="points of score")
    return level + score + moved("its cost", *minutes, digits=0, unit="minutes")


def _disruptors(before: FlowDisruptors, after: FlowDisruptors) -> list[str]:
    old, new = (_shares(one) for one in (before, after))
    said = from_to("the worst", before.disruptors[0].name, after.disruptors[0].name)
    for name in dict.fromkeys([*new, *old]):
        said += from_to(name, percent(old.get(name, 0.0)), percent(new.get(name, 0.0)))
    return said


def _shares(value: FlowDisruptors) -> Mapping[str, float]:
    return {one.name: one.share for one in value.disruptors}


def _trust(before: Trait, after: Trait) -> list[str]:
    said = _evidence(before, after)
    said += moved("confidence", before.confidence, after.confidence, 2)
    if before.provisional != after.provisional:
        said.append("provisional again" if after.provisional else "no longer provisional")
    if before.source is not after.source:
        said.append(f"from {SOURCES[after.source]} now, before from {SOURCES[before.source]}")
    return said + from_to("the prior", before.prior_version, after.prior_version)


def _evidence(before: Trait, after: Trait) -> list[str]:
    more = after.n - before.n
    if more:
        return [f"{many(abs(more), 'observation')} {'more' if more > 0 else 'fewer'}"]
    old, new = f"{before.effective_n:.1f}", f"{after.effective_n:.1f}"
    return [] if old == new else [f"what was seen counts like {new} observations, before {old}"]
