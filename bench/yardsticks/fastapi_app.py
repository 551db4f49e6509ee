"""What one would write instead: FastAPI, SQLAlchemy and asyncpg, one transaction a request.

`/observations` is written as their manuals do: the ORM, a session for each request, every default.
`/lean` is what remains if somebody makes it fast: the same two inserts by hand, without the ORM.
"""

import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uvicorn.config import LOGGING_CONFIG

from bench.yardsticks.tables import SCHEMA

OBSERVE = text(f"""
    INSERT INTO {SCHEMA}.observations
        (person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone, body)
    VALUES (:person_id, :observation_id, :started_at, :ended_at, :now, 'work_session', :time_zone,
            CAST(:body AS jsonb))
""")
QUEUE = text(f"""
    INSERT INTO {SCHEMA}.outbox_tasks
        (person_id, task_id, task_type, payload, run_after, created_at, updated_at)
    VALUES (:person_id, :task_id, 'process_observation', CAST(:payload AS jsonb), :now, :now, :now)
""")


class WorkSession(BaseModel):
    """A stretch of work."""

    start_time: datetime
    duration_minutes: int = Field(gt=0, le=1440)
    productivity_score: int | None = Field(None, ge=1, le=5)
    interruptions: int | None = Field(None, ge=0)


class Observation(BaseModel):
    """What is posted."""

    person_id: str = Field(pattern=r"^[A-Za-z0-9._@:-]{1,128}$")
    time_zone: str
    work_session: WorkSession


class Recorded(Observation):
    """What is answered."""

    model_config = ConfigDict(from_attributes=True)

    observation_id: UUID
    record_time: datetime


class Table(DeclarativeBase):
    """A table of the yardstick's."""

    __table_args__ = {"schema": SCHEMA}  # noqa: RUF012 - as SQLAlchemy has it
    type_annotation_map = {  # noqa: RUF012
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
    }


class ObservationRow(Table):
    """An observation as it is kept."""

    __tablename__ = "observations"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    observation_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    kind: Mapped[str]
    time_zone: Mapped[str]
    body: Mapped[dict[str, Any]]


class TaskRow(Table):
    """A task as it is kept."""

    __tablename__ = "outbox_tasks"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    task_type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    run_after: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


def serve(database: str, port: int) -> None:
    """Serves until the process is ended, as `uvicorn` does by default: one process, uvloop,
    httptools, and a line of log for each request."""
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process
    # Its start is no news among the bench's own lines.
    LOGGING_CONFIG["loggers"]["uvicorn.error"]["level"] = "WARNING"
    engine = create_async_engine(make_url(database).set(drivername="postgresql+asyncpg"))
    uvicorn.run(_app(engine), port=port)


def _app(engine: AsyncEngine) -> FastAPI:
    app = FastAPI()
    new_session = async_sessionmaker(engine, expire_on_commit=False)

    async def get_session() -> AsyncIterator[AsyncSession]:
        async with new_session() as session:
            yield session

    @app.post("/observations")
    async def record(
        observation: Observation, session: Annotated[AsyncSession, Depends(get_session)]
    ) -> Recorded:
        kept = _kept(observation)
        session.add(kept)
        session.add(_task(kept))
        await session.commit()
        return Recorded(
            **observation.model_dump(),
            observation_id=kept.observation_id,
            record_time=kept.recorded_at,
        )

    @app.post("/lean")
    async def record_lean(observation: Observation) -> Recorded:
        values = _values(observation)
        async with engine.begin() as connection:
            await connection.execute(OBSERVE, values)
            await connection.execute(QUEUE, values)
        return Recorded.model_construct(
            **dict(observation),
            observation_id=values["observation_id"],
            record_time=values["now"],
        )

    return app


def _kept(observation: Observation) -> ObservationRow:
    session = observation.work_session
    return ObservationRow(
        person_id=observation.person_id,
        observation_id=uuid4(),
        started_at=session.start_time,
        ended_at=session.start_time + timedelta(minutes=session.duration_minutes),
        recorded_at=datetime.now(UTC),
        kind="work_session",
        time_zone=observation.time_zone,
        body=session.model_dump(mode="json", exclude_none=True),
    )


def _task(kept: ObservationRow) -> TaskRow:
    return TaskRow(
        person_id=kept.person_id,
        task_id=uuid4(),
        task_type="process_observation",
        payload={"observation_id": str(kept.observation_id), **kept.body},
        run_after=kept.recorded_at,
        created_at=kept.recorded_at,
        updated_at=kept.recorded_at,
    )


def _values(observation: Observation) -> dict[str, Any]:
    session = observation.work_session
    body = session.model_dump(mode="json", exclude_none=True)
    observation_id = uuid4()
    return {
        "person_id": observation.person_id,
        "observation_id": observation_id,
        "task_id": uuid4(),
        "started_at": session.start_time,
        "ended_at": session.start_time + timedelta(minutes=session.duration_minutes),
        "now": datetime.now(UTC),
        "time_zone": observation.time_zone,
        "body": json.dumps(body),
        "payload": json.dumps({"observation_id": str(observation_id), **body}),
    }
