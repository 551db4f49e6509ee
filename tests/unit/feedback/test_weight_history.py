"""Every move of a weight is kept with its cause, and weights can be put back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import Cause, WeightChange
from services.feedback.usecases import forget_changes, reset
from services.kit.paging import Position
from tests.unit.feedback.fakes import suggestion
from tests.unit.feedback.office import ANA, NOW, Office


async def changes(office: Office) -> list[WeightChange]:
    """Returns them oldest first."""
    return (await office.feedbacks.changes(ANA, None, 1000))[::-1]


async def judge_all(office: Office, verdicts: list[bool]) -> None:
    for number, helpful in enumerate(verdicts):
        office.clock.moment += timedelta(hours=3)
        await office.judge(number, helpful)


async def test_each_move_names_the_verdict_that_caused_it() -> None:
    office = Office()
    await judge_all(office, [True, False, False, False, False, False])
    up, down = await changes(office)
    verdicts = (await office.feedbacks.page(ANA, None, None, 10))[::-1]
    assert (up.cause, up.before, up.after) == (Cause.HELPFUL, 1.0, 1.1)
    assert (down.cause, down.before, down.after) == (Cause.NOT_HELPFUL, 1.1, 0.88)
    assert (up.feedback_id, down.feedback_id) == (
        verdicts[0].feedback_id,
        verdicts[5].feedback_id,
    )
    assert down.changed_at == verdicts[5].created_at


async def test_a_verdict_that_moves_nothing_is_no_move() -> None:
    office = Office()
    await judge_all(office, [True] * 12)
    assert [one.after for one in await changes(office)][-1] == 2.0
    assert len(await changes(office)) == 8


@given(st.lists(st.booleans(), max_size=40))
async def test_the_history_leads_from_the_start_to_the_weight(verdicts: list[bool]) -> None:
    office = Office()
    await judge_all(office, verdicts)
    weight = 1.0
    for change in await changes(office):
        assert change.before == weight
        weight = change.after
    assert weight == next((one.weight for one in await office.feedbacks.weights(ANA)), 1.0)


async def test_a_reset_puts_back_the_weight_and_forgets_the_count() -> None:
    office = Office()
    await judge_all(office, [True, False, False, False, False])
    await reset(office.feedbacks, office.clock, ANA, "")
    (standing,) = (await office.weigh()).standings
    assert (standing.weight.weight, standing.refusals) == (1.0, 0)
    *_, last = await changes(office)
    assert (last.cause, last.before, last.after) == (Cause.RESET, 1.1, 1.0)
    assert last.feedback_id is None
    assert len(await office.feedbacks.page(ANA, None, None, 10)) == 5
    await office.judge(50, helpful=False)
    assert (await office.weigh()).standings[0].weight.weight == 1.0


async def test_a_second_reset_changes_nothing() -> None:
    office = Office()
    await judge_all(office, [True, False])
    await reset(office.feedbacks, office.clock, ANA, "")
    once = await office.weigh(), await changes(office)
    office.clock.moment += timedelta(minutes=1)
    await reset(office.feedbacks, office.clock, ANA, "")
    again = await office.weigh()
    assert (again.standings, await changes(office)) == (once[0].standings, once[1])


async def test_a_reset_of_one_type_leaves_the_others() -> None:
    office = Office()
    await office.judge(1)
    await office.judge_of(suggestion(50, suggestion_type="wrap_up"))
    await reset(office.feedbacks, office.clock, ANA, "wrap_up")
    weights = await office.feedbacks.weights(ANA)
    assert {one.suggestion_type: one.weight for one in weights} == {"break": 1.1, "wrap_up": 1.0}


async def test_moves_are_listed_newest_first_page_by_page() -> None:
    office = Office()
    await judge_all(office, [True] * 5)
    all_of_them = await office.feedbacks.changes(ANA, None, 100)
    first = await office.feedbacks.changes(ANA, None, 2)
    place = Position(first[-1].changed_at, first[-1].change_id)
    assert first + await office.feedbacks.changes(ANA, place, 100) == all_of_them
    assert [one.changed_at for one in all_of_them] == sorted(
        (one.changed_at for one in all_of_them), reverse=True
    )


async def test_moves_are_forgotten_after_400_days() -> None:
    office = Office()
    await judge_all(office, [True, True])
    old, new = await changes(office)
    office.clock.moment = new.changed_at + timedelta(days=400)
    await forget_changes(office.feedbacks, office.clock)
    assert await changes(office) == [new]
    assert old.changed_at > NOW
