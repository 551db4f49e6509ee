"""Personas are made from what the neighbours say, once per request, and hold for a while."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from services.kit.errors import Aborted, FailedPrecondition, NotFound, Unavailable
from services.persona.model import (
    Commitment,
    FocusDuration,
    Persona,
    PersonId,
    PreferredStartTime,
    Quantiles,
    Verdicts,
    Weight,
)
from services.persona.usecases import Order, Studio, forget_expired, generate, get, remade
from tests.unit.persona.builders import ada, meeting, mindscape, on_tuesday, refused, weighed
from tests.unit.persona.fakes import FakeClock, FakeNeighbours, FakePersonas, studio

ADA = PersonId("ada")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def personas() -> FakePersonas:
    return FakePersonas()


@pytest.fixture
def neighbours() -> FakeNeighbours:
    return FakeNeighbours(believed=ada(), home="Europe/Berlin")


@pytest.fixture
def workshop(neighbours: FakeNeighbours, personas: FakePersonas, clock: FakeClock) -> Studio:
    return studio(neighbours, personas, clock)


def types(persona: Persona) -> list[str]:
    return [one.type for one in persona.overlay.suggestions]


async def test_a_persona_says_what_it_was_made_from(workshop: Studio, clock: FakeClock) -> None:
    persona = await generate(Order(ADA), workshop)

    assert persona.at == persona.created_at == clock.now()
    assert (persona.mapper_id, persona.mapper_version) == ("daily_work_optimizer", 6)
    assert persona.mindscape_version == 7
    assert persona.missing == ()
    assert types(persona) == ["deep_work_window"]


async def test_another_moment_can_be_asked_for(workshop: Studio) -> None:
    persona = await generate(Order(ADA, at=on_tuesday("13:10")), workshop)

    assert persona.at == on_tuesday("13:10")
    assert types(persona) == ["light_work"]


async def test_calendar_and_verdicts_are_heeded(
    workshop: Studio, neighbours: FakeNeighbours
) -> None:
    neighbours.booked = (meeting("09:55"),)
    neighbours.judged = refused("light_work", "09:00")

    assert types(await generate(Order(ADA), workshop))[0] == "meeting_preparation"
    assert "light_work" not in types(await generate(Order(ADA), workshop))


async def test_the_persons_own_zone_counts_before_the_mindscapes(
    workshop: Studio, neighbours: FakeNeighbours
) -> None:
    neighbours.home = "Asia/Tokyo"
    assert (await generate(Order(ADA), workshop)).zone == "Asia/Tokyo"
    neighbours.home = None
    assert (await generate(Order(ADA), workshop)).zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("away", "missing"),
    [
        ({"feedback"}, ("feedback",)),
        ({"ingest"}, ("calendar",)),
        ({"feedback", "ingest"}, ("feedback", "calendar")),
    ],
    ids=["feedback", "ingest", "both"],
)
@pytest.mark.parametrize("how", ["down", "hanging"])
async def test_without_feedback_or_ingest_it_answers_and_says_so(
    workshop: Studio, neighbours: FakeNeighbours, away: set[str], missing: tuple[str], how: str
) -> None:
    setattr(neighbours, how, away)

    persona = await generate(Order(ADA), workshop)

    assert persona.missing == missing
    assert types(persona) == ["deep_work_window"]


async def test_neighbours_are_asked_at_the_same_time(
    workshop: Studio, neighbours: FakeNeighbours
) -> None:
    await generate(Order(ADA), workshop)
    neighbours.together = asyncio.Barrier(4)

    assert (await generate(Order(ADA), workshop)).missing == ()


async def test_nothing_is_kept_of_somebody_whom_nobody_knows(
    workshop: Studio, neighbours: FakeNeighbours, personas: FakePersonas
) -> None:
    neighbours.believed = None

    with pytest.raises(FailedPrecondition):
        await generate(Order(ADA), workshop)

    assert personas.lives == {}


async def test_a_persona_of_what_was_believed_before_an_erasure_is_not_kept(
    workshop: Studio, neighbours: FakeNeighbours, personas: FakePersonas
) -> None:
    await generate(Order(ADA), workshop)
    neighbours.together = asyncio.Barrier(5)
    slow = asyncio.create_task(generate(Order(ADA), workshop))
    await asyncio.sleep(0)
    personas.lives.clear()
    personas.all.clear()
    await personas.begin_life(ADA)
    await neighbours.together.wait()

    with pytest.raises(Aborted) as refusal:
        await slow

    assert refusal.value.reason == "PERSON_BEING_ERASED"
    assert personas.all == {}


@pytest.mark.parametrize("how", ["down", "hanging"])
async def test_without_the_profiler_it_is_unavailable_with_a_hint_when_to_retry(
    workshop: Studio, neighbours: FakeNeighbours, how: str
) -> None:
    setattr(neighbours, how, {"profiler"})

    with pytest.raises(Unavailable) as refusal:
        await generate(Order(ADA), workshop)

    assert refusal.value.reason == "SERVICE_UNAVAILABLE"
    assert refusal.value.retry_after == timedelta(seconds=1)


@pytest.mark.parametrize("known", [None, mindscape(PreferredStartTime(on_tuesday("09:00").time()))])
async def test_with_too_little_known_it_refuses(
    workshop: Studio, neighbours: FakeNeighbours, known: None
) -> None:
    neighbours.believed = known

    with pytest.raises(FailedPrecondition) as refusal:
        await generate(Order(ADA), workshop)

    assert refusal.value.reason == "MINDSCAPE_MISSING"


async def test_an_unknown_mapper_is_refused_before_anybody_is_asked(
    workshop: Studio, neighbours: FakeNeighbours
) -> None:
    with pytest.raises(NotFound) as refusal:
        await generate(Order(ADA, mapper_id="sql_coach"), workshop)

    assert refusal.value.reason == "MAPPER_NOT_FOUND"
    assert neighbours.asked == []


async def test_the_same_request_returns_the_persona_made_first(
    workshop: Studio, neighbours: FakeNeighbours, clock: FakeClock
) -> None:
    first = await generate(Order(ADA, request_id="r-1"), workshop)
    neighbours.judged = weighed(deep_work_window=0.5)
    clock.move(timedelta(minutes=10))

    assert await generate(Order(ADA, request_id="r-1"), workshop) == first
    assert await generate(Order(ADA, request_id="r-2"), workshop) != first


async def test_the_same_request_of_another_person_is_another_request(workshop: Studio) -> None:
    mine = await generate(Order(ADA, request_id="r-1"), workshop)
    other = await generate(Order(PersonId("ben"), request_id="r-1"), workshop)

    assert mine.persona_id != other.persona_id


async def test_the_request_of_an_expired_persona_does_not_bring_it_back(
    workshop: Studio, clock: FakeClock
) -> None:
    await generate(Order(ADA, request_id="r-1", ttl=timedelta(hours=1)), workshop)
    clock.move(timedelta(hours=1))

    with pytest.raises(NotFound) as refusal:
        await generate(Order(ADA, request_id="r-1"), workshop)

    assert refusal.value.reason == "PERSONA_NOT_FOUND"


async def test_a_persona_can_be_got_until_it_expires(
    workshop: Studio, personas: FakePersonas, clock: FakeClock
) -> None:
    persona = await generate(Order(ADA, ttl=timedelta(minutes=5)), workshop)
    clock.move(timedelta(minutes=5, seconds=-1))
    assert await get(ADA, persona.persona_id, personas, clock) == persona

    clock.move(timedelta(seconds=1))
    with pytest.raises(NotFound) as refusal:
        await get(ADA, persona.persona_id, personas, clock)
    assert refusal.value.reason == "PERSONA_NOT_FOUND"


async def test_a_persona_that_never_was_cannot_be_got(
    personas: FakePersonas, clock: FakeClock
) -> None:
    with pytest.raises(NotFound):
        await get(ADA, UUID(int=1), personas, clock)


async def test_without_a_ttl_a_persona_holds_until_its_last_suggestion_can_be_judged(
    workshop: Studio, neighbours: FakeNeighbours, clock: FakeClock
) -> None:
    persona = await generate(Order(ADA), workshop)
    last = max(one.end_at for one in persona.overlay.suggestions)
    assert persona.expires_at == last + timedelta(minutes=30) > clock.now() + timedelta(hours=1)

    neighbours.booked = (meeting("09:00"),)
    silent = await generate(Order(ADA), workshop)
    assert silent.overlay.suggestions == ()
    assert silent.expires_at == clock.now() + timedelta(hours=1)


async def test_a_persona_for_another_day_holds_for_a_day_at_most(
    workshop: Studio, clock: FakeClock
) -> None:
    persona = await generate(Order(ADA, at=clock.now() + timedelta(days=7)), workshop)

    assert persona.overlay.suggestions
    assert persona.expires_at == clock.now() + timedelta(days=1)


async def test_what_was_told_today_is_counted_and_begins_anew_the_next_day(
    workshop: Studio, clock: FakeClock
) -> None:
    counts = []
    for _ in range(3):
        counts.append((await generate(Order(ADA), workshop)).told[0].times)
        clock.move(timedelta(minutes=40))
    assert counts == [1, 1, 2]

    clock.move(timedelta(days=1) - timedelta(hours=2))
    assert (await generate(Order(ADA), workshop)).told[0].times == 1


async def test_looking_ahead_is_not_being_told(workshop: Studio, clock: FakeClock) -> None:
    for hour in range(1, 4):
        ahead = clock.now() + timedelta(hours=hour)
        await generate(Order(ADA, at=ahead), workshop)

    assert (await generate(Order(ADA), workshop)).told[0].times == 1


async def test_only_verdicts_on_what_the_mapper_suggests_are_looked_at_and_recorded(
    workshop: Studio, neighbours: FakeNeighbours
) -> None:
    mine, others = ("break", "work.focus_duration"), ("practice", "work.peak_hours")
    neighbours.judged = Verdicts({mine: Weight(0.8), others: Weight(1.4)})

    persona = await generate(Order(ADA), workshop)

    assert persona.made_from is not None
    assert set(persona.made_from.situation.verdicts.weights) == {mine}


async def test_a_calendar_too_full_to_be_heeded_counts_as_missing(
    workshop: Studio, neighbours: FakeNeighbours
) -> None:
    start = on_tuesday("10:00")
    seconds = [start + timedelta(seconds=one) for one in range(201)]
    neighbours.booked = tuple(Commitment(at, at + timedelta(seconds=1)) for at in seconds)
    assert (await generate(Order(ADA), workshop)).missing == ("calendar",)

    neighbours.booked = (meeting("10:30"),) * 201
    assert (await generate(Order(ADA), workshop)).missing == ()


async def test_the_same_persona_can_be_made_again_from_what_it_recorded(
    workshop: Studio, neighbours: FakeNeighbours, clock: FakeClock
) -> None:
    neighbours.booked = (meeting("10:10"),)
    first = await generate(Order(ADA), workshop)
    neighbours.believed, neighbours.booked = mindscape(FocusDuration(Quantiles(20, 25, 30))), ()
    clock.move(timedelta(days=2))

    assert await remade(ADA, first.persona_id, workshop) == first


async def test_expired_personas_are_forgotten_after_a_while(
    workshop: Studio, personas: FakePersonas, clock: FakeClock
) -> None:
    await generate(Order(ADA), workshop)
    clock.move(timedelta(days=2))
    kept = await generate(Order(ADA), workshop)

    assert await forget_expired(personas, clock, timedelta(days=1)) == 1
    assert list(personas.all.values()) == [kept]
