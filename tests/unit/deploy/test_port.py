"""Which port the stack takes, and what it says when it cannot have it."""

import socket

import pytest

from deploy.local.port import HOST, chosen_port, refuse_taken
from deploy.local.trouble import CannotRun


def test_without_a_choice_the_port_is_8000() -> None:
    assert chosen_port({}) == 8000
    assert chosen_port({"PERSONAKIT_PORT": ""}) == 8000


def test_a_chosen_port_is_taken() -> None:
    assert chosen_port({"PERSONAKIT_PORT": "9123"}) == 9123


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80x", "8000 ", "٣٣٣", "http"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CannotRun):
        chosen_port({"PERSONAKIT_PORT": text})


def test_a_taken_port_is_refused_by_its_number() -> None:
    with socket.create_server((HOST, 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(CannotRun, match=str(port)):
            refuse_taken(port)


def test_a_free_port_is_not_refused() -> None:
    with socket.create_server((HOST, 0)) as holder:
        port = holder.getsockname()[1]
    refuse_taken(port)
