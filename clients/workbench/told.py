"""Shows what sample people are told at one moment, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.workbench.seeds import Sample
from personakit.persona.v1 import persona_pb2 as pb


def table_of(
    told: Iterable[tuple[Sample, pb.SuggestResponse]], at: datetime, zone: ZoneInfo
) -> Iterator[RenderableType]:
    """Yield a row a person: who it is, how they are, and what they are told."""
    yield Text(f"\nTold at {at.astimezone(zone):%A %H:%M} ({zone.key})", style="bold")
    grid = Table("person", "energy", "told", box=None, padding=(0, 2, 0, 0))
    for sample, answer in told:
        kind = sample.in_words.replace(", ", ",\n")
        who = Text(sample.person_id).append(f"\n{kind}", style="dim")
        says = "\n".join(f"{it.title} ({it.local_window})" for it in answer.suggestions)
        grid.add_row(who, answer.current_state.energy, says or "nothing")
    yield grid
