"""What no message may hold, whatever its rules say."""

import pytest

from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.persona.v1 import persona_pb2 as persona
from services.kit.status import InvalidFields
from services.kit.validation import check_rules


def refused_fields(
    request: ingest.ListObservationsRequest | persona.GeneratePersonaRequest,
) -> set[str]:
    with pytest.raises(InvalidFields) as caught:
        check_rules(request)
    return {field for field, _ in caught.value.violations}


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(2**62, 0), (-(2**63), 0), (0, -1), (0, 10**9), (253402300800, 0)]
)
def test_a_moment_that_no_calendar_has_is_refused(seconds: int, nanos: int) -> None:
    request = ingest.ListObservationsRequest(person_id="ana")
    request.until_time.seconds, request.until_time.nanos = seconds, nanos
    assert refused_fields(request) == {"until_time"}


@pytest.mark.parametrize(("seconds", "nanos"), [(1, -1), (60, 2**31 - 1)])
def test_a_length_of_time_in_two_directions_is_refused(seconds: int, nanos: int) -> None:
    request = persona.GeneratePersonaRequest(person_id="ana")
    request.ttl.seconds, request.ttl.nanos = seconds, nanos
    assert refused_fields(request) == {"ttl"}


def test_the_path_leads_into_lists() -> None:
    bad = ingest.Observation(person_id="ana", calendar_event=ingest.CalendarEvent())
    bad.calendar_event.start_time.seconds = bad.calendar_event.end_time.seconds = 1_795_000_000
    bad.calendar_event.end_time.nanos = -5
    with pytest.raises(InvalidFields) as caught:
        check_rules(ingest.RecordObservationsRequest(observations=[bad]))
    assert [field for field, _ in caught.value.violations] == [
        "observations[0].calendar_event.end_time"
    ]


def test_the_first_and_the_last_moment_are_taken() -> None:
    request = ingest.ListObservationsRequest(person_id="ana")
    request.from_time.seconds = -62135596800
    request.until_time.seconds, request.until_time.nanos = 253402300799, 999_999_999
    check_rules(request)


def test_of_many_faults_the_first_ten_are_named() -> None:
    faulty = ingest.RecordObservationsRequest(observations=[ingest.Observation()] * 1000)
    with pytest.raises(InvalidFields) as caught:
        check_rules(faulty)
    assert len(caught.value.violations) == 10
    assert len(caught.value.message) < 2048
