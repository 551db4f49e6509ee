"""Watching: when a person's suggestions change, and why."""

from services.persona.usecases.watching.alarms import BETWEEN_LOOKS, Alarms
from services.persona.usecases.watching.seen import Change, Look, Seen, change, started
from services.persona.usecases.watching.turns import Cause, Turn, turns
from services.persona.usecases.watching.watch import News, SuggestionWatch

__all__ = [
    "BETWEEN_LOOKS",
    "Alarms",
    "Cause",
    "Change",
    "Look",
    "News",
    "Seen",
    "SuggestionWatch",
    "Turn",
    "change",
    "started",
    "turns",
]
