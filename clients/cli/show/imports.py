"""Shows what an import did."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.reconciling import Outcome
from clients.cli.show.words import many
from clients.importers.plan import EARLIEST, LATEST, Window
from clients.trouble import readable


def outcome(done: Outcome, *, dry_run: bool = False) -> Iterator[RenderableType]:
    """The counts, why anything was left out, and every skipped entry by its name."""
    span = _span(done.imported.window)
    title = "Dry run, nothing was sent" if dry_run else "Imported"
    yield Text(f"{title}: {span}, as {readable(done.imported.source)}", style="bold")
    yield _counts(done)
    for reason, count in sorted(done.imported.left_out.items()):
        yield Text(f"Left out: {many(count, 'entry', 'entries')}, {readable(reason)}")
    for entry in done.imported.skipped:
        yield Text(f"Skipped: {readable(entry.name)}: {readable(entry.reason)}", style="yellow")


def _span(window: Window) -> str:
    if window == Window(EARLIEST, LATEST):
        return "all of it"
    return f"{window.from_time:%Y-%m-%d} to {window.until_time:%Y-%m-%d}"


def _counts(done: Outcome) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row("  recorded", str(done.recorded))
    grid.add_row("  already there", str(done.already_recorded))
    grid.add_row("  retracted", str(done.retracted))
    grid.add_row("  skipped", str(len(done.imported.skipped)))
    return grid
