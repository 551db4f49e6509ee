"""Named values become numbered ones, and nothing else changes."""

import pytest

from services.kit.sql import Sql


def test_a_name_has_one_number_however_often_it_comes() -> None:
    sql = Sql("SELECT :person, :now WHERE person = :person")
    assert sql.text == "SELECT $1, $2 WHERE person = $1"
    assert sql.arguments({"now": 2, "person": 1, "other": 3}) == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT now()::date",
        "SELECT '10:30', 'it''s :quoted'",
        'SELECT ":column"',
        "SELECT days[first:last]",
        "SELECT 1 -- :comment",
        "SELECT /* :comment */ 1",
        "DO $body$ SELECT :value $body$",
        "DO $$ SELECT ':value' $$",
    ],
)
def test_what_is_no_value_stays(text: str) -> None:
    sql = Sql(text)
    assert (sql.text, sql.names) == (text, [])


def test_a_value_may_be_cast_and_follow_what_is_quoted() -> None:
    sql = Sql("SELECT 'a:b' || :text::text, days[:first]")
    assert sql.text == "SELECT 'a:b' || $1::text, days[$2]"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        Sql("SELECT :person").arguments({})
