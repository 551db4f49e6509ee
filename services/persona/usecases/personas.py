"""Makes personas, finds them until they expire, and forgets them in time."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from services.kit.clock import Clock
from services.kit.errors import NotFound
from services.kit.person_data import being_erased
from services.persona.mappers import PersonaMapper
from services.persona.model import Core, Material, Overlay, Persona, PersonId, derived_id
from services.persona.usecases.gathering import believed, gather, too_little
from services.persona.usecases.ports import (
    DEFAULT_TIME_TO_LIVE,
    LONGEST_TIME_TO_LIVE,
    Life,
    Order,
    Personas,
    Said,
    Studio,
)

log = logging.getLogger(__name__)

REMOVED_AT_ONCE = 1000
# A suggestion is judged when it is over.
TO_JUDGE = timedelta(minutes=30)


async def generate(order: Order, studio: Studio) -> Persona:
    """Makes a persona and keeps it; with a `request_id` sent before, returns the first one.

    Refuses with MAPPER_NOT_FOUND, MINDSCAPE_MISSING, SERVICE_UNAVAILABLE, PERSON_BEING_ERASED, and
    with PERSONA_NOT_FOUND if the persona that the `request_id` made has expired.
    """
    mapper = await studio.mappers.get(order.mapper_id)
    now = studio.clock.now()
    if not order.request_id:
        return await _add(order, uuid7(), mapper, now, studio)
    persona_id = derived_id(order.person_id, order.request_id)
    first = await studio.personas.get(order.person_id, persona_id)
    if first is None:
        first = await _add(order, persona_id, mapper, now, studio)
    return _holding(first, now)


async def _add(
    order: Order, persona_id: UUID, mapper: PersonaMapper, now: datetime, studio: Studio
) -> Persona:
    # Before anything is read of the person: what is made of it belongs to this life.
    life = await _life(order, now, studio)
    made = await make(order, persona_id, mapper, now, studio, life.said)
    return await studio.personas.add(made, life.life_id)


async def _life(order: Order, now: datetime, studio: Studio) -> Life:
    personas, person_id, at = studio.personas, order.person_id, order.at or now
    life = await personas.life(person_id, at)
    if life is None:
        # Nothing is kept of somebody whom nobody knows.
        await believed(person_id, at, studio.neighbours)
        await personas.begin_life(person_id)
        life = await personas.life(person_id, at)
    if life is None:
        raise being_erased(person_id)
    return life


async def get(person_id: PersonId, persona_id: UUID, personas: Personas, clock: Clock) -> Persona:
    """The persona; refuses with PERSONA_NOT_FOUND once it has expired."""
    return _holding(await personas.get(person_id, persona_id), clock.now())


async def remade(person_id: PersonId, persona_id: UUID, studio: Studio) -> Persona:
    """A kept persona, made again from what it was made from; expired or not.

    Refuses with PERSONA_NOT_FOUND, also if what it was made from was not kept then, and with
    MAPPER_NOT_FOUND if its version of the mapper is gone.
    """
    kept = await studio.personas.get(person_id, persona_id)
    if kept is None or kept.made_from is None:
        raise _not_found()
    mapper = await studio.mappers.get(kept.mapper_id, kept.mapper_version)
    core, overlay = mapper.map(kept.made_from.mindscape, kept.made_from.situation)
    return replace(kept, core=core, overlay=overlay)


async def forget_expired(personas: Personas, clock: Clock, keep_for: timedelta) -> int:
    """Removes personas that expired longer than `keep_for` ago; returns how many."""
    removed, before = 0, clock.now() - keep_for
    while (count := await personas.remove_expired(before, REMOVED_AT_ONCE)) > 0:
        removed += count
    return removed


async def make(
    order: Order,
    persona_id: UUID,
    mapper: PersonaMapper,
    now: datetime,
    studio: Studio,
    said: Said | None = None,
) -> Persona:
    """Makes a persona without keeping it. Refuses as `generate` does."""
    gathered = await gather(order.person_id, order.at or now, studio.neighbours)
    material = _needed(gathered, mapper, said)
    core, overlay = _mapped(material, mapper)
    return Persona(
        persona_id=persona_id,
        person_id=order.person_id,
        mapper_id=mapper.mapper_id,
        mapper_version=mapper.version,
        mindscape_version=material.mindscape.version,
        at=material.situation.at,
        zone=material.situation.zone,
        core=core,
        overlay=overlay,
        created_at=now,
        expires_at=_expiry(order, overlay, now),
        missing=(*material.missing, *overlay.left_out),
        made_from=material,
    )


def _needed(material: Material, mapper: PersonaMapper, said: Said | None) -> Material:
    """No more than the mapper looks at, since it is recorded; and what was said that day."""
    situation = material.situation
    verdicts = situation.verdicts.of(mapper.suggestion_types)
    told = said.on_day_of(situation.at, situation.zone) if said else ()
    return replace(material, situation=replace(situation, verdicts=verdicts, told=told))


def _mapped(material: Material, mapper: PersonaMapper) -> tuple[Core, Overlay]:
    if lacking := mapper.lacks(material.mindscape):
        raise too_little(lacking)
    core, overlay = mapper.map(material.mindscape, material.situation)
    if overlay.left_out:
        failed = {"mapper": f"{mapper.mapper_id} {mapper.version}", "rules": overlay.left_out}
        log.warning("rules failed, and were left out", extra=failed)
    return core, overlay


def _expiry(order: Order, overlay: Overlay, now: datetime) -> datetime:
    """As ordered; else an hour from now, or so long that all of it can be done and judged."""
    if order.ttl is not None:
        return now + order.ttl
    ends = [one.end_at + TO_JUDGE for one in overlay.suggestions]
    return min(max([now + DEFAULT_TIME_TO_LIVE, *ends]), now + LONGEST_TIME_TO_LIVE)


def _holding(persona: Persona | None, now: datetime) -> Persona:
    if persona is None or persona.has_expired(now):
        raise _not_found()
    return persona


def _not_found() -> NotFound:
    return NotFound("PERSONA_NOT_FOUND", "there is no such persona, or it has expired")
