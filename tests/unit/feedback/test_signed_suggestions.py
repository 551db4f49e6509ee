"""Only what persona signed for a person is a suggestion to that person."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personakit.persona.v1.persona_pb2 import SuggestionTicket
from services.feedback.api import SignedSuggestions
from services.feedback.model import PersonId
from services.kit.signing import sign

KEY = b"a key of persona's and feedback's"
ANA, BEN = PersonId("ana"), PersonId("ben")
TICKET = SuggestionTicket(
    persona_id=UUID(int=7).bytes,
    type="break",
    trait="work.focus_duration",
    at=1_795_000_000,
    time_zone="Asia/Tokyo",
    expire_at=1_795_003_600,
    ordinal=2,
)
SIGNED = sign(KEY, TICKET.SerializeToString(), ANA)


def test_a_signed_suggestion_is_read_back() -> None:
    found = SignedSuggestions(KEY).find(ANA, SIGNED)
    assert found is not None
    assert (found.persona_id, found.ordinal) == (UUID(int=7), 2)
    assert (found.suggestion_type, found.trait) == ("break", "work.focus_duration")
    assert found.at == datetime.fromtimestamp(1_795_000_000, UTC)
    assert found.zone.key == "Asia/Tokyo"
    assert found.expires_at == datetime.fromtimestamp(1_795_003_600, UTC)


def test_it_is_nobody_elses() -> None:
    assert SignedSuggestions(KEY).find(BEN, SIGNED) is None


def test_another_key_signs_nothing() -> None:
    assert SignedSuggestions(b"another key").find(ANA, SIGNED) is None


@pytest.mark.parametrize(
    "written", [SIGNED + "=", SIGNED + "\n", "\0" + SIGNED, SIGNED[:9] + "!" + SIGNED[9:]]
)
def test_another_way_to_write_the_same_bytes_is_not_the_suggestion(written: str) -> None:
    assert SignedSuggestions(KEY).find(ANA, written) is None


@given(st.text(max_size=200))
def test_anything_else_is_no_suggestion(text: str) -> None:
    assert SignedSuggestions(KEY).find(ANA, text) is None
