"""Reads a document's form: what is there and what is missing, before anything is compiled."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.persona.mappers.data import form, tree
from services.persona.mappers.data.faults import meant
from services.persona.mappers.data.problem import Place, Problems
from services.persona.mappers.data.tree import Node, Scalar
from services.persona.mappers.data.variables import TRAITS

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Part:
    """The document or a rule of it: its texts and its lists of traits, each by key.

    `label` names a rule in problems: its id, else its number.
    """

    label: str
    texts: Mapping[str, Scalar] = field(default_factory=dict)
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it is written."""

    whole: Part
    preferences: Part
    rules: tuple[Part, ...]


def read(source: str, problems: Problems) -> Draft | None:
    """Returns what the document says; None if it says nothing that can be told apart."""
    root = tree.read(source, problems)
    if root is None:
        return None
    reader = _Reader(problems)
    entries = reader.entries(root, form.DOCUMENT)
    preferences = entries.get("preferences")
    rules = [
        reader.part(node, form.RULE, f"#{number}")
        for number, node in enumerate(reader.rules(entries.get("rules")), start=1)
    ]
    reader.tell_apart(rules)
    return Draft(
        whole=reader.part_of(entries, form.DOCUMENT),
        preferences=reader.part(preferences, form.PREFERENCES) if preferences else Part(""),
        rules=tuple(rules),
    )


class _Reader:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._label = ""

    def rules(self, node: Node | None) -> list[Node]:
        """The rules' nodes, as many as are taken."""
        if node is None:
            return []
        if not isinstance(node, tree.Sequence) or not node.items:
            self._add(node.place, "'rules' is a list of at least one rule")
            return []
        if len(node.items) > form.MOST_RULES:
            self._add(node.items[form.MOST_RULES].place, f"at most {form.MOST_RULES} rules")
        return node.items[: form.MOST_RULES]

    def part(self, node: Node, keys: Mapping[str, form.Key], label: str = "") -> Part:
        """Reads a mapping with these keys; what is wrong with it is said under its label."""
        self._label = _id_in(node) or label if label else ""
        part = self.part_of(self.entries(node, keys), keys)
        self._label = ""
        return part

    def part_of(self, entries: Mapping[str, Node], keys: Mapping[str, form.Key]) -> Part:
        """Reads what the keys of a mapping hold."""
        texts: dict[str, Scalar] = {}
        traits: dict[str, tuple[str, ...]] = {}
        for name, node in entries.items():
            match keys[name].holds:
                case form.Traits(least):
                    traits[name] = self._traits(name, node, least)
                case form.Name() | form.Words() | form.Formula() as holds:
                    text = self._text(name, node, holds)
                    texts |= {name: text} if text else {}
        return Part(self._label, texts, traits)

    def entries(self, node: Node, keys: Mapping[str, form.Key]) -> dict[str, Node]:
        """The nodes by key: each once, none unknown, none missing."""
        if not isinstance(node, tree.Mapping):
            self._add(node.place, f"here come keys, such as '{next(iter(keys))}:'")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.entries:
            if key.value not in keys:
                self._add(key.place, f"there is no key '{key.value}'{meant(key.value, keys)}")
            elif key.value in found:
                self._add(key.place, f"'{key.value}' comes twice")
            else:
                found[key.value] = value
        for name, key_ in keys.items():
            if key_.required and name not in found:
                self._add(node.place, f"'{name}' is missing")
        return found

    def tell_apart(self, rules: Collection[Part]) -> None:
        """Finds ids that come twice."""
        seen: set[str] = set()
        for text in (rule.texts["id"] for rule in rules if "id" in rule.texts):
            if text.value in seen:
                self._problems.add(text.place, "another rule has this id", text.value)
            seen.add(text.value)

    def _text(
        self, name: str, node: Node, holds: form.Name | form.Words | form.Formula
    ) -> Scalar | None:
        if not isinstance(node, Scalar):
            self._add(node.place, f"'{name}' is a single value")
            return None
        if isinstance(holds, form.Name) and not _NAME.fullmatch(node.value):
            self._add(
                node.place,
                f"'{name}' is up to 64 small letters, digits and '_', a letter first",
            )
            return None
        if isinstance(holds, form.Words) and not 0 < len(node.value.strip()) <= holds.longest:
            self._add(node.place, f"'{name}' has 1 to {holds.longest} characters")
            return None
        return node

    def _traits(self, name: str, node: Node, least: int) -> tuple[str, ...]:
        if not isinstance(node, tree.Sequence):
            self._add(node.place, f"'{name}' is a list of traits")
            return ()
        if not least <= len(node.items) <= form.MOST_TRAITS:
            self._add(node.place, f"'{name}' has {least} to {form.MOST_TRAITS} traits")
        found: list[str] = []
        for item in node.items[: form.MOST_TRAITS]:
            if not isinstance(item, Scalar) or item.value not in TRAITS:
                said = item.value if isinstance(item, Scalar) else ""
                self._add(item.place, f"there is no trait '{said}'{meant(said, TRAITS)}")
            elif item.value in found:
                self._add(item.place, f"'{item.value}' comes twice")
            else:
                found.append(item.value)
        return tuple(found)

    def _add(self, place: Place, message: str) -> None:
        self._problems.add(place, message, self._label)


def _id_in(node: Node) -> str:
    entries = node.entries if isinstance(node, tree.Mapping) else []
    ids = (value for key, value in entries if key.value == "id" and isinstance(value, Scalar))
    return next((one.value for one in ids if _NAME.fullmatch(one.value)), "")
