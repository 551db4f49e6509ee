"""Makes a mapper of a document, or says everything that is wrong with it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.data import form, reading
from services.persona.mappers.data.language import Expression, Language
from services.persona.mappers.data.mapper import DataMapper, Document
from services.persona.mappers.data.problem import Problem, Problems
from services.persona.mappers.data.reading import Draft, Part
from services.persona.mappers.data.rule import DataRule, RuleFailed
from services.persona.mappers.data.samples import moments
from services.persona.mappers.data.template import Template
from services.persona.mappers.data.tree import BEGINNING
from services.persona.mappers.data.understanding import Understanding


class InvalidDocument(ValueError):
    """A document cannot be used; `problems` has every reason that was found."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("the document has problems")
        self.problems: Sequence[Problem] = problems.all()


class Compiler:
    """Makes mappers of documents; to learn its language takes it some 25 ms, once."""

    @cached_property
    def _language(self) -> Language:
        return Language()

    @cached_property
    def _spoken(self) -> Language:
        return Language(spoken=True)

    def compile(self, source: str, version: int) -> DataMapper:
        """Returns the mapper of a document that was proven once; raises `InvalidDocument`."""
        return self._compiled(source, version, Problems())[0]

    def prove(self, source: str) -> DataMapper:
        """Returns the mapper of a new document, tried on sample moments; raises `InvalidDocument`.

        Its version is 0.
        """
        problems = Problems()
        mapper, draft = self._compiled(source, 0, problems)
        self._try_out(mapper, draft, problems)
        if problems:
            raise InvalidDocument(problems)
        return mapper

    def _compiled(self, source: str, version: int, problems: Problems) -> tuple[DataMapper, Draft]:
        draft = reading.read(source, problems)
        document = self._document(draft, problems) if draft else None
        if draft is None or document is None:
            raise InvalidDocument(problems)
        return DataMapper(document, version, source, self._language, self._spoken), draft

    def _document(self, draft: Draft, problems: Problems) -> Document | None:
        """Understands the whole draft; None if there is any problem."""
        if _expressions(draft) > form.MOST_EXPRESSIONS:
            problems.add(BEGINNING, f"at most {form.MOST_EXPRESSIONS} expressions")
            return None
        understanding = Understanding(self._language, self._spoken, problems)
        preferences = understanding.values(draft.preferences, form.PREFERENCES)
        values = [understanding.values(part, form.RULE) for part in draft.rules]
        texts = [understanding.texts(part, form.RULE) for part in draft.rules]
        if problems:
            return None
        return Document(
            mapper_id=draft.whole.texts["mapper_id"].value,
            description=draft.whole.texts["description"].value.strip(),
            required_traits=draft.whole.traits["required_traits"],
            preferences=preferences,
            rules=tuple(map(_rule, draft.rules, values, texts)),
        )

    def _try_out(self, mapper: DataMapper, draft: Draft, problems: Problems) -> None:
        """Lets every rule look at every sample moment; a rule that fails there is a problem."""
        parts = {part.label: part for part in draft.rules}
        views = (mapper.view(one) for one in self._samples if not mapper.lacks(one.mindscape))
        for view in views:
            for rule in mapper.document.rules:
                try:
                    rule.rehearse(view)
                except RuleFailed as error:
                    place = parts[rule.rule_id].texts[error.key].place
                    problems.add(place, f"this can fail: {error}", rule.rule_id)

    @cached_property
    def _samples(self) -> Sequence[Moment]:
        return tuple(moments())


def _rule(part: Part, values: Mapping[str, Expression], texts: Mapping[str, Template]) -> DataRule:
    return DataRule(
        rule_id=part.texts["id"].value,
        type=part.texts["type"].value,
        related_traits=part.traits["related_traits"],
        values=values,
        texts=texts,
    )


def _expressions(draft: Draft) -> int:
    """How many expressions there are, or a few more."""
    preferences = len(draft.preferences.texts)
    return preferences + sum(_in_rule(rule) for rule in draft.rules)


def _in_rule(rule: Part) -> int:
    holds = {name: form.RULE[name].holds for name in rule.texts}
    formulas = sum(isinstance(one, form.Formula) for one in holds.values())
    return formulas + sum(text.value.count("{") for text in rule.texts.values())
