"""Group commit, when one call of many meets another write."""

import asyncio
from collections.abc import Sequence

from services.kit.batching import Batch
from services.kit.errors import Aborted


async def test_one_call_that_cannot_go_through_costs_the_others_few_flushes() -> None:
    flushed: list[int] = []

    async def flush(numbers: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0)
        flushed.append(len(numbers))
        if 13 in numbers:
            raise Aborted("PERSON_BEING_ERASED", "not now")
        return numbers

    batch = Batch(flush)
    calls = (batch.add([number]) for number in range(64))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(answer, Aborted) for answer in answers].index(True) == 13
    assert sum(isinstance(answer, Aborted) for answer in answers) == 1
    # Halved until it is alone: two flushes for each doubling of 64 calls, and the first.
    assert len(flushed) <= 2 * 6 + 2
