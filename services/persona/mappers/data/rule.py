"""A rule of a document, ready to look at moments."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.rules import Proposal
from services.persona.mappers.data.language import Expression, Failed, Language, Scene
from services.persona.mappers.data.template import Template
from services.persona.mappers.data.variables import ONE_DAY, Content

LONGEST_DURATION = 720


class RuleFailed(Exception):
    """An expression of a rule, under `key`, has no value at a moment."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(why)
        self.key = key


@dataclass(frozen=True, slots=True)
class View:
    """A moment, what expressions see of it, and what makes texts of those who speak."""

    moment: Moment
    scene: Scene
    spoken: Language


@dataclass(frozen=True, slots=True)
class DataRule:
    """Proposes one thing when its condition holds: `values` and `texts` by the document's keys."""

    rule_id: str
    type: str
    related_traits: tuple[str, ...]
    values: Mapping[str, Expression]
    texts: Mapping[str, Template]

    def propose(self, view: View) -> Proposal | None:
        """What to do; None if the rule has nothing to say, or what it says does not fit.

        A rule is silent where it looks at what is not known of the person. Raises `RuleFailed` if
        one of its expressions has no value for another reason.
        """
        with self._silent_of_what_is_unknown(view):
            return self._proposal(view) if self._value("when", view.scene) else None
        return None

    def rehearse(self, view: View) -> None:
        """Evaluates all that it would say, if its condition holds, also what does not fit.

        Raises `RuleFailed` as `propose` does.
        """
        with self._silent_of_what_is_unknown(view):
            if self._value("when", view.scene):
                for key in self.values:
                    self._value(key, view.scene)
                self._spoken(view, 0, 1, 1)

    @contextmanager
    def _silent_of_what_is_unknown(self, view: View) -> Iterator[None]:
        try:
            yield
        except RuleFailed:
            if self._looks_at() <= view.scene.contents.keys():
                raise

    def _looks_at(self) -> frozenset[str]:
        parts: Iterable[Expression | Template] = chain(self.values.values(), self.texts.values())
        return frozenset().union(*(part.reads for part in parts))

    def _proposal(self, view: View) -> Proposal | None:
        scene = view.scene
        duration = int(self._value("duration", scene))
        starts_in = max(0, int(self._value("starts_in", scene)))
        window = max(duration, int(self._value("window", scene)))
        free = min(window, _free(view.moment, starts_in))
        if not 1 <= duration <= min(free, LONGEST_DURATION):
            return None
        return self._spoken(view, starts_in, duration, free)

    def _spoken(self, view: View, starts_in: int, duration: int, window: int) -> Proposal:
        moment = view.moment
        start_at = moment.at + starts_in * MINUTE
        end_at = start_at + window * MINUTE
        said: dict[str, Content] = {
            "start": moment.clock(start_at),
            "end": moment.clock(end_at),
            "duration": duration,
        }
        scene = view.spoken.scene({**view.scene.contents, **said})
        return Proposal(
            title=self._text("title", scene),
            description=self._text("description", scene),
            action=self._text("action", scene),
            because=self._text("because", scene) or self.rule_id,
            start_at=start_at,
            end_at=end_at,
            duration_minutes=duration,
            priority=float(self._value("priority", view.scene)),
        )

    def _value(self, key: str, scene: Scene) -> bool | int | float | str:
        """The value under a key; 0 if the document leaves it out."""
        try:
            return self.values[key].of(scene) if key in self.values else 0
        except Failed as error:
            raise RuleFailed(key, str(error)) from None

    def _text(self, key: str, scene: Scene) -> str:
        """The text under a key; empty if the document leaves it out."""
        try:
            return self.texts[key].of(scene) if key in self.texts else ""
        except Failed as error:
            raise RuleFailed(key, str(error)) from None


def _free(moment: Moment, starts_in: int) -> int:
    """Minutes that nothing is booked in from then on, as far as the calendar was asked for."""
    known = ONE_DAY - starts_in
    if known <= 0:
        return 0
    start_at = moment.at + starts_in * MINUTE
    if moment.calendar.busy_at(start_at):
        return 0
    booked_at = moment.calendar.next_start(start_at)
    return known if booked_at is None else min(known, (booked_at - start_at) // MINUTE)
