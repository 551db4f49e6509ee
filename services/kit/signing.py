"""Tokens that only a holder of the key can make, each good for one person."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

# Half of SHA-256's output: RFC 2104, section 5, asks for at least that.
TAG_BYTES = 16


def sign(key: bytes, message: bytes, bound_to: str) -> str:
    """Returns the message with its tag as URL-safe text."""
    return urlsafe_b64encode(message + _tag(key, message, bound_to)).decode().rstrip("=")


def verify(key: bytes, token: str, bound_to: str) -> bytes:
    """Returns the message; raises `ValueError` if the token was not signed for `bound_to`."""
    try:
        signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError as error:
        raise ValueError("not a signed token") from error
    message = signed[:-TAG_BYTES]
    # Comparing texts, not bytes: each message has one token only.
    if not hmac.compare_digest(token.encode(), sign(key, message, bound_to).encode()):
        raise ValueError("the signature does not hold")
    return message


def _tag(key: bytes, message: bytes, bound_to: str) -> bytes:
    # The length keeps apart a longer message and a shorter name.
    signed = len(message).to_bytes(4, "big") + message + bound_to.encode()
    return hmac.digest(key, signed, "sha256")[:TAG_BYTES]
