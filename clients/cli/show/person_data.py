"""Shows what an erasure removed."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.show.words import many
from clients.trouble import readable
from personakit.ingest.v1 import ingest_pb2 as pb


def receipt(person_id: str, erased: pb.ErasureReceipt) -> Iterator[RenderableType]:
    """How many rows were removed in all, and where."""
    if not erased.rows:
        yield Text(f"Nothing was kept of {readable(person_id)}.")
        return
    yield Text(f"Erased {readable(person_id)}: {many(erased.rows, 'row')}.", style="bold")
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    for one in erased.removed:
        if one.rows:
            grid.add_row(f"  {readable(one.holder)}: {readable(one.table)}", str(one.rows))
    yield grid
