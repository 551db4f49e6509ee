"""What a log line says of an exception: where it comes from, and not a word of it."""

import json
import logging
from collections.abc import Callable

import pytest

from services.kit.logs import JsonFormatter

SECRET = "what ana wrote"


class DriverError(Exception):
    sqlstate = "23514"


def fail() -> None:
    try:
        raise DriverError(SECRET)
    except DriverError as error:
        raise ValueError(f"cannot store {SECRET}") from error


def fail_in_a_group() -> None:
    try:
        fail()
    except ValueError as error:
        raise ExceptionGroup(SECRET, [error]) from None


@pytest.mark.parametrize("failing", [fail, fail_in_a_group])
def test_an_exception_is_named_with_its_places_and_without_its_words(
    failing: Callable[[], None],
) -> None:
    logged = logged_of(failing)
    assert SECRET not in logged
    exception = json.loads(logged)["exception"]
    for part in ("DriverError (23514)", "ValueError", "in fail", "test_logs.py"):
        assert part in exception


def logged_of(failing: Callable[[], None]) -> str:
    try:
        failing()
    except Exception as error:
        kind = (type(error), error, error.__traceback__)
        record = logging.LogRecord("test", logging.ERROR, __file__, 1, "it failed", None, kind)
        return JsonFormatter("test").format(record)
    raise AssertionError
