"""Shows who somebody is at work now, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from clients.cli.show.words import long_time, many, minutes, short_time, zone_or_utc
from clients.trouble import readable
from personakit.persona.v1 import persona_pb2 as pb

_INDENT = (0, 0, 0, 3)
_NOTHING = "nothing in particular"


def persona(
    found: pb.Persona, *, verbose: bool = False, why: bool = False
) -> Iterator[RenderableType]:
    """The local time, the state now, and the suggestions by number; what to do if verbose, and
    what all of it follows from if asked why."""
    yield Text(long_time(found.at, found.time_zone), style="bold")
    yield Panel(
        _state(found.overlay.current_state, found.core.work_style),
        title=Text(found.person_id),
        title_align="left",
        expand=False,
    )
    if verbose:
        yield from _preferences(found.core.preferences)
    yield from _suggestions(found, verbose, why)
    yield from _missing(found.missing)
    if why:
        yield from _provenance(found)


def _state(state: pb.CurrentState, style: pb.WorkStyle) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("Energy", Text(f"{state.energy or 'unknown'} ({state.energy_level:.2f})"))
    peaks = f" (peak hours: {', '.join(style.peak_hours)})" if style.peak_hours else ""
    grid.add_row("Peak time", Text(("yes" if state.in_peak_hours else "no") + peaks))
    grid.add_row("Recommended", Text(readable(state.recommended_task_type) or _NOTHING))
    if not state.working_hours:
        grid.add_row("Working hours", Text("no"))
    if state.HasField("minutes_to_next_meeting"):
        grid.add_row("Next meeting", Text(f"in {minutes(state.minutes_to_next_meeting)}"))
    grid.add_row("Worked today", Text(minutes(state.worked_minutes_today)))
    return grid


def _preferences(preferences: pb.Preferences) -> Iterator[RenderableType]:
    buffer = preferences.meeting_buffer_minutes
    yield Text("\nWork preferences", style="bold")
    grid = Table.grid(padding=(0, 2))
    grid.add_row("   Default focus", minutes(preferences.default_focus_minutes))
    grid.add_row("   Deep work", minutes(preferences.deep_work_minutes))
    grid.add_row("   Meeting buffer", minutes(buffer) if buffer else "unknown yet")
    grid.add_row("   Break", f"every {minutes(preferences.break_every_minutes)}")
    yield grid


def _suggestions(found: pb.Persona, verbose: bool, why: bool) -> Iterator[RenderableType]:
    if not found.overlay.suggestions:
        yield Text(f"\n{_silence(found.overlay.current_state)}")
    for number, suggestion in enumerate(found.overlay.suggestions, start=1):
        length = minutes(suggestion.duration_minutes)
        window = f", {suggestion.local_window}" if suggestion.local_window else ""
        title = Text(f"\n{number}. {readable(suggestion.title)}", style="bold")
        yield title.append(f"  ({length}{readable(window)})", style="not bold")
        yield Padding(Text(readable(suggestion.description)), _INDENT, expand=False)
        if verbose:
            yield Padding(Text(readable(f"Action: {suggestion.action}")), _INDENT, expand=False)
        if why:
            yield from _reasons(suggestion, found.time_zone)
        if verbose:
            # One line however long, so that it can be copied.
            yield Text(f"   Id: {suggestion.suggestion_id}", style="dim", no_wrap=True)


def _silence(state: pb.CurrentState) -> str:
    if not state.working_hours:
        return "Outside your working hours: nothing is suggested."
    return "Nothing worth saying right now."


def _reasons(suggestion: pb.Suggestion, zone_name: str) -> Iterator[RenderableType]:
    why = suggestion.why
    rule = f"Why: {why.rule} (priority {suggestion.priority:.2f}, weight {why.weight:.2f})"
    yield Padding(Text(readable(rule)), _INDENT, expand=False)
    for trait in why.traits:
        evidence = f"- {_evidence(trait, zone_name)}"
        yield Padding(Text(readable(evidence)), (0, 0, 0, 5), expand=False)


def _evidence(trait: pb.TraitUsed, zone_name: str) -> str:
    last = short_time(trait.last_evidence_time, zone_or_utc(zone_name))
    parts = [
        f"{trait.name}: {trait.value}",
        many(trait.n, "observation"),
        f"confidence {trait.confidence:.2f}",
        *(["provisional"] if trait.provisional else []),
        *([f"last {last}"] if last else []),
    ]
    return ", ".join(parts)


def _missing(names: Collection[str]) -> Iterator[Text]:
    rules = [name for name in names if name.startswith("rule ")]
    silent = [name for name in names if name not in rules]
    if silent:
        said = f"\nMade without {readable(' and '.join(silent))}: no answer from there."
        yield Text(said, style="yellow")
    if rules:
        yield Text(f"\nFailed, and left out: {readable(', '.join(rules))}.", style="yellow")


def _provenance(found: pb.Persona) -> Iterator[RenderableType]:
    expires = short_time(found.expire_time, zone_or_utc(found.time_zone))
    made_by = readable(found.mapper_id)
    yield Text(
        f"\nMade by {made_by} {found.mapper_version} from mindscape version "
        f"{found.mindscape_version}; holds until {expires}.",
        style="dim",
    )
    weights = ", ".join(f"{one.suggestion_type} {one.weight:.2f}" for one in found.weights)
    if weights:
        yield Text(
            f"Weights of your verdicts: {readable(weights)}; 1.00 for the rest.", style="dim"
        )
