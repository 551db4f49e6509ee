"""What a rule is: it looks at a moment and proposes one thing, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.persona.mappers.daily_work_optimizer.moment import Moment


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to do in [start_at, end_at), before anybody's feedback is looked at.

    `because` is the rule in words; `priority` from 0 to 1.
    """

    title: str
    description: str
    action: str
    because: str
    start_at: datetime
    end_at: datetime
    duration_minutes: int
    priority: float


@dataclass(frozen=True, slots=True)
class Rule:
    """Proposes one type of suggestion; the first trait it leans on that is known leads."""

    type: str
    leans_on: tuple[str, ...]
    propose: Callable[[Moment], Proposal | None]
