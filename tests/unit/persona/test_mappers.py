"""Mappers are found wherever they are, taken if they are sound, and tried without a trace."""

import pytest

from services.kit.errors import FailedPrecondition, NotFound, Unavailable
from services.kit.status import InvalidFields
from services.persona.mappers import Compiler, DailyWorkOptimizer, shipped
from services.persona.model import PersonId
from services.persona.usecases import (
    Catalog,
    Order,
    Studio,
    Trial,
    Workshop,
    generate,
    problems_of,
    try_out,
    upload,
)
from services.persona.usecases.catalog import MOST_COMPILED
from tests.unit.persona.builders import ada, energy, mindscape, on_tuesday
from tests.unit.persona.data_mappers.documents import COMPILER, SOUND, changed
from tests.unit.persona.fakes import (
    FakeClock,
    FakeMapperVersions,
    FakeNeighbours,
    FakePersonas,
    studio,
)

ADA = PersonId("ada")
OTHER = changed("Take the next chapter.", "Take the next two chapters.")


@pytest.fixture
def versions() -> FakeMapperVersions:
    return FakeMapperVersions()


@pytest.fixture
def workshop(versions: FakeMapperVersions) -> Workshop:
    return another_process(versions)


def another_process(versions: FakeMapperVersions) -> Workshop:
    """A workshop that shares nothing but what is kept."""
    catalog = Catalog([DailyWorkOptimizer(), *shipped(COMPILER)], versions, Compiler())
    return Workshop(COMPILER, catalog, versions, FakeClock())


@pytest.fixture
def neighbours() -> FakeNeighbours:
    return FakeNeighbours(believed=ada(energy()), home="Europe/Berlin")


@pytest.fixture
def personas() -> FakePersonas:
    return FakePersonas()


@pytest.fixture
def makers(workshop: Workshop, neighbours: FakeNeighbours, personas: FakePersonas) -> Studio:
    made = studio(neighbours, personas, FakeClock())
    return Studio(made.neighbours, workshop.catalog, personas, made.clock)


async def test_an_uploaded_mapper_makes_personas_that_name_its_version(
    workshop: Workshop, makers: Studio
) -> None:
    await upload(SOUND, workshop)
    await upload(OTHER, workshop)

    persona = await generate(Order(ADA, mapper_id="reading_coach"), makers)

    assert (persona.mapper_id, persona.mapper_version) == ("reading_coach", 2)
    assert [one.type for one in persona.overlay.suggestions] == ["reading"]
    assert persona.overlay.suggestions[0].action == "Take the next two chapters."


async def test_an_upload_counts_at_once_in_every_process(
    workshop: Workshop, versions: FakeMapperVersions
) -> None:
    elsewhere = another_process(versions)
    await upload(SOUND, workshop)
    assert (await elsewhere.catalog.get("reading_coach")).version == 1
    await upload(OTHER, workshop)
    assert (await elsewhere.catalog.get("reading_coach")).version == 2
    assert (await elsewhere.catalog.get("reading_coach", 1)).version == 1


async def test_what_was_compiled_stays_as_long_as_there_is_room(workshop: Workshop) -> None:
    await upload(SOUND, workshop)
    first = await workshop.catalog.get("reading_coach")
    assert await workshop.catalog.get("reading_coach") is first
    for number in range(MOST_COMPILED):
        mapper = await upload(changed("reading_coach", f"coach_{number}"), workshop)
        await workshop.catalog.get(mapper.mapper_id)
    assert await workshop.catalog.get("reading_coach") is not first


async def test_an_unsound_document_is_refused_with_its_problems(workshop: Workshop) -> None:
    unsound = changed("type: skimming", "type: Skim").replace("priority: 0.5", "priority: busy")
    with pytest.raises(InvalidFields) as refusal:
        await upload(unsound, workshop)

    assert refusal.value.reason == "MAPPER_INVALID"
    assert [field for field, _ in refusal.value.violations] == ["source", "source"]
    places = [(one.place.line, one.rule) for one in await problems_of(unsound, workshop)]
    assert places == [(20, "read_later"), (26, "read_later")]
    assert await problems_of(SOUND, workshop) == ()


