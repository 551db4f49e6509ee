"""Meeting recovery: the minutes that the person needs after a meeting before work goes well."""

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import MeetingRecovery

# People who are back at once, within 8 minutes or so, need no buffer; with a margin, and only if
# these minutes are likely right.
WORTH_SAYING, SURE_ENOUGH = 10, 0.6
SHORTEST = 3


def propose(moment: Moment) -> Proposal | None:
    """A buffer for the rest of the person's own recovery, if a meeting has just ended."""
    slow = moment.recovery_minutes >= WORTH_SAYING
    if not moment.available or not slow or not moment.is_sure(MeetingRecovery.NAME, SURE_ENOUGH):
        return None
    left = (moment.recovered_at - moment.at) // MINUTE
    minutes = min(left, moment.free_minutes(moment.at))
    if minutes < SHORTEST:
        return None
    return Proposal(
        title="Let the meeting settle",
        description=(
            f"After a meeting it usually takes you {moment.recovery_minutes} minutes to get back "
            f"to work: leave yourself the {minutes} until "
            f"{moment.clock(moment.at + minutes * MINUTE)}."
        ),
        action="Write down what was decided, then take a breath before the next thing.",
        because=f"a buffer after a meeting when recovery takes {WORTH_SAYING} minutes or more",
        start_at=moment.at,
        end_at=moment.at + minutes * MINUTE,
        duration_minutes=minutes,
        priority=0.8,
    )


RULE = Rule(type="meeting_recovery", leans_on=(MeetingRecovery.NAME,), propose=propose)
