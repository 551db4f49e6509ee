"""What the books promise: those in memory and those in Postgres."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiler.days import NOWHERE
from services.profiler.ledger import Books, enter
from services.profiler.memory import MOST_WEEKS
from services.profiler.model import ObservationId, Statement
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Outcome, Wanted
from services.profiler.weeks import week_of
from tests.contract.profiler.stores import ANA, BEN, NOW, Stores
from tests.unit.profiler.build import TUESDAY, work


async def test_what_is_entered_is_kept_and_completes_its_tasks(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    statement = Statement(1, ObservationId("o1"), work("09:00", 90, 4, 1))
    await stores.close(claim, [statement])
    status = await stores.queue.status(ANA, NOW)
    assert (status.pending, status.failed, status.mindscape_version) == (0, 0, 1)
    expected = enter(Books({}, {}), [statement], SHIPPED)
    assert await stores.ledgers.days(ANA, [TUESDAY]) == expected.days
    mindscape = await stores.mindscapes.current(ANA)
    assert mindscape is not None
    assert (mindscape.version, mindscape.zone, mindscape.updated_at) == (1, "Asia/Tokyo", NOW)
    assert mindscape.traits == expected.belief.traits
    assert await stores.due() == ([], [])


async def test_books_open_the_days_asked_for_and_those_that_know_an_observation(
    stores: Stores,
) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    far = TUESDAY - timedelta(days=300)
    said = [
        Statement(1, ObservationId("near"), work("09:00", 60)),
        Statement(2, ObservationId("far"), work("09:00", 60, day=far)),
        Statement(3, ObservationId("lost"), None),
    ]
    await stores.close(claim, said)
    await stores.task()
    (claim,) = await stores.claim()
    async with stores.ledgers.open([claim]) as ledgers:
        asked = Wanted(frozenset({TUESDAY}), frozenset({ObservationId("far")}))
        books = (await ledgers.books({ANA: asked}))[ANA]
        assert set(books.days) == {TUESDAY, far, NOWHERE}
        assert set(books.weeks) == {week_of(TUESDAY), week_of(far)}
        assert set((await ledgers.books({ANA: Wanted()}))[ANA].days) == {NOWHERE}
        assert set(await ledgers.all_days(ANA)) == {TUESDAY, far, NOWHERE}
    weeks = await stores.ledgers.weeks(ANA, 2, "energy")
    assert [week.start for week in weeks] == [week_of(TUESDAY), week_of(far)]
    assert await stores.ledgers.weeks(ANA, 1, "energy") == weeks[:1]


async def test_weeks_are_read_with_the_counts_of_one_group(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    statement = Statement(1, ObservationId("o1"), work("09:00", 90, 4, 1))
    await stores.close(claim, [statement])
    (whole,) = enter(Books({}, {}), [statement], SHIPPED).weeks.values()
    assert len(whole.counts) > 1
    for group, counts in whole.counts.items():
        (week,) = await stores.ledgers.weeks(ANA, 1, group)
        assert week == replace(whole, counts={group: counts})
    (week,) = await stores.ledgers.weeks(ANA, 1, "none of that name")
    assert week == replace(whole, counts={})


async def test_weeks_beyond_two_years_open_with_their_days(stores: Stores) -> None:
    long_ago = TUESDAY - timedelta(weeks=200)
    weekly = [work("09:00", 60, day=TUESDAY - timedelta(weeks=number)) for number in range(120)]
    old = [work("09:00", 60, day=long_ago + timedelta(days=number)) for number in range(2)]
    said = [
        Statement(number, ObservationId(f"o{number}"), fact)
        for number, fact in enumerate([*weekly, *old])
    ]
    await stores.task()
    (claim,) = await stores.claim()
    await stores.close(claim, said)
    await stores.task()
    (claim,) = await stores.claim()
    async with stores.ledgers.open([claim]) as ledgers:
        asked = Wanted(frozenset({long_ago + timedelta(days=2)}))
        weeks = (await ledgers.books({ANA: asked}))[ANA].weeks
        assert weeks[week_of(long_ago)].counts["focus"]["me60"] == 2
        assert len(weeks) > MOST_WEEKS


async def test_a_week_of_which_nothing_is_left_is_removed(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    await stores.close(claim, [Statement(1, ObservationId("o1"), work("09:00", 60))])
    await stores.task()
    (claim,) = await stores.claim()
    await stores.close(claim, [Statement(2, ObservationId("o1"), None)])
    await stores.task()
    (claim,) = await stores.claim()
    async with stores.ledgers.open([claim]) as ledgers:
        assert (await ledgers.books({ANA: Wanted()}))[ANA].weeks == {}
    mindscape = await stores.mindscapes.current(ANA)
    assert mindscape is not None
    assert (mindscape.version, mindscape.traits) == (2, {})


async def test_a_block_that_raises_changes_nothing(stores: Stores) -> None:
    await stores.task()
    (claim,) = await stores.claim()
    with pytest.raises(RuntimeError):
        async with stores.ledgers.open([claim]):
            raise RuntimeError
    assert await stores.mindscapes.current(ANA) is None
    await stores.close(claim, [])
    assert (await stores.queue.status(ANA, NOW)).pending == 0


async def test_people_claimed_together_are_kept_apart(stores: Stores) -> None:
    await stores.task(ANA)
    await stores.task(BEN)
    claims = await stores.claim(ANA, BEN)
    async with stores.ledgers.open(claims) as ledgers:
        outcomes = [
            Outcome(
                claim,
                enter(
                    Books({}, {}),
                    [Statement(1, ObservationId("o1"), work("09:00", minutes))],
                    SHIPPED,
                ),
            )
            for claim, minutes in zip(await ledgers.hold(), (30, 60), strict=True)
        ]
        await ledgers.close(outcomes, NOW)
    found = [await stores.mindscapes.current(person_id) for person_id in (ANA, BEN)]
    assert [one.person_id for one in found if one] == [ANA, BEN]
    assert len({str(one.traits) for one in found if one}) == 2
