"""Page tokens: where a list goes on, opaque to the caller."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from services.kit.errors import Invalid

PlaceT = TypeVar("PlaceT")

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1000


def page_size(asked: int) -> int:
    """Returns how many rows a page has: 100 unless asked, at most 1,000."""
    return min(asked, LARGEST_PAGE_SIZE) if asked > 0 else DEFAULT_PAGE_SIZE


def encode_cursor(list_name: str, *values: str) -> str:
    """Returns a token that says after which values the list called `list_name` goes on."""
    return urlsafe_b64encode(json.dumps([list_name, *values]).encode()).decode().rstrip("=")


def decode_cursor(list_name: str, token: str, read: Callable[..., PlaceT]) -> PlaceT | None:
    """Returns what `read` makes of a token's values, None for an empty token.

    Refuses a token of another list, and one whose values `read` cannot take (`ValueError`,
    `TypeError` or `OverflowError`): tokens are not signed, so anybody can make one up.
    """
    if not token:
        return None
    try:
        name, *values = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if name == list_name:
            return read(*values)
    except (ValueError, TypeError, OverflowError):
        pass
    raise Invalid(
        "INVALID_PAGE_TOKEN", "the page token is not one of this list", field="page_token"
    )


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list that is ordered by time and then by id: that of the row gone by last."""

    at: datetime
    id: UUID

    def token(self, list_name: str) -> str:
        """Returns the page token that goes on from here."""
        return encode_cursor(list_name, self.at.isoformat(), str(self.id))

    @classmethod
    def of(cls, list_name: str, token: str) -> "Position | None":
        """Returns the place that a token names, None for an empty one; refuses a foreign one."""
        return decode_cursor(list_name, token, cls._read)

    @classmethod
    def _read(cls, at: str, identifier: str) -> "Position":
        return cls(datetime.fromisoformat(at).astimezone(UTC), UUID(identifier))
