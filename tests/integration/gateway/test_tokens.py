"""With keys, the gateway asks for a token of this system before anything reaches a service."""

import time
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo

from tests.integration.gateway.conftest import Serve
from tests.integration.gateway.fakes import World
from tests.integration.gateway.running import Refused, Running, refused
from tests.integration.gateway.test_grpc import details_of
from tests.integration.gateway.test_grpc import refused as grpc_refused
from tests.tokens import Issuer, by_another_key, unsigned

ANA = "/v1/people/ana"
BAD, OLD, NONE = (
    Refused(401, 16, reason) for reason in ("TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_MISSING")
)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
def guarded(serve: Serve, issuer: Issuer, tmp_path: Path) -> Running:
    return serve(jwks=str(tmp_path / "jwks.json"))


def get(gateway: Running, token: str, path: str = ANA) -> Refused | int:
    """Returns how the call was refused, or its status."""
    answer = gateway.call("GET", path, **({"authorization": f"Bearer {token}"} if token else {}))
    return answer.status if answer.status == 200 else refused(answer)


def test_a_good_token_passes_and_reaches_the_service(
    guarded: Running, issuer: Issuer, world: World
) -> None:
    token = issuer.token()
    assert get(guarded, token) == 200
    assert world.asked().metadata["authorization"] == f"Bearer {token}"


def test_what_is_no_token_of_ours_reaches_no_service(
    guarded: Running, issuer: Issuer, world: World
) -> None:
    head, claims, _ = issuer.token().split(".")
    bad = [
        "garbage",
        "a.b.c",
        f"{head}.{claims}.",
        issuer.forge({}, sign=by_another_key),
        issuer.forge({}, header={"kid": "another"}),
        issuer.forge({}, header={"alg": "none"}, sign=unsigned),
        *(issuer.hmac_with_public_key(form) for form in ("raw", "text", "pem")),
        issuer.token(aud="others"),
        issuer.token(iss="others"),
        issuer.token(nbf=time.time() + 3600),
        issuer.forge({}, without="exp"),
    ]
    assert [get(guarded, token) for token in bad] == [BAD] * len(bad)
    assert get(guarded, issuer.token(exp=int(time.time()) - 60)) == OLD
    assert get(guarded, "") == NONE
    assert world.calls == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/observations?person_id=ana",
        "/nowhere",
        "/health/",
        "/health/../v1/people/ana",
        "/docs2",
    ],
)
def test_every_path_asks_for_a_token(guarded: Running, path: str) -> None:
    assert get(guarded, "", path) == NONE


def test_a_token_in_the_address_is_none(guarded: Running, issuer: Issuer) -> None:
    assert get(guarded, "", f"{ANA}?access_token={issuer.token()}") == NONE


@pytest.mark.parametrize("path", ["/health", "/docs", "/openapi.json"])
def test_what_tells_nothing_about_anybody_is_open(guarded: Running, path: str) -> None:
    assert get(guarded, "", path) == 200
    assert get(guarded, "garbage", path) == 200


def test_a_grpc_caller_learns_the_reason_too(guarded: Running) -> None:
    error = grpc_refused(guarded)
    assert error.code() is grpc.StatusCode.UNAUTHENTICATED
    assert details_of(error, ErrorInfo()).reason == "TOKEN_MISSING"


def wait_for(ask: Callable[[], object], wanted: object) -> None:
    deadline = time.monotonic() + 10
    while ask() != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_keys_are_rotated_without_a_restart(guarded: Running, issuer: Issuer) -> None:
    old, kid = issuer.token(), issuer.jwk["kid"]
    assert get(guarded, old) == 200
    issuer.ring.rotate("token")
    new = issuer.token()
    wait_for(lambda: get(guarded, new), 200)
    assert get(guarded, old) == 200
    issuer.ring.retire(kid)
    wait_for(lambda: get(guarded, old), BAD)
    assert get(guarded, new) == 200
