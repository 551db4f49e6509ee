"""Shows verdicts, and what they have led to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.show.words import many, share
from clients.trouble import readable
from personakit.feedback.v1 import feedback_pb2 as pb


def verdict(given: pb.Feedback) -> str:
    """What was stored, and the weight it led to."""
    word = "helpful" if given.helpful else "not helpful"
    leaning = f" (leaning on {given.related_trait})" if given.related_trait else ""
    return readable(
        f"Noted: {given.suggestion_type} was {word}. "
        f"Its weight for {given.person_id} is now {given.weight:.2f}{leaning}."
    )


def analytics(found: pb.Analytics) -> Iterator[RenderableType]:
    """Totals, then by suggestion type, part of the day and week, then the weights."""
    totals = found.totals
    heading = f"{many(totals.total, 'verdict')} by {found.person_id}"
    rate = f", {share(totals.helpful_rate)} helpful" if totals.HasField("helpful_rate") else ""
    yield Text(heading + rate, style="bold")
    if not totals.total:
        yield Text("Judge a suggestion: `persona-kit feedback 1 --helpful` after `suggest`.")
    yield from _counts("Suggestion type", found.by_suggestion_type)
    yield from _counts("Part of the day", found.by_part_of_day)
    yield from _counts("Week", found.by_week)
    if found.weights:
        yield _weights(found)


def _counts(what: str, counted: Mapping[str, pb.Analytics.Counts]) -> Iterator[RenderableType]:
    if not counted:
        return
    table = _table(what, "Helpful", "Not helpful", "Rate")
    for name, counts in sorted(counted.items()):
        rate = share(counts.helpful_rate) if counts.HasField("helpful_rate") else ""
        table.add_row(readable(name), str(counts.helpful), str(counts.not_helpful), rate)
    yield table


def _weights(found: pb.Analytics) -> Table:
    table = _table("Weight of", "Weight", "From", "Refused")
    table.add_column("Trait")
    for it in found.weights:
        name, trait = readable(it.suggestion_type), readable(it.trait)
        numbers = (f"{it.weight:.2f}", f"{it.original:.2f}", str(it.negative_count))
        table.add_row(name, *numbers, trait)
    return table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
