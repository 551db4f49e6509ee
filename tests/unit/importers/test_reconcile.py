"""How an import meets what was recorded before."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clients.importers.plan import Import, Window, reconcile, source_name, span
from personakit.ingest.v1 import ingest_pb2 as pb

START = datetime(2026, 11, 17, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=10))


def session(hour: float, name: str, source: str = "a", hours: float = 1) -> pb.Observation:
    work = pb.WorkSession(duration_minutes=int(hours * 60))
    work.start_time.FromDatetime(START + timedelta(hours=hour))
    return pb.Observation(person_id="ana", source=source, source_id=name, work_session=work)


def imported(*observations: pb.Observation, exclusive: bool = False) -> Import:
    return Import("a", WINDOW, observations, is_empty=not observations, exclusive=exclusive)


def names(observations: tuple[pb.Observation, ...]) -> list[str]:
    return [each.source_id for each in observations]


def test_what_is_new_is_recorded_and_what_is_there_is_not() -> None:
    plan = reconcile([session(1, "x.1")], imported(session(1, "x.1"), session(5, "y.1")))
    assert (names(plan.to_record), names(plan.unchanged)) == (["y.1"], ["x.1"])
    assert not plan.to_retract


def test_what_changed_is_retracted_and_recorded() -> None:
    plan = reconcile([session(1, "x.1")], imported(session(2, "x.2")))
    assert (names(plan.to_record), names(plan.to_retract)) == (["x.2"], ["x.1"])


def test_what_is_gone_from_the_file_is_retracted() -> None:
    there = [session(1, "x.1"), session(5, "y.1")]
    assert names(reconcile(there, imported(session(1, "x.1"))).to_retract) == ["y.1"]


def test_other_sources_and_other_times_are_left_alone() -> None:
    there = [session(1, "x.1", source="b"), session(-30, "x.2"), session(500, "x.3")]
    plan = reconcile([*there, session(1, "x.1")], imported(session(1, "x.1")))
    assert not plan.to_retract


def test_an_empty_file_retracts_nothing() -> None:
    assert not reconcile([session(1, "x.1")], imported()).to_retract


def test_a_session_that_the_export_cuts_off_at_its_start_stays_whole() -> None:
    there = [session(-1, "1.1", hours=2)]
    plan = reconcile(there, imported(session(0, "2.1"), session(3, "3.1"), exclusive=True))
    assert (names(plan.to_record), names(plan.to_retract)) == (["3.1"], [])


def test_an_answer_begins_and_ends_at_once() -> None:
    answer = pb.UserInput(question=pb.UserInput.ENERGY_NOW, answer="low")
    answer.answer_time.FromDatetime(START)
    assert span(pb.Observation(user_input=answer)) == (START, START)


def test_a_source_tells_nothing_of_what_it_names() -> None:
    assert source_name("ics", "ana", "work") != source_name("ics", "anaw", "ork")
    assert "ana" not in source_name("ics", "ana")


_SOME = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=12)


@given(_SOME, _SOME)
def test_carrying_out_a_plan_leaves_nothing_to_do(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    there = {f"{hour}.{n}": session(hour, f"{hour}.{n}") for hour, n in before}
    wanted = imported(*(session(hour, f"{hour}.{n}") for hour, n in after))
    plan = reconcile(there.values(), wanted)
    for each in plan.to_retract:
        del there[each.source_id]
    there.update({each.source_id: each for each in plan.to_record})
    again = reconcile(there.values(), wanted)
    assert not again.to_record
    assert not again.to_retract
