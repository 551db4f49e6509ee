"""A token continues the stream of one person and mapper, and is nothing else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Invalid
from services.kit.signing import verify
from services.persona.model import PersonId
from services.persona.usecases.watching import Seen
from services.persona.watching import ResumeTokens

KEY = b"a key of persona's and feedback's"
ADA, BEN = PersonId("ada"), PersonId("ben")
SEEN = Seen(datetime(2026, 11, 17, 9, 30, 0, 250_000, UTC), 7, "near", True, False, "abc")
TOKENS = ResumeTokens(KEY)


def test_what_was_told_is_read_back() -> None:
    assert TOKENS.read(ADA, "m", TOKENS.of(ADA, "m", SEEN)) == SEEN


def test_without_a_token_nothing_was_told() -> None:
    assert TOKENS.read(ADA, "m", "") is None


def test_it_fits_into_its_field() -> None:
    assert len(TOKENS.of(PersonId("a" * 128), "m" * 64, SEEN)) <= 512


@pytest.mark.parametrize(
    ("person_id", "mapper_id", "key"),
    [(BEN, "m", KEY), (ADA, "other", KEY), (ADA, "m", b"another key")],
)
def test_it_is_of_no_other_stream(person_id: PersonId, mapper_id: str, key: bytes) -> None:
    token = TOKENS.of(ADA, "m", SEEN)
    with pytest.raises(Invalid) as refused:
        ResumeTokens(key).read(person_id, mapper_id, token)
    assert (refused.value.reason, refused.value.field) == ("RESUME_TOKEN_INVALID", "resume_token")


def test_it_is_no_suggestion() -> None:
    with pytest.raises(ValueError, match="signature"):
        verify(KEY, TOKENS.of(ADA, "m", SEEN), ADA)


@given(st.text(min_size=1, max_size=200))
def test_anything_else_is_no_token(text: str) -> None:
    with pytest.raises(Invalid):
        TOKENS.read(ADA, "m", text)
