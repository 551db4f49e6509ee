"""What every keeper of personas promises: the one in memory and the one in Postgres."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.kit.database import Database
from services.kit.errors import Aborted
from services.kit.paging import Position
from services.kit.settings import Settings
from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import (
    Helpfulness,
    Material,
    Persona,
    PersonId,
    Refusal,
    Situation,
    Told,
    Verdicts,
    Weight,
)
from services.persona.store import PostgresPersonas
from services.persona.usecases import Personas, Said
from tests.unit.persona.builders import SENSITIVE, ada, meeting, on_tuesday
from tests.unit.persona.fakes import FakePersonas

ADA, BEN = PersonId("ada"), PersonId("ben")
NOW = on_tuesday("10:04")


@pytest.fixture(params=["fake", "postgres"])
async def personas(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Personas]:
    if request.param == "fake":
        yield FakePersonas()
        return
    database = Database(settings.database_url("persona"), application="test")
    yield PostgresPersonas(database)
    await database.close()


def persona(number: int, *, of: PersonId = ADA, at: datetime = NOW) -> Persona:
    """A persona with three suggestions, made so many minutes after `at`."""
    booked = (meeting("09:00"), meeting("11:00"))
    judged = Verdicts(
        {("break", "work.focus_duration"): Weight(1.1)},
        (Refusal("light_work", NOW),),
        {("break", "morning"): Helpfulness(1.5, 0.25)},
    )
    situation = Situation(NOW, "Europe/Berlin", booked, judged, (Told("break", 1, NOW),))
    core, overlay = DailyWorkOptimizer().map(ada(SENSITIVE), situation)
    assert overlay.suggestions
    created_at = at + timedelta(minutes=number)
    return Persona(
        persona_id=UUID(int=number),
        person_id=of,
        mapper_id="daily_work_optimizer",
        mapper_version=1,
        mindscape_version=7,
        at=NOW,
        zone="Europe/Berlin",
        core=core,
        overlay=overlay,
        created_at=created_at,
        expires_at=created_at + timedelta(hours=1),
        missing=("feedback",),
        made_from=Material(ada(SENSITIVE), situation, ("feedback",)),
    )


async def keep(personas: Personas, *all_of_them: Persona) -> Sequence[Persona]:
    kept = []
    for one in all_of_them:
        await personas.begin_life(one.person_id)
        life = await personas.life(one.person_id, NOW)
        assert life
        kept.append(await personas.add(one, life.life_id))
    return kept


async def test_a_persona_comes_back_as_it_was_kept(personas: Personas) -> None:
    assert await keep(personas, persona(1)) == [persona(1)]
    assert await personas.get(ADA, UUID(int=1)) == persona(1)


async def test_what_was_told_is_that_of_the_newest_persona_made_for_its_own_moment(
    personas: Personas,
) -> None:
    first, second = (replace(persona(number), at=persona(number).created_at) for number in (1, 2))
    await keep(personas, first, second, persona(3), persona(4, of=BEN))
    for at, said in (
        (persona(9).created_at, Said(second.at, second.told)),
        (first.at, Said(first.at, first.told)),
        (NOW, None),
    ):
        life = await personas.life(ADA, at)
        assert life
        assert life.said == said


async def test_a_persona_from_before_its_material_was_kept_can_be_read(personas: Personas) -> None:
    old = replace(persona(1), made_from=None)
    assert await keep(personas, old) == [old]
    assert await personas.get(ADA, UUID(int=1)) == old


async def test_the_first_persona_of_an_id_stays(personas: Personas) -> None:
    await keep(personas, persona(1))
    assert await keep(personas, replace(persona(1), mindscape_version=8)) == [persona(1)]
    assert await personas.get(ADA, UUID(int=1)) == persona(1)


async def test_a_life_begins_once(personas: Personas) -> None:
    assert await personas.life(ADA, NOW) is None
    await personas.begin_life(ADA)
    life = await personas.life(ADA, NOW)
    await personas.begin_life(ADA)
    assert life is not None
    assert await personas.life(ADA, NOW) == life
    assert await personas.life(BEN, NOW) is None


async def test_nothing_is_kept_of_a_life_that_is_over(personas: Personas) -> None:
    await personas.begin_life(ADA)
    with pytest.raises(Aborted) as refused:
        await personas.add(persona(1), uuid4())
    assert refused.value.reason == "PERSON_BEING_ERASED"
    assert await personas.get(ADA, UUID(int=1)) is None


async def test_expired_personas_are_kept_until_they_are_removed(personas: Personas) -> None:
    await keep(personas, *(persona(number) for number in (2, 1, 3)), persona(4, of=BEN))
    await personas.remove_expired(persona(2).expires_at, 1)
    first = await personas.kept(ADA, None, 1)
    assert first == [persona(3)]
    after = Position(first[0].created_at, first[0].persona_id)
    assert await personas.kept(ADA, after, 9) == [persona(2)]


async def test_a_persona_belongs_to_its_person(personas: Personas) -> None:
    await keep(personas, persona(1))
    assert await personas.get(BEN, UUID(int=1)) is None
    assert await personas.page(BEN, NOW, None, 9) == []


async def test_two_people_can_have_a_persona_of_the_same_id(personas: Personas) -> None:
    await keep(personas, persona(1), persona(1, of=BEN))
    assert await personas.get(ADA, UUID(int=1)) == persona(1)
    assert await personas.get(BEN, UUID(int=1)) == persona(1, of=BEN)


async def test_pages_are_newest_first_and_go_on_where_they_ended(personas: Personas) -> None:
    await keep(personas, *(persona(number) for number in (2, 1, 3)))
    page = await personas.page(ADA, NOW, None, 2)
    assert page == [persona(3), persona(2)]
    after = Position(page[-1].created_at, page[-1].persona_id)
    assert await personas.page(ADA, NOW, after, 2) == [persona(1)]


async def test_pages_go_on_within_one_moment(personas: Personas) -> None:
    await keep(personas, *(replace(persona(number), created_at=NOW) for number in range(5)))
    seen: list[int] = []
    after = None
    while page := await personas.page(ADA, NOW, after, 2):
        seen += [one.persona_id.int for one in page]
        after = Position(page[-1].created_at, page[-1].persona_id)
    assert seen == [4, 3, 2, 1, 0]


async def test_pages_leave_out_what_has_expired(personas: Personas) -> None:
    await keep(personas, persona(1), persona(2))
    assert await personas.page(ADA, persona(1).expires_at, None, 9) == [persona(2)]


async def test_pages_show_what_holds_for_the_longest_time_allowed(personas: Personas) -> None:
    day_long = replace(persona(1), expires_at=persona(1).created_at + timedelta(days=1))
    await keep(personas, day_long)
    last_moment = day_long.expires_at - timedelta(seconds=1)
    assert await personas.page(ADA, last_moment, None, 9) == [day_long]


async def test_only_what_expired_before_is_removed_in_portions(personas: Personas) -> None:
    await keep(personas, *(persona(number) for number in range(4)))
    before = persona(3).expires_at
    assert await personas.remove_expired(before, 2) == 2
    assert await personas.remove_expired(before, 2) == 1
    assert await personas.remove_expired(before, 2) == 0
    assert await personas.get(ADA, UUID(int=3)) == persona(3)
