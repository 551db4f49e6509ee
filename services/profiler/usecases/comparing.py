"""Tells what changed between two versions of a mindscape."""

from services.profiler.model import Change, Comparison, Mindscape, PersonId, Traits
from services.profiler.usecases.ports import Mindscapes
from services.profiler.usecases.reading import find
from services.profiler.words import difference


async def compare(
    mindscapes: Mindscapes, person_id: PersonId, *, since: int | None, until: int | None
) -> Comparison:
    """Compares version `since` (without it, the one kept before) with `until` (the current one)."""
    after = await find(mindscapes, person_id, until, None)
    if since is None:
        before = await _kept_before(mindscapes, after)
    else:
        before = await find(mindscapes, person_id, since, None)
    return Comparison(before, after, changes(before.traits if before else {}, after.traits))


async def _kept_before(mindscapes: Mindscapes, after: Mindscape) -> Mindscape | None:
    for found in await mindscapes.versions(after.person_id, after.version, 1):
        return await find(mindscapes, after.person_id, found.version, None)
    return None


def changes(before: Traits, after: Traits) -> list[Change]:
    """Returns the traits that are not the same, by name."""
    found = [(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
    return [Change(name, old, new, difference(old, new)) for name, old, new in found if old != new]
