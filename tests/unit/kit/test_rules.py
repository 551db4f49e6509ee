"""The compiled rules: never more lenient than protovalidate, and as lenient where it counts."""

import importlib
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personakit.ingest.v1 import ingest_pb2 as pb
from services.kit.rules import soundness
from services.kit.status import InvalidFields
from services.kit.validation import broken_rules, check_rules
from tests.hostile.messages import messages

REQUESTS = {
    method.name: method.input_type
    for context in ("ingest", "profiler", "persona", "feedback")
    for service in importlib.import_module(
        f"personakit.{context}.v1.{context}_pb2"
    ).DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
HOT = pb.RecordObservationRequest.DESCRIPTOR


def is_sound(message: Message) -> bool:
    return soundness(message.DESCRIPTOR)(message)


def observation(**given: Any) -> pb.RecordObservationRequest:
    request = pb.RecordObservationRequest(
        observation=pb.Observation(
            person_id="ana",
            work_session=pb.WorkSession(duration_minutes=90, productivity_score=4),
        )
    )
    request.observation.work_session.start_time.seconds = 1_763_337_600
    request.observation.MergeFrom(pb.Observation(**given))
    return request


@pytest.mark.parametrize("kind", REQUESTS.values(), ids=REQUESTS)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_sound_breaks_no_rule(kind: Descriptor, data: st.DataObject) -> None:
    message = data.draw(messages(kind))
    if is_sound(message):
        assert not broken_rules(message)


@given(request=messages(HOT))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_session_or_an_event_that_breaks_no_rule_is_sound(
    request: pb.RecordObservationRequest,
) -> None:
    if request.observation.HasField("user_input"):
        return
    assert is_sound(request) == (not broken_rules(request))


@pytest.mark.parametrize(
    "given",
    [
        {"person_id": ""},
        {"person_id": "ana\n"},
        {"person_id": "a" * 129},
        {"person_id": "añá"},
        {"time_zone": "a" * 65},
        {"source": "toggl"},
        {"source_id": "1"},
        {"source": "to\0ggl", "source_id": "1"},
        {"request_id": "\0"},
        {"work_session": pb.WorkSession(duration_minutes=0)},
        {"work_session": pb.WorkSession(duration_minutes=1441)},
        {"work_session": pb.WorkSession(productivity_score=6)},
        {"work_session": pb.WorkSession(start_time=Timestamp(seconds=946684799))},
        {"work_session": pb.WorkSession(start_time=Timestamp(seconds=4102444800))},
        {"work_session": pb.WorkSession(start_time=Timestamp(nanos=-1))},
        {"work_session": pb.WorkSession(end_time=Timestamp(seconds=1_763_340_000))},
        {"work_session": pb.WorkSession(label="a" * 201)},
        {"calendar_event": pb.CalendarEvent()},
        {"record_time": Timestamp(seconds=2**40)},
    ],
)
def test_what_breaks_one_rule_is_not_sound(given: dict[str, Any]) -> None:
    request = observation(**given)
    if given == {"person_id": ""}:
        request.observation.person_id = ""
    assert not is_sound(request)
    with pytest.raises(InvalidFields):
        check_rules(request)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"person_id": "a" * 128},
        {"time_zone": "ü" * 64},
        {"source": "toggl", "source_id": "1"},
        {"work_session": pb.WorkSession(duration_minutes=1440, interruptions=0)},
        {
            "work_session": pb.WorkSession(
                start_time=Timestamp(seconds=946684800, nanos=999_999_999)
            )
        },
    ],
)
def test_what_is_at_the_edge_of_a_rule_is_sound(given: dict[str, Any]) -> None:
    request = observation(**given)
    assert is_sound(request)
    assert not broken_rules(request)


def test_an_observation_in_a_list_is_looked_at_too() -> None:
    fine, faulty = observation().observation, observation(person_id="ana\n").observation
    assert is_sound(pb.RecordObservationsRequest(observations=[fine, fine]))
    assert not is_sound(pb.RecordObservationsRequest(observations=[fine, faulty]))
    assert not is_sound(pb.RecordObservationsRequest())
