"""What was retracted was never seen: the law, through the real services."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personakit.ingest.v1 import ingest_pb2 as ingest
from tests.integration.person_data.system import System, a_meeting, a_session, an_answer

START = datetime(2026, 11, 2, tzinfo=UTC)
_numbers = count(1)

moments = st.builds(
    lambda day, minutes: START + timedelta(days=day, minutes=minutes),
    st.integers(0, 16),
    st.integers(0, 1439),
).map(datetime.isoformat)
ANSWERS = [
    ("USUAL_START", "07:30"),
    ("MOST_PRODUCTIVE", "evening"),
    ("FOCUS_LENGTH", "30min"),
    ("FLOW_DISRUPTOR", "slack"),
    ("ENERGY_NOW", "low"),
]
observations = st.one_of(
    st.builds(
        lambda at, minutes, score: a_session("", at, minutes, score=score),
        moments,
        st.integers(1, 300),
        st.integers(1, 5),
    ),
    st.builds(lambda at, minutes: a_meeting("", at, "", minutes), moments, st.integers(5, 120)),
    st.builds(
        lambda said, at: an_answer("", said[0], said[1], at), st.sampled_from(ANSWERS), moments
    ),
)
seen = st.tuples(observations, st.sampled_from(["kept", "retracted at once", "retracted late"]))


def of(person_id: str, one: ingest.Observation) -> ingest.Observation:
    copied = ingest.Observation()
    copied.CopyFrom(one)
    copied.person_id = person_id
    return copied


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(seen, min_size=1, max_size=12))
async def test_a_retracted_observation_leaves_the_mindscape_that_never_saw_it(
    system: System, life: Sequence[tuple[ingest.Observation, str]]
) -> None:
    number = next(_numbers)
    saw, never = f"saw-{number}", f"never-{number}"
    late: list[str] = []
    for one, fate in life:
        (observation_id,) = await system.record(of(saw, one))
        if fate == "retracted at once":
            await system.retract(saw, observation_id)
        elif fate == "retracted late":
            late.append(observation_id)
    await system.settle(saw)
    for observation_id in late:
        await system.retract(saw, observation_id)
    kept = [of(never, one) for one, fate in life if fate == "kept"]
    if kept:
        await system.record(*kept)
    assert await system.traits(saw) == await system.traits(never)
