"""Every method of every service, with every kind of token: none passes but the right one.

The methods come from the descriptors, so that one to come is tried without being named here.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc import StatusCode

from tests.contracts import is_public, methods, names_people, path, request_about, scope
from tests.refusals import refusal_of
from tests.tokens import Issuer, by_another_key, unsigned

Outcome: TypeAlias = tuple[StatusCode, str]
Forge: TypeAlias = Callable[[Issuer, MethodDescriptor], str]

MISSING = (StatusCode.UNAUTHENTICATED, "TOKEN_MISSING")
INVALID = (StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")
EXPIRED = (StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")
SCOPE = (StatusCode.PERMISSION_DENIED, "SCOPE_MISSING")
PERSON = (StatusCode.PERMISSION_DENIED, "OTHER_PERSON")

SECONDS = 5.0
ENDLESS_SECONDS = 1.0
"""Streams that are let in go on for an hour; those that are not end at once."""
METHODS = list(methods())
SCOPES = {scope(method) for method in METHODS}


def right(issuer: Issuer, method: MethodDescriptor, **claims: object) -> str:
    return issuer.token(scope=scope(method), **claims)


def forged(issuer: Issuer, method: MethodDescriptor, **how: Any) -> str:
    return issuer.forge({"scope": scope(method)}, **how)


def all_other_scopes(issuer: Issuer, method: MethodDescriptor) -> str:
    return issuer.token(scope=" ".join(SCOPES - {scope(method)}))


REFUSED: dict[str, tuple[Forge, Outcome]] = {
    "no token": (lambda issuer, method: "", MISSING),
    "garbage": (lambda issuer, method: "garbage", INVALID),
    "expired": (lambda issuer, method: right(issuer, method, exp=int(time.time()) - 60), EXPIRED),
    "wrong key": (lambda issuer, method: forged(issuer, method, sign=by_another_key), INVALID),
    "unknown key": (lambda issuer, method: forged(issuer, method, header={"kid": "x"}), INVALID),
    "algorithm none": (
        lambda issuer, method: forged(issuer, method, header={"alg": "none"}, sign=unsigned),
        INVALID,
    ),
    "HS256 with the public key": (
        lambda issuer, method: issuer.hmac_with_public_key("raw", scope=scope(method)),
        INVALID,
    ),
    "wrong audience": (lambda issuer, method: right(issuer, method, aud="others"), INVALID),
    "never ends": (lambda issuer, method: forged(issuer, method, without="exp"), INVALID),
    "wrong scopes": (all_other_scopes, SCOPE),
    "another person's": (lambda issuer, method: right(issuer, method, person="bob"), PERSON),
}
RIGHT: dict[str, Forge] = {
    "right": right,
    "right and for the person": lambda issuer, method: right(issuer, method, person="ana"),
}


async def test_the_descriptors_name_the_methods() -> None:
    assert {"RecordObservation", "GetMindscape", "Suggest", "SubmitFeedback", "GetHealth"} <= {
        method.name for method in METHODS
    }


@pytest.mark.parametrize("case", REFUSED)
async def test_a_token_that_is_not_right_is_refused_by_every_method(
    channels: dict[str, grpc.aio.Channel], issuer: Issuer, case: str
) -> None:
    forge, refusal = REFUSED[case]
    guarded = [method for method in METHODS if not is_public(method)]
    tokens = {path(method): forge(issuer, method) for method in guarded}
    outcomes = await ask_all(channels, guarded, tokens)
    assert outcomes == {path(method): {refusal} for method in guarded}


@pytest.mark.parametrize("case", RIGHT)
async def test_the_right_token_passes_every_method(
    channels: dict[str, grpc.aio.Channel], issuer: Issuer, case: str
) -> None:
    guarded = [method for method in METHODS if names_people(method)]
    tokens = {path(method): RIGHT[case](issuer, method) for method in guarded}
    outcomes = await ask_all(channels, guarded, tokens, ENDLESS_SECONDS)
    refusals = {MISSING, INVALID, EXPIRED, SCOPE, PERSON}
    assert {name: found for name, found in outcomes.items() if found & refusals} == {}


@pytest.mark.parametrize("token", ["", "garbage"])
async def test_a_public_method_asks_for_nothing(
    channels: dict[str, grpc.aio.Channel], token: str
) -> None:
    public = [method for method in METHODS if is_public(method)]
    outcomes = await ask_all(channels, public, {path(method): token for method in public})
    assert outcomes == {path(method): {(StatusCode.OK, "")} for method in public}


async def ask_all(
    channels: dict[str, grpc.aio.Channel],
    asked: list[MethodDescriptor],
    tokens: dict[str, str],
    stream_seconds: float = SECONDS,
) -> dict[str, set[Outcome]]:
    """Returns, for each method, what the services that have it answer; some service must."""
    answers = await asyncio.gather(
        *(
            ask(channel, method, tokens[path(method)], stream_seconds)
            for method in asked
            for channel in channels.values()
        )
    )
    found: dict[str, set[Outcome]] = {path(method): set() for method in asked}
    for name, outcome in answers:
        if outcome[0] is not StatusCode.UNIMPLEMENTED:
            found[name].add(outcome)
    assert all(found.values()), found
    return found


async def ask(
    channel: grpc.aio.Channel, method: MethodDescriptor, token: str, stream_seconds: float
) -> tuple[str, Outcome]:
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    try:
        await call(channel, method, request_about(method, "ana"), metadata, stream_seconds)
    except grpc.aio.AioRpcError as error:
        # gRPC's own answers, such as that there is no such method, have no reason.
        coded = error.code() in {StatusCode.UNIMPLEMENTED, StatusCode.DEADLINE_EXCEEDED}
        return path(method), (error.code(), "" if coded else refusal_of(error).reason)
    return path(method), (StatusCode.OK, "")


async def call(
    channel: grpc.aio.Channel,
    method: MethodDescriptor,
    request: Message,
    metadata: tuple[tuple[str, str], ...],
    stream_seconds: float,
) -> None:
    sends, answers = ("stream" if many else "unary" for many in streams(method))
    stub = getattr(channel, f"{sends}_{answers}")(
        path(method),
        request_serializer=GetMessageClass(method.input_type).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    under_way = stub(
        iter([request]) if method.client_streaming else request,
        metadata=metadata,
        timeout=stream_seconds if method.server_streaming else SECONDS,
    )
    if method.server_streaming:
        async for _ in under_way:
            pass
    else:
        await under_way


def streams(method: MethodDescriptor) -> tuple[bool, bool]:
    return method.client_streaming, method.server_streaming
