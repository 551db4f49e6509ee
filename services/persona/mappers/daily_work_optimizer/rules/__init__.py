"""One rule per suggestion type."""

from services.persona.mappers.daily_work_optimizer.rules import (
    deep_work,
    light_work,
    meeting_preparation,
    meeting_recovery,
    pause,
    protection,
    wrap_up,
)
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule

RULES: tuple[Rule, ...] = (
    deep_work.RULE,
    light_work.RULE,
    pause.RULE,
    meeting_preparation.RULE,
    meeting_recovery.RULE,
    protection.RULE,
    wrap_up.RULE,
)

__all__ = ["RULES", "Proposal", "Rule"]
