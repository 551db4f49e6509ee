"""Statements with named values, made ready once for a driver that numbers them."""

import re
from collections.abc import Mapping
from typing import Any, Final

import asyncpg

# What is quoted, a comment or a cast is left as it is; a slice's colon follows a word.
_TOKEN: Final = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | (\$\w*\$).*?\1 | --[^\n]* | /\*.*?\*/ | ::
        | (?<!\w):(?P<name>[A-Za-z_]\w*)""",
    re.VERBOSE | re.DOTALL,
)


class Sql:
    """One SQL statement whose values are written `:name`; a name may come several times.

    Its text is compiled when it is made: keep it, and make no new one for each call.
    """

    __slots__ = ("names", "text")

    def __init__(self, text: str) -> None:
        self.names: list[str] = []
        self.text: Final = _TOKEN.sub(self._numbered, text)

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """Returns the values in the order of their numbers; others may be among them."""
        return [values[name] for name in self.names]

    def _numbered(self, token: re.Match[str]) -> str:
        name = token["name"]
        if name is None:
            return token[0]
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"


class Row(asyncpg.Record):
    """One row of an answer: its columns are attributes, and in order its items."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None
