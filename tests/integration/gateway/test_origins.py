"""Who may reach a gateway that asks for no token: this machine, and pages that were named."""

from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo

from gateway.config import Gateway
from tests.integration.gateway.conftest import NAMED_ORIGIN, Serve
from tests.integration.gateway.fakes import World
from tests.integration.gateway.running import Refused, Running, refused
from tests.integration.gateway.test_grpc import details_of, get_person, open_channel
from tests.tokens import Issuer

FOREIGN = Refused(403, 7, "FOREIGN_ORIGIN")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:80", "[::1]"])
def test_a_loopback_host_is_served(gateway: Running, host: str) -> None:
    assert gateway.call("GET", "/v1/people/ana", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000:127.0.0.1",
        "localhost:8000@evil.example",
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104 - refused
        "[::1",
        "[::2]:80",
        "192.168.1.5",
    ],
)
def test_a_foreign_host_is_refused(gateway: Running, world: World, host: str) -> None:
    answer = gateway.call("GET", "/v1/people/ana", Host=host)
    assert refused(answer) in {FOREIGN, Refused(400, 3, "MALFORMED_BODY")}
    assert world.calls == []


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"]
)
def test_the_own_pages_are_served(gateway: Running, origin: str) -> None:
    answer = gateway.call("GET", "/v1/people/ana", Host="localhost:8000", Origin=origin)
    assert answer.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "https://localhost:8000"},
        {"Origin": "http://evil.example:8000"},
        {"Origin": f"{NAMED_ORIGIN}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_gets_nothing(
    gateway: Running, world: World, headers: dict[str, str]
) -> None:
    simple_post = {"Content-Type": "text/plain", "Host": "localhost:8000"}
    answer = gateway.call("POST", "/v1/feedback", "{}", **simple_post, **headers)
    assert refused(answer) == FOREIGN
    assert "access-control-allow-origin" not in answer.headers
    preflight = {"Access-Control-Request-Method": "POST", "Host": "localhost:8000"}
    answer = gateway.call("OPTIONS", "/v1/feedback", **preflight, **headers)
    assert refused(answer) == FOREIGN
    assert world.calls == []


def test_a_named_origin_may_call(gateway: Running, world: World) -> None:
    site = {"Origin": NAMED_ORIGIN, "Sec-Fetch-Site": "cross-site"}
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = gateway.call("OPTIONS", "/v1/feedback", **site, **ask)
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == NAMED_ORIGIN
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = gateway.call("POST", "/v1/feedback", {"person_id": "ana"}, **site)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == NAMED_ORIGIN
    assert "x-request-id" in answer.headers["access-control-expose-headers"]
    assert world.asked().method == "SubmitFeedback"


def test_no_origin_is_named_by_default(serve: Serve) -> None:
    gateway = serve(allowed_origins=())
    assert refused(gateway.call("GET", "/v1/people/ana", Origin=NAMED_ORIGIN)) == FOREIGN


def test_a_gateway_with_tokens_leaves_the_host_alone_and_still_names_origins(
    serve: Serve, tmp_path: Path
) -> None:
    token = Issuer(tmp_path).token()
    gateway = serve(jwks=str(tmp_path / "jwks.json"))
    site = {"Host": "kit.example", "Origin": "https://evil.example"}
    answer = gateway.call("GET", "/v1/people/ana", authorization=f"Bearer {token}", **site)
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers


def test_a_foreign_authority_is_refused_over_grpc_too(gateway: Running, world: World) -> None:
    options = [("grpc.default_authority", "evil.example:8000")]
    with open_channel(gateway, options) as channel, pytest.raises(grpc.RpcError) as caught:
        get_person(channel)
    error = caught.value
    assert isinstance(error, grpc.Call)
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED
    assert details_of(error, ErrorInfo()).reason == "FOREIGN_ORIGIN"
    assert world.calls == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])  # noqa: S104 - refused
def test_a_gateway_without_tokens_never_listens_beyond_this_machine(host: str) -> None:
    with pytest.raises(ValueError, match="tokens"):
        Gateway("unix:/a", "unix:/b", "unix:/c", "unix:/d", host=host)


def test_services_are_all_on_sockets_or_all_on_the_network() -> None:
    with pytest.raises(ValueError, match="sockets"):
        Gateway("unix:/a", "profiler:80", "unix:/c", "unix:/d")
