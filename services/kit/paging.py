"""Page tokens: where a list goes on, opaque to the caller."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from services.kit.errors import Invalid

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1000


def page_size(asked: int) -> int:
    """Returns how many rows a page has: 100 unless asked, at most 1,000."""
    return min(asked, LARGEST_PAGE_SIZE) if asked > 0 else DEFAULT_PAGE_SIZE


def encode_cursor(list_name: str, *values: str) -> str:
    """Returns a token that says after which values the list called `list_name` goes on."""
    return urlsafe_b64encode(json.dumps([list_name, *values]).encode()).decode().rstrip("=")


def decode_cursor(list_name: str, token: str) -> tuple[str, ...] | None:
    """Returns the values of a token, None for an empty one; refuses one of another list."""
    if not token:
        return None
    try:
        content = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, Error):
        content = None
    if not _is_cursor(content) or content[0] != list_name:
        raise Invalid(
            "INVALID_PAGE_TOKEN", "the page token is not one of this list", field="page_token"
        )
    return tuple(content[1:])


def _is_cursor(content: object) -> bool:
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(value, str) for value in content)
    )
