"""Shows the rest of a day, laid out."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.show.words import long_time, minutes
from clients.trouble import readable
from personakit.persona.v1 import persona_pb2 as pb

_STYLES = {
    pb.PlanBlock.DEEP_WORK: "bold green",
    pb.PlanBlock.LIGHT_WORK: "cyan",
    pb.PlanBlock.MEETING: "magenta",
}


def plan(found: pb.DayPlan) -> Iterator[RenderableType]:
    """The local time, the day in a sentence, and its blocks in order."""
    yield Text(long_time(found.at, found.time_zone), style="bold")
    yield Text(readable(found.summary))
    if found.blocks:
        yield _blocks(found)
    if found.missing:
        missing = readable(" and ".join(found.missing))
        yield Text(f"\nMade without {missing}: no answer from there.", style="yellow")


def _blocks(found: pb.DayPlan) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("When", no_wrap=True)
    table.add_column("What", no_wrap=True)
    table.add_column("Long", no_wrap=True, justify="right")
    table.add_column("Energy", no_wrap=True, justify="right")
    table.add_column("Why")
    for block in found.blocks:
        kind = pb.PlanBlock.Kind.Name(block.kind).lower().replace("_", " ")
        length = (block.end_time.seconds - block.start_time.seconds) // 60
        table.add_row(
            readable(block.local_window),
            Text(kind, style=_STYLES.get(block.kind, "dim")),
            minutes(length),
            f"{block.energy_level:.2f}",
            Text(readable(block.reason)),
        )
    return table
