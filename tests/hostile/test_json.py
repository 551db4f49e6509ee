"""JSON that means harm, through the gateway to real services."""

import json

import pytest

from tests.e2e.stack import Run
from tests.integration.gateway.running import Answer, Running, refused

NOON = "2026-11-17T12:00:00Z"
HALF_A_MEGABYTE = "a" * 2**19
RECORD, MANY = "/v1/observations", "/v1/observations:batch"
MALFORMED, FIELD, UNKNOWN = "MALFORMED_BODY", "INVALID_FIELD", "UNKNOWN_FIELD"


def session(start: str = f'"{NOON}"', rest: str = '"duration_minutes": 5', more: str = "") -> str:
    inner = f'{{"start_time": {start}, {rest}}}'
    return f'{{"person_id": "hostile", {more} "work_session": {inner}}}'


def reason_of(answer: Answer) -> str | None:
    return None if answer.status == 200 else refused(answer).reason


BODIES: dict[str, tuple[str | bytes, str | None]] = {
    "nothing but brackets": ("[" * 100_000, MALFORMED),
    "objects in objects": ('{"a":' * 50_000, UNKNOWN),
    "a known field, deep": ('{"work_session":' * 50_000, UNKNOWN),
    "no object": ('"text"', MALFORMED),
    "null": ("null", MALFORMED),
    "a list": ("[]", MALFORMED),
    "spaces": ("   ", MALFORMED),
    "two objects": ("{}{}", MALFORMED),
    "cut off": (session()[:-1], MALFORMED),
    "a comment": (session(more="/* */"), MALFORMED),
    "single quotes": ("{'person_id': 'a'}", MALFORMED),
    "the same name twice": (session(more='"person_id": "other",'), MALFORMED),
    "both names of a field": (session(more='"personId": "other",'), MALFORMED),
    "1e400 minutes": (session(rest='"duration_minutes": 1e400'), MALFORMED),
    "2^31 minutes": (session(rest=f'"duration_minutes": {2**31}'), MALFORMED),
    "2^63 minutes": (session(rest=f'"duration_minutes": {2**63}'), MALFORMED),
    "a thousand digits": (session(rest=f'"duration_minutes": {"9" * 1000}'), MALFORMED),
    "half a minute": (session(rest='"duration_minutes": 0.5'), MALFORMED),
    "NaN": (session(rest='"duration_minutes": NaN'), MALFORMED),
    "NaN in quotes": (session(rest='"duration_minutes": "NaN"'), MALFORMED),
    "Infinity": (session(rest='"duration_minutes": -Infinity'), MALFORMED),
    "true minutes": (session(rest='"duration_minutes": true'), MALFORMED),
    "an object for a number": (session(rest='"duration_minutes": {}'), MALFORMED),
    "half a surrogate": (session(more=r'"source": "\ud800", "source_id": "1",'), MALFORMED),
    "NUL, escaped": (session(more=r'"source": "a\u0000", "source_id": "1",'), FIELD),
    "NUL, raw": (session(more='"source": "a\0", "source_id": "1",'), MALFORMED),
    "bytes that are no UTF-8": (session(more='"source": "').encode() + b'\xff"}', MALFORMED),
    "an overlong slash": (session(more='"source": "').encode() + b'\xc0\xaf"}', MALFORMED),
    "UTF-16": (session().encode("utf-16"), MALFORMED),
    "a mark of byte order": (b"\xef\xbb\xbf" + session().encode(), MALFORMED),
    "a label of half a megabyte": (
        session(rest=f'"duration_minutes": 5, "label": "{HALF_A_MEGABYTE}"'),
        FIELD,
    ),
    "a person of half a megabyte": (session().replace("hostile", HALF_A_MEGABYTE), FIELD),
    "a name of half a megabyte": (f'{{"{HALF_A_MEGABYTE}": 1}}', UNKNOWN),
    "two megabytes": (" " * 2 * 2**20, "REQUEST_TOO_LARGE"),
    "the year 1": (session('"0001-01-01T00:00:00Z"'), FIELD),
    "the year 9999": (session('"9999-12-31T23:59:59Z"'), FIELD),
    "the year 10000": (session('"10000-01-01T00:00:00Z"'), MALFORMED),
    "the 30th of February": (session('"2026-02-30T00:00:00Z"'), MALFORMED),
    "24 o'clock": (session('"2026-11-17T24:00:00Z"'), MALFORMED),
    "an offset of 99 hours": (session('"2026-11-17T00:00:00+99:00"'), MALFORMED),
    "seconds since 1970": (session("1795000000"), MALFORMED),
    "a time to come": (session('"2090-01-01T00:00:00Z"'), "OBSERVATION_IN_FUTURE"),
    "a zone above": (session(more='"time_zone": "../../etc/passwd",'), "UNKNOWN_TIME_ZONE"),
    "a zone from the root": (session(more='"time_zone": "/etc/localtime",'), "UNKNOWN_TIME_ZONE"),
    "a zone in small letters": (session(more='"time_zone": "asia/tokyo",'), "UNKNOWN_TIME_ZONE"),
    "24 hours": (session(rest='"end_time": "2026-11-18T12:00:00Z"'), None),
    "24 hours and a second": (session(rest='"end_time": "2026-11-18T12:00:01Z"'), FIELD),
    "no time at all": (session(rest=f'"end_time": "{NOON}"'), FIELD),
    "a time backwards": (session(rest='"end_time": "2026-11-17T11:59:59Z"'), FIELD),
    "no minutes": (session(rest='"duration_minutes": 0'), FIELD),
    "end and length": (session(rest=f'"end_time": "{NOON}", "duration_minutes": 5'), FIELD),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_with_a_reason(
    unharmed: Run, gateway: Running, name: str
) -> None:
    body, reason = BODIES[name]
    assert reason_of(gateway.call("POST", RECORD, body)) == reason


def test_a_batch_is_as_large_as_it_may_be_and_no_larger(unharmed: Run, gateway: Running) -> None:
    one = json.loads(session())
    assert gateway.call("POST", MANY, {"observations": [one] * 1000}).status == 200
    found = refused(gateway.call("POST", MANY, {"observations": [one] * 1001}))
    assert (found.reason, found.fields) == (FIELD, ("observations",))


def test_a_batch_with_thousands_of_faults_is_refused_in_a_few_words(
    unharmed: Run, gateway: Running
) -> None:
    bad = {"person_id": "a b", "time_zone": "z" * 65, "source": "s" * 65, "work_session": {}}
    answer = gateway.call("POST", MANY, {"observations": [bad] * 1000})
    found = refused(answer)
    assert (found.status, found.reason) == (400, FIELD)
    assert "observations[0].person_id" in found.fields
    # It travels in a header on the way: gRPC takes 8 KiB of them, and Envoy breaks off at 60.
    assert len(answer.body) < 4096


QUERIES = {
    "a page of 1,001": "/v1/observations?person_id=ana&page_size=1001",
    "a page of 10^9": "/v1/observations?person_id=ana&page_size=1000000000",
    "a page below zero": "/v1/observations?person_id=ana&page_size=-1",
    "a page that is no number": "/v1/observations?person_id=ana&page_size=NaN",
    "a token of another list": "/v1/observations?person_id=ana&page_token=WyJ4IiwxLDJd",
    "a token of half a megabyte": "/v1/observations?person_id=ana&page_token=" + "a" * 20_000,
    "a time to suggest for that never was": "/v1/suggestions?person_id=ana&at=0000-00-00",
    "the end of time": "/v1/people/ana/mindscape?at=9999-12-31T23:59:59Z",
    "a person that is a path": "/v1/people/..%2f..%2fetc/mindscape",
    "a person of NUL": "/v1/people/%00/mindscape",
    "a person that is no UTF-8": "/v1/people/%ff/mindscape",
    "half an escape": "/v1/people/%/mindscape",
    "a field of a field": "/v1/observations?person_id.x=1",
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_hostile_query_is_refused_with_a_reason(
    unharmed: Run, gateway: Running, name: str
) -> None:
    answer = gateway.call("GET", QUERIES[name])
    assert 400 <= answer.status < 500
    assert refused(answer).reason


Headers = dict[str, str]
WRONG: dict[str, tuple[Headers, str | None]] = {
    "plain text": ({"content_type": "text/plain"}, None),
    "a form": ({"content_type": "application/x-www-form-urlencoded"}, None),
    "XML": ({"content_type": "application/xml"}, None),
    "another character set": ({"content_type": "application/json; charset=utf-16"}, None),
    "gRPC without its frame": ({"content_type": "application/grpc"}, "grpc"),
    "half a gRPC": ({"content_type": "application/grpc-"}, None),
    "two hundred headers": ({f"x-{n}": "1" for n in range(200)}, "REQUEST_TOO_LARGE"),
    "a header of 64 KB": ({"x-long": "a" * 65536}, "REQUEST_TOO_LARGE"),
    "a request id of 30 KB": ({"x_request_id": "a" * 30_000}, None),
    "a deadline that is none": ({"grpc_timeout": "-99999999999H"}, None),
}


@pytest.mark.parametrize("name", WRONG)
def test_hostile_headers_change_nothing_or_are_refused(
    unharmed: Run, gateway: Running, name: str
) -> None:
    headers, reason = WRONG[name]
    answer = gateway.call("POST", RECORD, session(), **headers)
    if reason == "grpc":
        assert int(answer.headers["grpc-status"]) > 0
    else:
        assert reason_of(answer) == reason


def test_a_body_may_come_in_chunks(unharmed: Run, gateway: Running) -> None:
    answer = gateway.call("POST", RECORD, iter([session().encode()]))
    assert answer.status == 200
    too_many = iter([b" " * 2**16] * 17)
    assert reason_of(gateway.call("POST", RECORD, too_many)) == "REQUEST_TOO_LARGE"
