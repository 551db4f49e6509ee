"""Page tokens and signed tokens."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Invalid
from services.kit.paging import Position, decode_cursor, encode_cursor, page_size
from services.kit.signing import sign, verify

KEY = b"a key"


def as_tuple(*values: str) -> tuple[str, ...]:
    return values


@given(st.lists(st.text()))
def test_a_cursor_comes_back_as_it_was(values: list[str]) -> None:
    assert decode_cursor("list", encode_cursor("list", *values), as_tuple) == tuple(values)


@given(st.text(min_size=1))
def test_a_token_that_is_no_cursor_of_the_list_is_refused(token: str) -> None:
    with pytest.raises(Invalid) as caught:
        Position.of("list", token)
    assert (caught.value.reason, caught.value.field) == ("INVALID_PAGE_TOKEN", "page_token")


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(Invalid):
        decode_cursor("list", encode_cursor("other", "1"), as_tuple)


@given(st.lists(st.text(), max_size=3))
def test_a_made_up_cursor_of_the_right_list_is_refused(values: list[str]) -> None:
    with pytest.raises(Invalid):
        Position.of("list", encode_cursor("list", *values))


def test_a_position_comes_back_as_it_was() -> None:
    position = Position(datetime(2026, 11, 17, 9, 30, 0, 123456, UTC), UUID(int=7))
    assert Position.of("list", position.token("list")) == position


def test_pages_have_a_hundred_rows_unless_asked_and_a_thousand_at_most() -> None:
    assert [page_size(asked) for asked in (0, 1, 5000)] == [100, 1, 1000]


@given(st.binary(), st.text())
def test_a_signed_message_comes_back_to_whom_it_was_signed_for(message: bytes, name: str) -> None:
    assert verify(KEY, sign(KEY, message, name), name) == message


@given(st.binary(), st.text(), st.text())
def test_a_token_is_good_for_one_name_and_key(message: bytes, name: str, other: str) -> None:
    token = sign(KEY, message, name)
    with pytest.raises(ValueError, match="signature"):
        verify(b"another key", token, name)
    if other != name:
        with pytest.raises(ValueError, match="signature"):
            verify(KEY, token, other)


@given(st.text(max_size=60))
def test_no_text_is_a_signed_token_by_chance(token: str) -> None:
    with pytest.raises(ValueError, match="sign"):
        verify(KEY, token, "ana")


def test_a_token_has_one_spelling() -> None:
    token = sign(KEY, b"message", "ana")
    with pytest.raises(ValueError, match="signature"):
        verify(KEY, token + "=", "ana")
