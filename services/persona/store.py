"""Personas in Postgres: schema `persona`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.kit.database import Database
from services.kit.paging import Position
from services.persona.model import (
    Core,
    CurrentState,
    Overlay,
    Persona,
    PersonId,
    Preferences,
    Suggestion,
    TraitUsed,
    Why,
    WorkStyle,
)
from services.persona.usecases import LONGEST_TIME_TO_LIVE

COLUMNS = """person_id, persona_id, mapper_id, mapper_version, mindscape_version, at, time_zone,
    core, overlay, missing, created_at, expires_at"""

ADD = text(f"""
    INSERT INTO persona.personas ({COLUMNS})
    VALUES (:person_id, :persona_id, :mapper_id, :mapper_version, :mindscape_version, :at,
            :time_zone, CAST(:core AS jsonb), CAST(:overlay AS jsonb), :missing, :created_at,
            :expires_at)
    ON CONFLICT (person_id, persona_id) DO NOTHING
    RETURNING persona_id
""")

FIND = text(f"""
    SELECT {COLUMNS} FROM persona.personas
    WHERE person_id = :person_id AND persona_id = :persona_id
""")

# None that is older than the longest time to live can hold: the index is read no further back.
LIST = f"""
    SELECT {COLUMNS} FROM persona.personas
    WHERE person_id = :person_id AND expires_at > :now AND created_at >= :oldest {{after}}
    ORDER BY created_at DESC, persona_id DESC
    LIMIT :size
"""
AFTER = "AND (created_at, persona_id) < (:after_created_at, :after_persona_id)"

REMOVE = text("""
    DELETE FROM persona.personas WHERE (person_id, persona_id) IN (
        SELECT person_id, persona_id FROM persona.personas
        WHERE expires_at < :before ORDER BY expires_at LIMIT :size
    )
""")


class PostgresPersonas:
    """Implements `usecases.Personas`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, persona: Persona) -> Persona:
        async with self._database.autocommit() as connection:
            if (await connection.execute(ADD, _values(persona))).first():
                return persona
            key = {"person_id": persona.person_id, "persona_id": persona.persona_id}
            return _persona((await connection.execute(FIND, key)).one())

    async def get(self, person_id: PersonId, persona_id: UUID) -> Persona | None:
        key = {"person_id": person_id, "persona_id": persona_id}
        async with self._database.autocommit() as connection:
            row = (await connection.execute(FIND, key)).first()
            return _persona(row) if row else None

    async def page(
        self, person_id: PersonId, now: datetime, after: Position | None, size: int
    ) -> list[Persona]:
        oldest = now - LONGEST_TIME_TO_LIVE
        values = {"person_id": person_id, "now": now, "oldest": oldest, "size": size}
        if after:
            values["after_created_at"] = after.at
            values["after_persona_id"] = after.id
        query = text(LIST.format(after=AFTER if after else ""))
        async with self._database.autocommit() as connection:
            return [_persona(row) for row in await connection.execute(query, values)]

    async def remove_expired(self, before: datetime, size: int) -> int:
        async with self._database.autocommit() as connection:
            removed = await connection.execute(REMOVE, {"before": before, "size": size})
            return removed.rowcount


def _values(persona: Persona) -> dict[str, object]:
    return {
        "person_id": persona.person_id,
        "persona_id": persona.persona_id,
        "mapper_id": persona.mapper_id,
        "mapper_version": persona.mapper_version,
        "mindscape_version": persona.mindscape_version,
        "at": persona.at,
        "time_zone": persona.zone,
        "core": json.dumps(asdict(persona.core)),
        "overlay": json.dumps(asdict(persona.overlay), default=datetime.isoformat),
        "missing": list(persona.missing),
        "created_at": persona.created_at,
        "expires_at": persona.expires_at,
    }


def _persona(row: Row[Any]) -> Persona:
    return Persona(
        persona_id=row.persona_id,
        person_id=PersonId(row.person_id),
        mapper_id=row.mapper_id,
        mapper_version=row.mapper_version,
        mindscape_version=row.mindscape_version,
        at=row.at,
        zone=row.time_zone,
        core=_core(row.core),
        overlay=_overlay(row.overlay),
        created_at=row.created_at,
        expires_at=row.expires_at,
        missing=tuple(row.missing),
    )


def _core(body: Mapping[str, Any]) -> Core:
    style = body["work_style"]
    return Core(
        WorkStyle(**style | {"peak_hours": tuple(style["peak_hours"])}),
        Preferences(**body["preferences"]),
    )


def _overlay(body: Mapping[str, Any]) -> Overlay:
    return Overlay(
        CurrentState(**body["current_state"]),
        tuple(_suggestion(one) for one in body["suggestions"]),
    )


def _suggestion(body: Mapping[str, Any]) -> Suggestion:
    read = {
        "start_at": datetime.fromisoformat(body["start_at"]),
        "end_at": datetime.fromisoformat(body["end_at"]),
        "why": _why(body["why"]),
        "related_traits": tuple(body["related_traits"]),
    }
    return Suggestion(**{**body, **read})


def _why(body: Mapping[str, Any]) -> Why:
    return Why(body["rule"], tuple(_trait(one) for one in body["traits"]), body["weight"])


def _trait(body: Mapping[str, Any]) -> TraitUsed:
    last = body["last_evidence_at"]
    return TraitUsed(**{**body, "last_evidence_at": datetime.fromisoformat(last) if last else None})
