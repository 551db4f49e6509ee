"""What every mapper does, be it a class or a document."""

from typing import Protocol

from services.persona.model import Core, Mindscape, Overlay, Situation


class PersonaMapper(Protocol):
    """Maps beliefs to advice: pure, so the same input gives the same persona."""

    @property
    def mapper_id(self) -> str:
        """Its name, such as "daily_work_optimizer"."""
        ...

    @property
    def version(self) -> int:
        """Rises with every change of what it says."""
        ...

    @property
    def description(self) -> str:
        """What it is for, in a sentence."""
        ...

    @property
    def required_traits(self) -> tuple[str, ...]:
        """The traits without each of which it makes no persona."""
        ...

    @property
    def suggestion_types(self) -> frozenset[str]:
        """What it may suggest; verdicts on anything else are nothing to it."""
        ...

    def lacks(self, mindscape: Mindscape) -> str:
        """Says what to record before it can speak of this person; empty when enough is known."""
        ...

    def map(self, mindscape: Mindscape, situation: Situation) -> tuple[Core, Overlay]:
        """Makes the two parts of a persona; only for a mindscape that lacks nothing."""
        ...
