"""A mapper that is a document: its rules look at the moment, and the best of them speak."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.persona.mappers.daily_work_optimizer.core import core_of
from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.daily_work_optimizer.ranking import shown
from services.persona.mappers.daily_work_optimizer.rules import Proposal, Rule
from services.persona.mappers.daily_work_optimizer.state import state_of
from services.persona.mappers.daily_work_optimizer.welcome import weight_of
from services.persona.mappers.data.language import Expression, Failed, Language, Scene
from services.persona.mappers.data.rule import DataRule, RuleFailed, View
from services.persona.mappers.data.variables import ONE_DAY, WEIGHTS, read_all
from services.persona.model import Core, Mindscape, Overlay, Situation, Verdicts


@dataclass(frozen=True, slots=True)
class Document:
    """What a mapper's text says, every expression of it understood."""

    mapper_id: str
    description: str
    required_traits: tuple[str, ...]
    preferences: Mapping[str, Expression]
    rules: tuple[DataRule, ...]


@dataclass(frozen=True, slots=True)
class DataMapper:
    """A `PersonaMapper` made of a document; `spoken` is the language of its texts."""

    document: Document
    version: int
    source: str
    language: Language
    spoken: Language

    @property
    def mapper_id(self) -> str:
        """Its name."""
        return self.document.mapper_id

    @property
    def description(self) -> str:
        """What it is for."""
        return self.document.description

    @property
    def required_traits(self) -> tuple[str, ...]:
        """The traits without each of which it makes no persona."""
        return self.document.required_traits

    @property
    def suggestion_types(self) -> frozenset[str]:
        """The types of its rules."""
        return frozenset(rule.type for rule in self.document.rules)

    def lacks(self, mindscape: Mindscape) -> str:
        """Names the required traits that are not known yet."""
        unknown = [name for name in self.document.required_traits if name not in mindscape.traits]
        return f"record work sessions until {' and '.join(unknown)} is known" if unknown else ""

    def map(self, mindscape: Mindscape, situation: Situation) -> tuple[Core, Overlay]:
        """Lets every rule speak and shows what is worth saying; names the rules that failed."""
        view = self.view(Moment.of(mindscape, situation))
        heard: list[tuple[Rule, Proposal | None]] = []
        failed: list[str] = []
        for rule in self.document.rules:
            try:
                proposal = rule.propose(view) if _leads(rule, mindscape) else None
            except RuleFailed:
                proposal = None
                failed.append(f"rule {rule.rule_id}")
            heard.append((_ranked(rule), proposal))
        suggestions = shown(_one_of_each_type(heard), view.moment)
        overlay = Overlay(state_of(view.moment, suggestions), suggestions, tuple(failed))
        return self._core(view), overlay

    def view(self, moment: Moment) -> View:
        """A moment as the rules see it."""
        weights = weights_at(self.document.rules, moment.verdicts)
        return View(moment, self.language.scene({**read_all(moment), **weights}), self.spoken)

    def _core(self, view: View) -> Core:
        core = core_of(view.moment)
        own = {
            name: _minutes(formula, view.scene, getattr(core.preferences, name))
            for name, formula in self.document.preferences.items()
        }
        return replace(core, preferences=replace(core.preferences, **own))


def weights_at(rules: tuple[DataRule, ...], verdicts: Verdicts) -> dict[str, dict[str, float]]:
    """The variable that holds the weight of each type."""
    return {WEIGHTS: {rule.type: weight_of(_ranked(rule), verdicts).value for rule in rules}}


def _ranked(rule: DataRule) -> Rule:
    return Rule(rule.type, rule.related_traits, lambda _: None)


def _leads(rule: DataRule, mindscape: Mindscape) -> bool:
    """Whether there is a trait that takes the feedback."""
    return any(name in mindscape.traits for name in rule.related_traits)


def _one_of_each_type(
    heard: Iterable[tuple[Rule, Proposal | None]],
) -> list[tuple[Rule, Proposal | None]]:
    """Keeps of each type the proposal that matters most."""
    best: dict[str, tuple[Rule, Proposal | None]] = {}
    for rule, proposal in heard:
        so_far = best.setdefault(rule.type, (rule, proposal))[1]
        if proposal and (so_far is None or proposal.priority > so_far.priority):
            best[rule.type] = (rule, proposal)
    return list(best.values())


def _minutes(formula: Expression, scene: Scene, otherwise: int) -> int:
    """What a preference comes to; otherwise as PersonaKit has it, if that is no length of a day."""
    try:
        minutes = int(formula.of(scene))
    except Failed:
        return otherwise
    return minutes if 0 <= minutes <= ONE_DAY else otherwise
