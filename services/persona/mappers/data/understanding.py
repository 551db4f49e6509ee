"""Makes expressions and templates of a document's texts."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from services.persona.mappers.data import form, template
from services.persona.mappers.data.language import Expression, Language, NotUnderstood
from services.persona.mappers.data.problem import Problems
from services.persona.mappers.data.reading import Part
from services.persona.mappers.data.template import Template
from services.persona.mappers.data.tree import Scalar

Sound = TypeVar("Sound")


class Understanding:
    """Understands the parts of one document, and notes what it cannot understand."""

    def __init__(self, language: Language, spoken: Language, problems: Problems) -> None:
        self._language = language
        self._spoken = spoken
        self._problems = problems

    def values(self, part: Part, keys: Mapping[str, form.Key]) -> dict[str, Expression]:
        """The expressions of a part that are sound, by key."""
        found: dict[str, Expression | None] = {}
        for name, text in part.texts.items():
            holds = keys[name].holds
            if isinstance(holds, form.Formula):
                found[name] = self._sound(part, text, self._formula(holds))
        return {name: value for name, value in found.items() if value}

    def texts(self, part: Part, keys: Mapping[str, form.Key]) -> dict[str, Template]:
        """The templates of a part that are sound, by key."""
        found: dict[str, Template | None] = {}
        for name, text in part.texts.items():
            holds = keys[name].holds
            if isinstance(holds, form.Words) and holds.template:
                found[name] = self._sound(part, text, self._template)
        return {name: value for name, value in found.items() if value}

    def _formula(self, holds: form.Formula) -> Callable[[str], Expression]:
        return lambda text: self._language.understand(text, *holds.kinds)

    def _template(self, text: str) -> Template:
        return template.understand(text, self._spoken)

    def _sound(self, part: Part, text: Scalar, understand: Callable[[str], Sound]) -> Sound | None:
        try:
            return understand(text.value)
        except NotUnderstood as error:
            for fault in error.faults:
                self._problems.add(text.place_of(fault.offset), fault.message, part.label)
        return None
