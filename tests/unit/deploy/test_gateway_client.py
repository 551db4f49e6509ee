"""What is made of the gateway's answers, and of what is none."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.local.gateway_client import get, get_object
from deploy.local.port import HOST


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"at": 1}', {"at": 1}),
        (b'HTTP/1.1 200 OK\r\n\r\n{"at": ', {}),
        (b"HTTP/1.1 200 OK\r\n\r\n[]", {}),
        (b'HTTP/1.1 503 Service Unavailable\r\n\r\n{"code": 14}', {}),
        (b"HTTP/1.1", {}),
        (b"", {}),
    ],
)
def test_only_the_object_of_a_whole_good_answer_counts(
    answer: bytes, found: dict[str, object]
) -> None:
    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor(1) as others:
        others.submit(_answer, server, answer)
        assert get_object(server.getsockname()[1], "/health", "token") == found


def test_where_nobody_listens_there_is_no_answer() -> None:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    assert get(port, "/health") is None


def _answer(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)
