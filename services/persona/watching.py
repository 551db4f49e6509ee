"""`WatchSuggestions`: converts changes, and makes and reads the tokens that continue a stream."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

from personakit.persona.v1 import persona_pb2 as pb
from services.kit.errors import Invalid
from services.kit.signing import sign, verify
from services.kit.times import timestamp
from services.persona.model import PersonId
from services.persona.usecases import DEFAULT_MAPPER
from services.persona.usecases.watching import Cause, Change, Seen, SuggestionWatch

CAUSES = {cause: pb.WatchSuggestionsResponse.Cause.Value(cause.value) for cause in Cause}


class ResumeTokens:
    """Lets a stream go on where it ended: what was told is in the token, not kept here."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, person_id: PersonId, mapper_id: str, seen: Seen) -> str:
        """Returns a token for this person and mapper only."""
        told = [
            seen.at.timestamp(),
            seen.version,
            seen.meeting,
            seen.high_energy,
            seen.working,
            seen.types,
        ]
        return sign(self._key, json.dumps(told).encode(), _bound_to(person_id, mapper_id))

    def read(self, person_id: PersonId, mapper_id: str, token: str) -> Seen | None:
        """Returns what was told; None for an empty token. Refuses with RESUME_TOKEN_INVALID."""
        if not token:
            return None
        try:
            told = json.loads(verify(self._key, token, _bound_to(person_id, mapper_id)))
        except ValueError:
            raise Invalid(
                "RESUME_TOKEN_INVALID",
                "the token is not of a stream of this person and mapper",
                field="resume_token",
            ) from None
        at, *rest = told
        return Seen(datetime.fromtimestamp(at, UTC), *rest)


class SuggestionStreams:
    """Answers `WatchSuggestions`."""

    def __init__(self, watch: SuggestionWatch, tokens: ResumeTokens) -> None:
        self._watch = watch
        self._tokens = tokens

    async def answer(
        self, request: pb.WatchSuggestionsRequest
    ) -> AsyncGenerator[pb.WatchSuggestionsResponse, None]:
        person_id, mapper_id = PersonId(request.person_id), request.mapper_id or DEFAULT_MAPPER
        told = self._tokens.read(person_id, mapper_id, request.resume_token)
        async with aclosing(self._watch.changes(person_id, mapper_id, told)) as changes:
            async for change in changes:
                yield _to_proto(change, self._tokens.of(person_id, mapper_id, change.seen))


def _bound_to(person_id: PersonId, mapper_id: str) -> str:
    # No person's id has a line break, so that no token is the id of a suggestion.
    return f"watch\n{person_id}\n{mapper_id}"


def _to_proto(change: Change, token: str) -> pb.WatchSuggestionsResponse:
    return pb.WatchSuggestionsResponse(
        causes=[CAUSES[cause] for cause in change.causes],
        change_time=timestamp(change.changed_at),
        suggestion_types=change.types,
        mindscape_version=change.seen.version,
        resume_token=token,
    )
