"""Where a client calls, and as whom."""

from __future__ import annotations

import pytest

from clients.connect import Target


@pytest.mark.parametrize(
    ("given", "environment", "address"),
    [
        ("", {}, "127.0.0.1:8000"),
        ("", {"PERSONAKIT_PORT": "8123"}, "127.0.0.1:8123"),
        ("", {"PERSONAKIT_PORT": "8123", "PERSONAKIT_ADDRESS": "a:1"}, "a:1"),
        ("b:2", {"PERSONAKIT_ADDRESS": "a:1"}, "b:2"),
    ],
)
def test_the_nearest_address_is_taken(
    given: str, environment: dict[str, str], address: str
) -> None:
    assert Target.from_environment(given, environment).address == address


def test_a_token_is_sent_and_never_printed() -> None:
    target = Target.from_environment("", {"PERSONAKIT_TOKEN": "secret"})
    assert ("authorization", "Bearer secret") in target.metadata()
    assert "secret" not in repr(target)


def test_no_token_is_no_header() -> None:
    assert [name for name, _ in Target("a:1").metadata()] == ["x-request-id"]


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "unix:/s", "localhost:1", "[::1]:8000"])
def test_what_is_on_this_machine_is_local(address: str) -> None:
    assert Target(address).is_local


@pytest.mark.parametrize("address", ["example.org:443", "https://example.org:443", "12.7.0.0:1"])
def test_what_is_elsewhere_is_not(address: str) -> None:
    assert not Target(address).is_local
