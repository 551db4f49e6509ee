"""What newcomers begin with: computed once a day, off everybody's path, and remembered."""

from datetime import datetime, timedelta

from services.feedback.model import Population, TraitWeight
from services.feedback.usecases.ports import Populations
from services.kit.clock import Clock

# How old the computed means grow, and how long one process goes on with those it has read.
RENEWED_AFTER = timedelta(days=1)
READ_AGAIN_AFTER = timedelta(minutes=5)
VERSIONS_KEPT = 400


class Newcomers:
    """Knows the newest population; any number of processes may renew it."""

    def __init__(self, populations: Populations, clock: Clock) -> None:
        self._populations = populations
        self._clock = clock
        self._read: tuple[datetime, Population] | None = None

    async def population(self) -> Population:
        """Returns it as it was read in the last five minutes."""
        now = self._clock.now()
        if self._read is None or not timedelta() <= now - self._read[0] < READ_AGAIN_AFTER:
            self._read = now, await self._populations.newest() or Population(0, now)
        return self._read[1]

    async def weight(self, suggestion_type: str, trait: str) -> TraitWeight:
        """Returns the weight that somebody begins with."""
        return (await self.population()).new_weight(suggestion_type, trait)

    async def renew(self) -> None:
        """Computes a new version unless there is one of the last day.

        Of several processes that do it at once, one keeps its version.
        """
        now = self._clock.now()
        newest = await self._populations.newest() or Population(0, now - RENEWED_AFTER)
        if now - newest.computed_at < RENEWED_AFTER:
            return
        starts = tuple(one for one in await self._populations.means() if one.may_be_told)
        await self._populations.add(Population(newest.version + 1, now, starts))
        await self._populations.forget(newest.version + 1 - VERSIONS_KEPT)
        self._read = None
