"""The nouns of advice as JSON, and back: what a persona says and what it was made from."""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import datetime, time
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from services.persona.model import TraitValue

Document = Any
Noun = TypeVar("Noun")

# A trait's value says which kind it is.
KINDS: Mapping[str, type] = {kind.NAME: kind for kind in get_args(TraitValue)}


def written(value: object) -> Document:
    """The value as JSON has it: moments and times as ISO 8601, pairs of names as lists."""
    if isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        if any(isinstance(key, tuple) for key in value):
            return [[*key, written(one)] for key, one in value.items()]
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [written(one) for one in value]
    if is_dataclass(value):
        kind = {"kind": value.NAME} if isinstance(value, TraitValue) else {}
        return kind | {one.name: written(getattr(value, one.name)) for one in fields(value)}
    return value


def read(kind: type[Noun], document: Document) -> Noun:
    """The value of a kind again; a field that the document lacks has its default."""
    any_kind: Any = kind
    return cast("Noun", _reader(any_kind)(document))


@cache
def _reader(kind: Any) -> Callable[[Document], Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if kind == TraitValue:
        return lambda document: read(KINDS[document["kind"]], document)
    if origin is UnionType:
        (some,) = (one for one in inner if one is not NoneType)
        return lambda document: None if document is None else _reader(some)(document)
    if origin is tuple:
        return lambda document: tuple(map(_reader(inner[0]), document))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(*inner)
    if kind in (datetime, time):
        return cast("Callable[[Document], Any]", kind.fromisoformat)
    return _noun_reader(kind) if is_dataclass(kind) else lambda document: document


def _mapping_reader(key: Any, one: Any) -> Callable[[Document], Any]:
    reader = _reader(one)
    if get_origin(key) is tuple:
        return lambda document: {tuple(row[:-1]): reader(row[-1]) for row in document or ()}
    return lambda document: {name: reader(value) for name, value in document.items()}


def _noun_reader(kind: Any) -> Callable[[Document], Any]:
    hints = get_type_hints(kind)
    readers = {one.name: _reader(hints[one.name]) for one in _fields(kind)}

    def noun(document: Document) -> Any:
        return kind(**{name: readers[name](document[name]) for name in readers if name in document})

    return noun


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)
