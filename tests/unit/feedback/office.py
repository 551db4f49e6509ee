"""Where a test's people judge their suggestions: kept in memory, with a clock to set."""

from datetime import UTC, datetime

from services.feedback.model import Feedback, PersonId, Suggestion
from services.feedback.usecases import Desk, Newcomers, Verdict, Weights, submit, weigh
from tests.unit.feedback.fakes import (
    KnownSuggestions,
    MemoryFeedbacks,
    MemoryPopulations,
    StoppedClock,
    suggestion,
)

ANA = PersonId("ana")
# 10:40 in Tokyo.
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)


class Office:
    """Ana has the suggestions 0 to 99."""

    def __init__(self) -> None:
        self.feedbacks = MemoryFeedbacks()
        self.populations = MemoryPopulations(self.feedbacks)
        self.suggestions = KnownSuggestions()
        self.clock = StoppedClock(NOW)
        self.newcomers = Newcomers(self.populations, self.clock)
        for number in range(100):
            self.suggestions.add(ANA, suggestion(number))

    async def judge(
        self,
        number: int,
        helpful: bool = True,
        *,
        person_id: PersonId = ANA,
        persona_id: str = "",
        suggestion_type: str = "",
        request_id: str = "",
    ) -> Feedback:
        desk = Desk(self.feedbacks, self.suggestions, self.newcomers, self.clock)
        verdict = Verdict(
            person_id, f"suggestion-{number}", helpful, persona_id, suggestion_type, request_id
        )
        return await submit(desk, verdict)

    async def judge_of(
        self, made: Suggestion, helpful: bool = True, person_id: PersonId = ANA
    ) -> Feedback:
        """Judges a suggestion of its own making."""
        self.suggestions.add(person_id, made)
        number = int(made.suggestion_id.removeprefix("suggestion-"))
        return await self.judge(number, helpful, person_id=person_id)

    async def weigh(self, person_id: PersonId = ANA) -> Weights:
        return await weigh(self.feedbacks, self.newcomers, self.clock, person_id)
