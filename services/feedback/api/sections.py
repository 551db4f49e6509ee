"""What feedback keeps of a person, to take along."""

from collections.abc import Mapping, Sequence

from services.feedback.api.messages import (
    change_to_proto,
    feedback_to_proto,
    helpfulness_to_proto,
    standing_to_proto,
)
from services.feedback.api.servicer import CHANGES, FEEDBACK, place_of, place_of_change
from services.feedback.model import PersonId, standings
from services.feedback.usecases import Feedbacks
from services.kit.clock import Clock
from services.kit.paging import Position
from services.kit.person_data import Record, Section


def sections(feedbacks: Feedbacks, clock: Clock) -> Mapping[str, Section]:
    """Returns how to read what feedback keeps of a person."""

    async def given(person_id: str, after: str, limit: int) -> Sequence[Record]:
        place = Position.of(FEEDBACK, after)
        found = await feedbacks.page(PersonId(person_id), None, place, limit)
        return [Record.of(feedback_to_proto(one), place_of(one)) for one in found]

    # Of weights and sums there are as many as types, with their traits or parts of the day: they
    # fit into a page.
    async def weights(person_id: str, after: str, limit: int) -> Sequence[Record]:
        kept = await feedbacks.weights(PersonId(person_id))
        return [Record.of(standing_to_proto(one)) for one in standings(kept, clock.now())]

    async def changes(person_id: str, after: str, limit: int) -> Sequence[Record]:
        place = Position.of(CHANGES, after)
        found = await feedbacks.changes(PersonId(person_id), place, limit)
        return [Record.of(change_to_proto(one), place_of_change(one)) for one in found]

    async def helpfulness(person_id: str, after: str, limit: int) -> Sequence[Record]:
        now = clock.now()
        kept = (await feedbacks.stand(PersonId(person_id), now)).helpfulness
        return [Record.of(helpfulness_to_proto(one.at(now))) for one in kept]

    return {
        "feedback": given,
        "weights": weights,
        "weight_changes": changes,
        "helpfulness": helpfulness,
    }
