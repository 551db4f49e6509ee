"""Says how a suggestion follows from the answers to the first questions."""

from __future__ import annotations

from typing import Final

from clients.cli.show.words import many
from clients.workbench.answers import Answers, Disruptor, Focus, Part
from personakit.persona.v1 import persona_pb2 as pb

_BEST: Final = {
    Part.MORNING: "you are most productive in the morning",
    Part.AFTERNOON: "you are most productive in the afternoon",
    Part.EVENING: "you are most productive in the evening",
    Part.VARIES: "your best time varies",
}
_FOCUS: Final = {
    Focus.HALF_AN_HOUR: "you can focus for half an hour",
    Focus.AN_HOUR: "you can focus for an hour",
    Focus.TWO_HOURS: "you can focus for two hours or more",
}
_DISRUPTOR: Final = {
    Disruptor.MEETINGS: "meetings disrupt you most",
    Disruptor.SLACK: "chat messages disrupt you most",
    Disruptor.CONTEXT_SWITCHES: "switching between tasks disrupts you most",
}


def because(suggestion: pb.Suggestion, answers: Answers) -> str:
    """Return a sentence with the answers that a suggestion leans on, and what else was seen."""
    said = {
        "work.energy_patterns": _BEST[answers.most_productive],
        "work.peak_hours": _BEST[answers.most_productive],
        "work.focus_duration": _FOCUS[answers.focus_length],
        "work.preferred_start_time": f"you start at {answers.usual_start}",
        "work.flow_disruptors": _DISRUPTOR[answers.flow_disruptor],
    }
    used = suggestion.why.traits
    answered = dict.fromkeys(said[each.name] for each in used if each.name in said)
    parts = [f"that {each}" for each in answered]
    seen = max((each.n for each in used), default=0)
    basis = "You said " + _listed(parts) if parts else "What was seen of you"
    return f"{basis}; {many(seen, 'observation')} besides." if seen else f"{basis}."


def _listed(parts: list[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
