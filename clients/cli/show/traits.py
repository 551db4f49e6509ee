"""Says what a trait holds, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clients.cli.show.words import share
from personakit.profiler.v1 import profiler_pb2 as pb


def value_in_words(trait: pb.Trait) -> str:
    """Such as "p50 50 min, p75 65 min, p90 90 min"; empty for a kind this release does not know."""
    kind = trait.WhichOneof("value")
    return _WORDS[kind](trait) if kind in _WORDS else ""


def source_in_words(trait: pb.Trait) -> str:
    """Where it comes from, and whether too little was seen to rely on it."""
    name = pb.Trait.Source.Name(trait.source).lower() if trait.source else "unknown"
    return f"{name}, provisional" if trait.provisional else name


def windows(found: Iterable[pb.PeakHours.Window]) -> list[tuple[str, str]]:
    """Start and end of each."""
    return [(window.start, window.end) for window in found]


def _energy_patterns(trait: pb.Trait) -> str:
    days = (
        ("weekdays", trait.energy_patterns.weekday),
        ("weekends", trait.energy_patterns.weekend),
    )
    return "; ".join(f"{name}: {_extremes(levels)}" for name, levels in days if len(levels) == 24)


def _extremes(levels: Sequence[float]) -> str:
    hours = range(len(levels))
    high, low = max(hours, key=levels.__getitem__), min(hours, key=levels.__getitem__)
    return f"highest {levels[high]:.2f} at {high:02d}:00, lowest {levels[low]:.2f} at {low:02d}:00"


def _peak_hours(trait: pb.Trait) -> str:
    peaks = trait.peak_hours
    weekend = _listed(peaks.weekend_windows)
    return _listed(peaks.windows) + (f"; weekends {weekend}" if weekend else "")


def _listed(found: Iterable[pb.PeakHours.Window]) -> str:
    return ", ".join(f"{it.start}-{it.end} ({it.level:.2f})" for it in found)


def _focus_duration(trait: pb.Trait) -> str:
    focus = trait.focus_duration
    whole = f"p50 {focus.p50_minutes}, p75 {focus.p75_minutes}, p90 {focus.p90_minutes} min"
    parts = (f"{part} {it.p50_minutes}" for part, it in sorted(focus.by_part_of_day.items()))
    listed = ", ".join(parts)
    return f"{whole}; p50 by part of day: {listed}" if listed else whole


def _meeting_recovery(trait: pb.Trait) -> str:
    recovery = trait.meeting_recovery
    return f"p50 {recovery.p50_minutes}, p90 {recovery.p90_minutes} min"


def _task_switching_cost(trait: pb.Trait) -> str:
    cost = trait.task_switching_cost
    level = pb.TaskSwitchingCost.Level.Name(cost.level).lower() if cost.level else "unknown"
    return (
        f"{level}: an interruption costs {cost.score_lost_per_interruption:.2f} of the score "
        f"and {cost.minutes_lost_per_interruption:.0f} min"
    )


def _preferred_start_time(trait: pb.Trait) -> str:
    return trait.preferred_start_time.start


def _flow_disruptors(trait: pb.Trait) -> str:
    return ", ".join(f"{it.name} {share(it.share)}" for it in trait.flow_disruptors.disruptors)


def _energy_level(trait: pb.Trait) -> str:
    energy = trait.energy_level
    level = pb.EnergyLevel.Level.Name(energy.level).lower() if energy.level else "unknown"
    return f"{level} ({energy.value:.2f}), {energy.worked_minutes_today} min worked today"


_WORDS: Final[dict[str | None, Callable[[pb.Trait], str]]] = {
    "energy_patterns": _energy_patterns,
    "peak_hours": _peak_hours,
    "focus_duration": _focus_duration,
    "meeting_recovery": _meeting_recovery,
    "task_switching_cost": _task_switching_cost,
    "preferred_start_time": _preferred_start_time,
    "flow_disruptors": _flow_disruptors,
    "energy_level": _energy_level,
}
