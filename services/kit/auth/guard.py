"""Decides which calls pass: a token has to allow the method, and the person it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message

from services.kit.auth.access import Access, access_of, people_in
from services.kit.errors import PermissionDenied, Unauthenticated

AUTHORIZATION = "authorization"


@dataclass(frozen=True)
class Caller:
    """Who a token speaks for. With a `person`, it is good for that person only."""

    subject: str
    scopes: frozenset[str]
    person: str | None
    # Seconds since 1970.
    expires_at: float


class Tokens(Protocol):
    """What can tell a token of this system from any other text."""

    def read(self, token: str) -> Caller:
        """Returns who the token speaks for now; raises `Unauthenticated`."""


class Guard:
    """Stands before every method; without `tokens` it lets everybody pass."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def gate(self, method: str) -> "Gate":
        """Returns the gate of one method of PersonaKit, to be kept for all its calls."""
        return Gate(access_of(method), self._tokens)


@dataclass(frozen=True)
class Gate:
    """What one method asks of its callers."""

    access: Access
    tokens: Tokens | None

    def caller(self, headers: Mapping[str, str]) -> Caller | None:
        """Returns who calls, None for anybody; raises `Unauthenticated` or `PermissionDenied`."""
        if self.tokens is None or self.access.public:
            return None
        caller = self.tokens.read(_token(headers))
        if not self.access.scope:
            raise PermissionDenied("SCOPE_MISSING", "the method declares no scope: nobody may")
        if self.access.scope not in caller.scopes:
            raise PermissionDenied("SCOPE_MISSING", f"the token lacks {self.access.scope}")
        if caller.person is not None and not self.access.people:
            raise PermissionDenied("OTHER_PERSON", "the token is for one person's requests only")
        return caller

    def check(self, headers: Mapping[str, str], request: Message) -> None:
        """Returns if the caller may send the message, now: a stream can outlive its token."""
        caller = self.caller(headers)
        if caller is None or caller.person is None:
            return
        named = {one for path in self.access.people for one in people_in(request, path)}
        if named != {caller.person}:
            raise PermissionDenied("OTHER_PERSON", "the token is for another person")


def _token(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get(AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("TOKEN_MISSING", "send a token: authorization: Bearer ...")
    return token.strip()
