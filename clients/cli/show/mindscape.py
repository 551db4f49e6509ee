"""Shows what is believed of a person, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.show.curve import curve
from clients.cli.show.traits import source_in_words, value_in_words, windows
from clients.cli.show.words import long_time, many, short_time, zone_or_utc
from clients.trouble import readable
from personakit.profiler.v1 import profiler_pb2 as pb


def mindscape(found: pb.Mindscape, *, plain: bool = False) -> Iterator[RenderableType]:
    """The energy curves, then every trait with how far to trust it."""
    when = long_time(found.update_time, found.time_zone)
    yield Text(f"Mindscape of {found.person_id}, version {found.version}", style="bold")
    yield Text(f"as of {when}", style="dim")
    yield from _curves(found, plain)
    yield Text()
    yield _table(found)
    if any(trait.provisional for trait in found.traits.values()):
        yield Text("\nprovisional: too little was seen to rely on it", style="dim")


def explanation(found: pb.ExplainTraitResponse, zone_name: str) -> Iterator[RenderableType]:
    """The trait, how it is computed, what would change it, and what it rests on."""
    trait = found.current
    zone = zone_or_utc(zone_name)
    yield Text(f"{found.trait}: {value_in_words(trait)}", style="bold")
    yield Text(
        f"confidence {trait.confidence:.2f}, {many(trait.n, 'observation')} "
        f"(counting like {trait.effective_n:.1f}), spread {trait.spread:.2f}, "
        f"{source_in_words(trait)}, last evidence {short_time(trait.last_evidence_time, zone)}"
    )
    yield Text(f"\n{readable(found.method)}")
    if found.what_would_change:
        yield Text("\nWhat would change it:", style="bold")
        yield from (Text(f"  - {readable(said)}") for said in found.what_would_change)
    if found.days:
        yield Text(f"\nRests on {many(found.day_count, 'day')}{_shown(found)}", style="bold")
    for day in found.days:
        yield Text(f"{day.date}  weight {day.weight:.2f}")
        yield from (Text(f"  - {readable(evidence.says)}") for evidence in day.evidence)


def comparison(found: pb.CompareMindscapesResponse, zone_name: str) -> Iterator[RenderableType]:
    """What changed between two versions, trait by trait."""
    yield Text(f"From {_version(found.from_version)} to {_version(found.to_version)}", style="bold")
    zone = zone_or_utc(zone_name)
    times = (short_time(found.from_time, zone) or "nothing known", short_time(found.to_time, zone))
    yield Text(f"{times[0]} to {times[1]} ({zone.key})", style="dim")
    if not found.changes:
        yield Text("\nNo trait has changed.")
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    for change in found.changes:
        table.add_row(readable(change.trait), Text(readable(change.says)))
    yield Text()
    yield table


def _version(number: int) -> str:
    return f"version {number}" if number else "the beginning"


def _shown(found: pb.ExplainTraitResponse) -> str:
    return f", of which the newest {len(found.days)}:" if len(found.days) < found.day_count else ":"


def _curves(found: pb.Mindscape, plain: bool) -> Iterator[RenderableType]:
    nothing = pb.Trait()
    energy = found.traits.get("work.energy_patterns", nothing).energy_patterns
    peaks = found.traits.get("work.peak_hours", nothing).peak_hours
    yield from _one_curve("weekdays", energy.weekday, windows(peaks.windows), plain)
    yield from _one_curve("weekends", energy.weekend, windows(peaks.weekend_windows), plain)


def _one_curve(
    days: str, levels: Sequence[float], peaks: list[tuple[str, str]], plain: bool
) -> Iterator[RenderableType]:
    if len(levels) != 24:
        return
    yield Text(f"\nEnergy on {days}", style="bold")
    for line in curve(levels, peaks, plain=plain):
        yield Text(line, style="cyan", no_wrap=True)


def _table(found: pb.Mindscape) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    for name, trait in sorted(found.traits.items()):
        words = Text(readable(value_in_words(trait)))
        table.add_row(readable(name), words)
        table.add_row("", Text(_trust(trait), style="yellow" if trait.provisional else "dim"))
    return table


def _trust(trait: pb.Trait) -> str:
    return f"confidence {trait.confidence:.2f}, n {trait.n}, {source_in_words(trait)}"