@pytest.mark.parametrize("mapper_id", ["daily_work_optimizer", "sql_coach"])
async def test_no_document_takes_the_place_of_one_of_personakits_own(
    workshop: Workshop, mapper_id: str
) -> None:
    with pytest.raises(FailedPrecondition) as refusal:
        await upload(changed("reading_coach", mapper_id), workshop)
    assert refusal.value.reason == "MAPPER_RESERVED"


async def test_every_mapper_is_told_of(workshop: Workshop) -> None:
    await upload(SOUND, workshop)
    told = {one.mapper_id: one for one in await workshop.catalog.page("", 9)}

    assert list(told) == ["daily_work_optimizer", "reading_coach", "sql_coach"]
    assert told["daily_work_optimizer"].source == ""
    assert told["sql_coach"].created_at is None
    assert told["sql_coach"].suggestion_types == ("easy_review", "practice_session")
    assert told["reading_coach"].source == SOUND
    assert told["reading_coach"].required_traits == ("work.focus_duration",)
    assert [one.mapper_id for one in await workshop.catalog.page("daily_work_optimizer", 1)] == [
        "reading_coach"
    ]
    assert await workshop.catalog.told("reading_coach") == told["reading_coach"]


@pytest.mark.parametrize(
    ("mapper_id", "version"),
    [("nobodys", 0), ("nobodys", 1), ("sql_coach", 7), ("reading_coach", 2)],
)
async def test_a_mapper_or_version_that_is_not_there_is_not_found(
    workshop: Workshop, mapper_id: str, version: int
) -> None:
    await upload(SOUND, workshop)
    for question in (workshop.catalog.get, workshop.catalog.told):
        with pytest.raises(NotFound) as refusal:
            await question(mapper_id, version)
        assert refusal.value.reason == "MAPPER_NOT_FOUND"


async def test_a_trial_makes_a_persona_and_keeps_nothing(
    workshop: Workshop, versions: FakeMapperVersions, makers: Studio, personas: FakePersonas
) -> None:
    persona = await try_out(Trial(ADA, SOUND, on_tuesday("13:10")), workshop, makers)

    assert [one.type for one in persona.overlay.suggestions] == ["skimming"]
    assert persona.at == on_tuesday("13:10")
    assert (persona.mapper_id, persona.mapper_version) == ("reading_coach", 0)
    assert (personas.all, personas.lives, versions.all) == ({}, {}, {})


async def test_a_trial_is_refused_as_a_persona_would_be(
    workshop: Workshop, makers: Studio, neighbours: FakeNeighbours
) -> None:
    with pytest.raises(InvalidFields):
        await try_out(Trial(ADA, "nothing"), workshop, makers)
    neighbours.believed = mindscape(energy())
    with pytest.raises(FailedPrecondition) as refusal:
        await try_out(Trial(ADA, SOUND), workshop, makers)
    assert refusal.value.reason == "MINDSCAPE_MISSING"
    neighbours.down = {"profiler"}
    with pytest.raises(Unavailable):
        await try_out(Trial(ADA, SOUND), workshop, makers)


async def test_a_rule_that_fails_is_named_with_what_was_missing(
    workshop: Workshop, makers: Studio, neighbours: FakeNeighbours
) -> None:
    # At 10:31, which no sample moment is.
    failing = changed("duration: 10", "duration: 10 / (local.minutes - 631)")
    await upload(failing.replace("busy || energy.rank < 0.5", "true"), workshop)
    neighbours.down = {"feedback"}

    order = Order(ADA, mapper_id="reading_coach", at=on_tuesday("10:31"))
    persona = await generate(order, makers)

    assert persona.missing == ("feedback", "rule read_later")
    assert [one.type for one in persona.overlay.suggestions] == ["reading"]
