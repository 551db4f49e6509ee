"""Observations through every form they have: message, model, what is stored, and back."""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, given, settings

from personakit.ingest.v1 import ingest_pb2 as pb
from services.ingest.api import from_proto, to_proto
from services.ingest.model import Draft, Observation, ObservationId
from services.ingest.store.bodies import from_body, to_body
from services.kit.errors import Refusal
from services.kit.validation import check_rules
from tests.hostile.budget import EXAMPLES
from tests.hostile.messages import messages

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAME = ObservationId(str(UUID(int=7)))
TRIES = settings(
    max_examples=20 * EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(600)
@TRIES
@given(messages(pb.Observation.DESCRIPTOR))
def test_an_observation_is_refused_or_comes_back_as_it_was(message: pb.Observation) -> None:
    draft = accepted(message)
    event("accepted" if draft else "refused")
    if draft is None:
        return
    content, named = draft.content, (draft.source, draft.source_id)
    kept = Observation(draft.person_id, NAME, draft.time_zone, content, NOW, *named)
    assert from_body(kept.kind, to_body(content), content.start, content.end) == content
    returned = to_proto(kept)
    again = from_proto(returned, NOW, "observation")
    assert (again.content, again.source, again.source_id) == (content, *named)
    kind = cast("str", message.WhichOneof("kind"))
    sent, answered = getattr(message, kind), getattr(returned, kind)
    for field, value in sent.ListFields():
        # Moments are kept in microseconds; a length is answered with the end.
        if field.message_type is None and field.name != "duration_minutes":
            assert getattr(answered, field.name) == value


def accepted(message: pb.Observation) -> Draft | None:
    """Returns the draft; any exception but a refusal fails the test."""
    try:
        check_rules(message)
        return from_proto(message, NOW, "observation")
    except Refusal:
        return None
