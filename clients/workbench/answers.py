"""The first questions: what can be answered, and how answers are told to PersonaKit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clients.cli.times import zone_named
from clients.connect import PersonaKit
from personakit.ingest.v1 import ingest_pb2 as pb

SOURCE: Final = "first-questions"
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")


class Part(StrEnum):
    """The most productive part of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    VARIES = "varies"


class Focus(StrEnum):
    """How long somebody can typically focus."""

    HALF_AN_HOUR = "30min"
    AN_HOUR = "1hr"
    TWO_HOURS = "2hr+"


class Disruptor(StrEnum):
    """What breaks the flow most."""

    MEETINGS = "meetings"
    SLACK = "slack"
    CONTEXT_SWITCHES = "context-switches"


class BadAnswer(ValueError):
    """An answer cannot be understood; the message says what can."""


@dataclass(frozen=True)
class Answers:
    """All of them: an IANA name, a local time such as "09:00", and the choices."""

    time_zone: str
    usual_start: str
    most_productive: Part
    focus_length: Focus
    flow_disruptor: Disruptor

    def observations(self, person_id: str) -> Iterator[pb.Observation]:
        """Yield one a question, named by it, so that a person has one answer to each."""
        for question, answer in self._by_question().items():
            yield pb.Observation(
                person_id=person_id,
                time_zone=self.time_zone,
                source=SOURCE,
                source_id=pb.UserInput.Question.Name(question).lower(),
                user_input=pb.UserInput(question=question, answer=answer),
            )

    def _by_question(self) -> Mapping[pb.UserInput.Question.ValueType, str]:
        # The zone goes first: a person has it before anything else is known.
        return {
            pb.UserInput.TIME_ZONE: self.time_zone,
            pb.UserInput.USUAL_START: self.usual_start,
            pb.UserInput.MOST_PRODUCTIVE: self.most_productive,
            pb.UserInput.FOCUS_LENGTH: self.focus_length,
            pb.UserInput.FLOW_DISRUPTOR: self.flow_disruptor,
        }


def clock_time(text: str) -> str:
    """Return a time as the API takes it: "9" and "9:00" are "09:00". Raises BadAnswer."""
    found = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(each or 0) for each in found.groups()) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise BadAnswer(f"{text!r} is not a time of the day such as 09:00")
    return f"{hour:02}:{minute:02}"


def zone_name(text: str) -> str:
    """Return the name of a zone that is known. Raises BadTime."""
    return zone_named(text.strip()).key


async def given_before(api: PersonaKit, person_id: str) -> dict[str, str]:
    """Return the answers that the person gave here before, by the question's name."""
    request = pb.ListObservationsRequest(person_id=person_id, source=SOURCE)
    page = await api.ingest.ListObservations(request)
    return {each.source_id: each.user_input.answer for each in page.observations}


async def tell(api: PersonaKit, person_id: str, answers: Answers) -> int:
    """Record the answers and return how many differ from what was there.

    Safe to repeat: the same answer is stored once, another one takes its place.
    """
    changed = 0
    for observation in answers.observations(person_id):
        request = pb.RecordObservationRequest(observation=observation)
        kept = await api.ingest.RecordObservation(request)
        if kept.user_input.answer != observation.user_input.answer:
            await api.ingest.RetractObservation(
                pb.RetractObservationRequest(
                    person_id=person_id, observation_id=kept.observation_id
                )
            )
            await api.ingest.RecordObservation(request)
            changed += 1
    return changed
