"""What the mindscapes promise: those in memory and those in Postgres."""

from datetime import UTC, date, datetime, timedelta

from tests.contract.profiler.stores import ANA, BEN, NOW, Stores


async def test_every_version_is_kept_and_can_be_found(stores: Stores) -> None:
    for day in range(3):
        await stores.believe(30 + day, NOW + timedelta(days=day))
    versions = await stores.mindscapes.versions(ANA, None, 10)
    assert [one.version for one in versions] == [3, 2, 1]
    assert [one.version for one in await stores.mindscapes.versions(ANA, 3, 1)] == [2]
    second = await stores.mindscapes.at_version(ANA, 2)
    assert second == await stores.mindscapes.as_of(ANA, NOW + timedelta(days=1, hours=3))
    assert await stores.mindscapes.at_version(ANA, 9) is None
    assert await stores.mindscapes.as_of(ANA, NOW - timedelta(seconds=1)) is None


async def test_current_versions_are_told_of_many_at_once_in_their_order(stores: Stores) -> None:
    for minutes in (30, 40):
        await stores.believe(minutes, NOW + timedelta(minutes=minutes))
    newest = await stores.mindscapes.newest([BEN, ANA, ANA])
    assert [one.version if one else None for one in newest] == [None, 2, 2]


async def test_the_versions_kept_next_to_one_are_found(stores: Stores) -> None:
    for number in range(12):
        await stores.believe(30 + number, NOW + timedelta(minutes=number))
    assert [list(await stores.mindscapes.around(ANA, one)) for one in (0, 1, 5, 12, 99)] == [
        [3],
        [3],
        [4, 6],
        [11],
        [12],
    ]
    assert await stores.mindscapes.around(BEN, 1) == []


async def test_fast_versions_are_thinned_to_the_newest_ten_and_the_last_of_each_hour(
    stores: Stores,
) -> None:
    for number in range(24):
        await stores.believe(30 + number, NOW + timedelta(minutes=10 * number))
    versions = await stores.mindscapes.versions(ANA, None, 30)
    assert [one.version for one in versions] == [*range(24, 13, -1), 8, 2]
    newest = await stores.mindscapes.current(ANA)
    assert newest == await stores.mindscapes.at_version(ANA, 24)


async def test_old_history_is_thinned_to_the_last_version_of_each_day(stores: Stores) -> None:
    for number, hours in enumerate((0, 1, 2, 24, 25, 48, 49)):
        await stores.believe(30 + number, NOW + timedelta(hours=hours))
    midnight = datetime.combine(date(2026, 11, 19), datetime.min.time(), UTC)
    assert await stores.mindscapes.thin(midnight) == 3
    kept = await stores.mindscapes.versions(ANA, None, 10)
    assert [one.version for one in kept] == [7, 6, 5, 3]
    assert await stores.mindscapes.thin(midnight) == 0
