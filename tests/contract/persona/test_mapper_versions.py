"""What every keeper of mappers promises: the one in memory and the one in Postgres."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.kit.database import Database
from services.kit.settings import Settings
from services.persona.mapper_store import PostgresMapperVersions
from services.persona.model import MapperVersion
from services.persona.usecases import MapperVersions
from tests.unit.persona.builders import on_tuesday
from tests.unit.persona.fakes import FakeMapperVersions

NOW = on_tuesday("10:04")


@pytest.fixture(params=["fake", "postgres"])
async def versions(
    request: pytest.FixtureRequest, settings: Settings
) -> AsyncIterator[MapperVersions]:
    if request.param == "fake":
        yield FakeMapperVersions()
        return
    database = Database(settings.database_url("persona"), application="test")
    yield PostgresMapperVersions(database)
    await database.close()


def mapper(source: str, mapper_id: str = "reader", version: int = 0) -> MapperVersion:
    return MapperVersion(
        mapper_id=mapper_id,
        version=version,
        description="When to read.",
        required_traits=("work.focus_duration",),
        suggestion_types=("reading", "skimming"),
        source=source,
        created_at=NOW + timedelta(minutes=version),
    )


async def test_a_mapper_comes_back_as_it_was_kept(versions: MapperVersions) -> None:
    kept = await versions.add(mapper("a: 1"))
    assert kept.version == 1
    assert (kept.source, kept.created_at) == ("a: 1", NOW)
    assert await versions.get("reader", 1) == kept
    assert await versions.newest("reader") == 1


async def test_what_is_not_there_is_not_found(versions: MapperVersions) -> None:
    await versions.add(mapper("a: 1"))
    assert await versions.newest("writer") is None
    assert await versions.get("writer", 1) is None
    assert await versions.get("reader", 0) is None
    assert await versions.get("reader", 2) is None


async def test_another_text_is_the_next_version_and_the_same_is_the_same(
    versions: MapperVersions,
) -> None:
    texts = ["a: 1", "a: 1", "a: 2", "a: 2", "a: 1"]
    kept = [await versions.add(mapper(text)) for text in texts]
    assert [one.version for one in kept] == [1, 1, 2, 2, 3]
    first = await versions.get("reader", 1)
    assert first is not None
    assert first.source == "a: 1"


async def test_the_same_text_sent_by_many_at_once_is_one_version(
    versions: MapperVersions,
) -> None:
    kept = await asyncio.gather(*(versions.add(mapper("a: 1")) for _ in range(16)))
    assert {one.version for one in kept} == {1}


async def test_texts_sent_at_once_are_a_version_each(versions: MapperVersions) -> None:
    kept = await asyncio.gather(*(versions.add(mapper(f"a: {number}")) for number in range(12)))
    assert sorted(one.version for one in kept) == list(range(1, 13))
    for one in kept:
        assert await versions.get("reader", one.version) == one


async def test_pages_have_each_mapper_once_at_its_newest_version(
    versions: MapperVersions,
) -> None:
    for name in ("c", "a", "b"):
        for text in ("x: 1", "x: 2"):
            await versions.add(mapper(text, name))
    page = await versions.page("", 2)
    assert [(one.mapper_id, one.version) for one in page] == [("a", 2), ("b", 2)]
    assert [one.mapper_id for one in await versions.page("b", 2)] == ["c"]
    assert list(await versions.page("c", 2)) == []
