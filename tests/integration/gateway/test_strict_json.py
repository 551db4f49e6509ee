"""The JSON scanner against Python's own parser, through Envoy."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personakit.ingest.v1 import ingest_pb2
from tests.integration.gateway.fakes import World
from tests.integration.gateway.running import Running, refused

PATH = "/v1/observations"
# Envoy and the services are not made anew for each example; they keep nothing either.
few = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# JSON can write half a surrogate pair; no other language can.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.integers(0, 2**31 - 1)
sessions = st.fixed_dictionaries(
    {}, optional={"duration_minutes": numbers, "interruptions": st.none() | numbers, "label": words}
)
documents = st.fixed_dictionaries(
    {"person_id": words}, optional={"source": words, "work_session": st.none() | sessions}
)
written = st.builds(
    json.dumps,
    documents,
    indent=st.none() | st.integers(0, 3),
    ensure_ascii=st.booleans(),
    separators=st.sampled_from([(",", ":"), (" ,\t", " :\r\n")]),
)
changes = st.tuples(
    st.integers(0, 200),
    st.integers(0, 2),
    st.sampled_from([*"{}[]\",:\\0-.eu \n'", "null", "\\ud800", "\0", "é", "1e5", "NaN", "//"]),
)


@few
@given(text=written)
def test_every_document_arrives_as_python_wrote_it(
    gateway: Running, world: World, text: str
) -> None:
    world.calls.clear()
    assert gateway.call("POST", PATH, text.encode()).status == 200
    request = world.asked().request
    assert isinstance(request, ingest_pb2.RecordObservationRequest)
    sent = json.loads(text)
    assert request.observation.person_id == sent["person_id"]
    assert request.observation.source == sent.get("source", "")
    session = sent.get("work_session") or {}
    assert request.observation.work_session.label == session.get("label", "")


@few
@given(text=written, change=changes)
def test_a_changed_document_is_malformed_to_both_or_to_neither(
    gateway: Running, text: str, change: tuple[int, int, str]
) -> None:
    at, removed, added = change
    changed = text[:at] + added + text[at + removed :]
    answer = gateway.call("POST", PATH, changed.encode())
    if answer.status == 200:
        assert is_json(changed)
        return
    assert refused(answer).status == 400
    if b'"line"' in answer.body:
        assert not is_json(changed) or changed.strip()[:1] != "{"


@few
@given(body=st.binary(max_size=60))
def test_any_bytes_get_an_answer(gateway: Running, body: bytes) -> None:
    answer = gateway.call("POST", PATH, body)
    assert answer.status == 200 or refused(answer).status == 400


def is_json(text: str) -> bool:
    """Tells whether the text is JSON by the standard; Python's own parser takes a little more."""
    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return lone_surrogate(text) is None


def refuse(constant: str) -> None:
    raise ValueError(constant)


def lone_surrogate(text: str) -> re.Match[str] | None:
    pairs = re.sub(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\[^u]", "", text)
    return re.search(r"\\u[dD][89a-fA-F]", pairs)
