"""Knows what persona suggested by the id that persona signed."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from personakit.persona.v1.persona_pb2 import SuggestionTicket
from services.feedback.model import PersonId, Suggestion
from services.kit.signing import sign, verify


class SignedSuggestions:
    """Reads a suggestion from its id, which only persona can have signed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def find(self, person_id: PersonId, suggestion_id: str) -> Suggestion | None:
        try:
            signed = verify(self._key, suggestion_id, person_id)
        except ValueError:
            return None
        # Base 64 can be written in more than one way; only ours names the suggestion.
        if sign(self._key, signed, person_id) != suggestion_id:
            return None
        return _suggestion(suggestion_id, SuggestionTicket.FromString(signed))


def _suggestion(suggestion_id: str, ticket: SuggestionTicket) -> Suggestion:
    return Suggestion(
        suggestion_id=suggestion_id,
        persona_id=UUID(bytes=ticket.persona_id),
        ordinal=ticket.ordinal,
        suggestion_type=ticket.type,
        trait=ticket.trait,
        at=datetime.fromtimestamp(ticket.at, UTC),
        zone=ZoneInfo(ticket.time_zone),
        expires_at=datetime.fromtimestamp(ticket.expire_at, UTC),
    )
