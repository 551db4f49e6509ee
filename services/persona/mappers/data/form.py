"""The form of a document: which keys there are, and what each holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.persona.mappers.data.variables import Kind

MOST_RULES: Final = 50
# Each is compiled and kept.
MOST_EXPRESSIONS: Final = 500
LONGEST_TEXT: Final = 500
MOST_TRAITS: Final = 8


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier: a small letter, then small letters, digits and underscores; 64 at most."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text, at most so many characters long; a template has expressions in braces."""

    longest: int = LONGEST_TEXT
    template: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression whose value is of one of these kinds."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """A list of traits by their full names, at least so many."""

    least: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it holds and what that is for."""

    holds: Name | Words | Formula | Traits | None
    meaning: str
    required: bool = False


_MINUTES: Final = Formula(("int",))
_TITLE: Final = Words(120, template=True)
_SENTENCE: Final = Words(template=True)

RULE: Final[Mapping[str, Key]] = {
    "id": Key(Name(), "what problems and `why` call the rule; once in a document", required=True),
    "type": Key(Name(), "the type of what it suggests; feedback weighs types", required=True),
    "when": Key(Formula(("bool",)), "whether it speaks", required=True),
    "title": Key(_TITLE, "a few words", required=True),
    "description": Key(_SENTENCE, "one sentence, with the person's own numbers", required=True),
    "action": Key(_SENTENCE, "what to do", required=True),
    "because": Key(_SENTENCE, "the rule in words, for `why`; left out, its id"),
    "duration": Key(_MINUTES, "how many minutes it takes, 1 to 720", required=True),
    "starts_in": Key(_MINUTES, "in how many minutes it begins; left out, 0"),
    "window": Key(_MINUTES, "for how many minutes it holds from then; left out, the duration"),
    "priority": Key(Formula(("double", "int")), "how much it matters, 0 to 1", required=True),
    "related_traits": Key(
        Traits(least=1),
        "what it leans on; verdicts move the weight of the first that is known",
        required=True,
    ),
}
PREFERENCES: Final[Mapping[str, Key]] = {
    "default_focus_minutes": Key(_MINUTES, "what to plan a session with"),
    "deep_work_minutes": Key(_MINUTES, "what to plan a long one with"),
    "meeting_buffer_minutes": Key(_MINUTES, "what to leave after a meeting"),
    "break_every_minutes": Key(_MINUTES, "how long to go on without a break"),
}
DOCUMENT: Final[Mapping[str, Key]] = {
    "mapper_id": Key(Name(), "the mapper's name", required=True),
    "description": Key(Words(), "what it is for, in a sentence", required=True),
    "required_traits": Key(
        Traits(), "what has to be known of a person, or it makes no persona", required=True
    ),
    "preferences": Key(None, "what to plan with, each an expression in minutes"),
    "rules": Key(None, "what it suggests when: 1 to 50", required=True),
}
