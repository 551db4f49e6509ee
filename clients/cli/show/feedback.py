"""Shows verdicts, and what they have led to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.show.words import many, share, short_time, zone_or_utc
from clients.trouble import readable
from personakit.feedback.v1 import feedback_pb2 as pb

_JUDGE: Final = "Judge a suggestion: `persona-kit feedback 1 --helpful` after `suggest`."
_REFUSALS_TO_LOWER: Final = 5
_PARTS: Final = ("morning", "afternoon", "evening")
_CAUSES: Final = {
    pb.WeightChange.HELPFUL: "helpful",
    pb.WeightChange.NOT_HELPFUL: "five times not helpful within seven days",
    pb.WeightChange.RESET: "put back",
}


def verdict(given: pb.Feedback) -> str:
    """What was stored, and the weight it led to."""
    word = "helpful" if given.helpful else "not helpful"
    leaning = f" (leaning on {given.related_trait})" if given.related_trait else ""
    after = "" if given.helpful else " It is not suggested again that day."
    return readable(
        f"Noted: {given.suggestion_type} was {word}.{after} "
        f"Its weight for {given.person_id} is now {given.weight:.2f}{leaning}."
    )


def analytics(found: pb.Analytics) -> Iterator[RenderableType]:
    """Totals, then by suggestion type, part of the day and week, then the weights."""
    totals = found.totals
    heading = f"{many(totals.total, 'verdict')} by {found.person_id}"
    rate = f", {share(totals.helpful_rate)} helpful" if totals.HasField("helpful_rate") else ""
    yield Text(f"{heading}{rate}{_between(totals)}", style="bold")
    if not totals.total:
        yield Text(_JUDGE)
    yield from _counts("Suggestion type", found.by_suggestion_type)
    yield from _counts("Part of the day", found.by_part_of_day)
    yield from _counts("Week", found.by_week)
    if found.weights:
        yield _weights(found.weights)
    if found.weight_effects:
        yield _effects(found)


def weights(found: pb.GetWeightsResponse) -> Iterator[RenderableType]:
    """The weights, and when each type helps."""
    if not found.weights:
        yield Text(f"Every type has a weight of 1. {_JUDGE}")
        return
    yield _weights(found.weights)
    if found.helpfulness:
        yield _helpfulness(found)


def put_back(found: pb.GetWeightsResponse, suggestion_type: str) -> str:
    """What a reset did."""
    types = {it.suggestion_type for it in found.weights}
    if suggestion_type and suggestion_type not in types:
        return readable(f"There was no verdict on {suggestion_type}: nothing to put back.")
    what = suggestion_type or "every type"
    return readable(f"The weight of {what} is back where it started; the verdicts stay.")


def history(found: pb.ListWeightChangesResponse, zone_name: str) -> Iterator[RenderableType]:
    """Each move with its cause, newest first."""
    if not found.changes:
        yield Text(f"No weight has moved. {_JUDGE}")
        return
    zone = zone_or_utc(zone_name)
    table = _table("When", "From", "To")
    for name in ("Type", "Why"):
        table.add_column(name)
    for it in found.changes:
        moved = (f"{it.before:.2f}", f"{it.after:.2f}", readable(it.suggestion_type))
        table.add_row(short_time(it.change_time, zone), *moved, _CAUSES.get(it.cause, ""))
    yield table
    if found.next_page_token:
        yield Text("There are older ones: `--json` has the token of the next page.", style="dim")


def _counts(what: str, counted: Mapping[str, pb.Analytics.Counts]) -> Iterator[RenderableType]:
    if not counted:
        return
    table = _table(what, "Helpful", "Not helpful", "Rate", "95 % interval")
    for name, counts in sorted(counted.items()):
        numbers = (str(counts.helpful), str(counts.not_helpful))
        table.add_row(readable(name), *numbers, _rate(counts), _between(counts).strip(" ()"))
    yield table


def _rate(counts: pb.Analytics.Counts) -> str:
    return share(counts.helpful_rate) if counts.HasField("helpful_rate") else ""


def _between(counts: pb.Analytics.Counts) -> str:
    if not counts.HasField("helpful_rate_low"):
        return ""
    return f" ({counts.helpful_rate_low * 100:.0f} to {share(counts.helpful_rate_high)})"


def _weights(found: Iterable[pb.TraitWeight]) -> Table:
    table = _table("Weight of", "Weight", "From", "Refused")
    table.add_column("Trait")
    for it in found:
        name, trait = readable(it.suggestion_type), readable(it.trait)
        refused = f"{it.negative_count} of {_REFUSALS_TO_LOWER}" if it.negative_count else ""
        table.add_row(name, f"{it.weight:.2f}", f"{it.original:.2f}", refused, trait)
    return table


def _effects(found: pb.Analytics) -> Table:
    table = _table("Helpful while its weight was", "lower", "as it began", "higher")
    for it in found.weight_effects:
        counts = (it.while_lower, it.while_same, it.while_higher)
        table.add_row(readable(it.suggestion_type), *(_of_total(one) for one in counts))
    return table


def _of_total(counts: pb.Analytics.Counts) -> str:
    return f"{counts.helpful} of {counts.total}" if counts.total else ""


def _helpfulness(found: pb.GetWeightsResponse) -> Table:
    parts = {(it.suggestion_type, it.part_of_day): it for it in found.helpfulness}
    table = _table("Helpful, of verdicts", *_PARTS)
    for name in sorted({it.suggestion_type for it in found.helpfulness}):
        cells = (parts.get((name, part)) for part in _PARTS)
        table.add_row(readable(name), *(_faded(cell) for cell in cells))
    return table


def _faded(cell: pb.GetWeightsResponse.Helpfulness | None) -> str:
    if cell is None:
        return ""
    return f"{cell.helpful:.1f} of {cell.helpful + cell.not_helpful:.1f}"


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
