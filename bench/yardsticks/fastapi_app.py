"""What one would write instead: FastAPI, SQLAlchemy and asyncpg, one transaction a request."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

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
    """What is posted, and answered."""

    observation_id: UUID = Field(default_factory=uuid4)
    person_id: str = Field(pattern=r"^[A-Za-z0-9._@:-]{1,128}$")
    time_zone: str
    work_session: WorkSession


def serve(database: str, port: int) -> None:
    """Serves until the process is ended: one process, uvloop, httptools, ten connections."""
    url = make_url(database).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, pool_size=10, max_overflow=0)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = FastAPI(lifespan=life)

    @app.post("/observations")
    async def record(observation: Observation) -> Observation:
        async with engine.begin() as connection:
            values = _values(observation)
            await connection.execute(OBSERVE, values)
            await connection.execute(QUEUE, values)
        return observation

    uvicorn.run(app, port=port, loop="uvloop", http="httptools", log_level="warning")


def _values(observation: Observation) -> dict[str, object]:
    session = observation.work_session
    body = session.model_dump(mode="json", exclude_none=True)
    return {
        "person_id": observation.person_id,
        "observation_id": observation.observation_id,
        "task_id": uuid4(),
        "started_at": session.start_time,
        "ended_at": session.start_time + timedelta(minutes=session.duration_minutes),
        "now": datetime.now(UTC),
        "time_zone": observation.time_zone,
        "body": json.dumps(body),
        "payload": json.dumps({"observation_id": str(observation.observation_id), **body}),
    }
