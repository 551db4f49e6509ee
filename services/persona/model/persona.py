"""Who somebody is at work at one moment, what to suggest then, and what that follows from."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

from services.persona.model.calendar import Commitment
from services.persona.model.traits import Trait, Value

PersonId = NewType("PersonId", str)

# Ids of personas that a request names are derived below this (RFC 9562, version 5).
NAMESPACE = uuid.UUID("b0a3a9a4-2f3d-4d0e-8a55-6c6b7f6f0d21")

# What is said again so soon is the same suggestion.
SAME_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Mindscape:
    """All that is believed of a person at one version; `traits` by name, `zone` an IANA name."""

    version: int
    zone: str
    traits: Mapping[str, Trait]

    def value(self, kind: type[Value]) -> Value | None:
        """The value of the trait of this kind, if there is one."""
        trait = self.traits.get(kind.NAME)
        return trait.value if trait is not None and isinstance(trait.value, kind) else None


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a suggestion type counts for a person, and where it started."""

    value: float
    original: float = 1.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A suggestion type that the person found not helpful, and when they said so."""

    suggestion_type: str
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """Verdicts of each kind, those of old counted for less."""

    helpful: float = 0.0
    not_helpful: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the person thought of suggestions: weights by (suggestion type, trait), refusals, and
    how often what helped by (suggestion type, part of the day)."""

    weights: Mapping[tuple[str, str], Weight] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    helpfulness: Mapping[tuple[str, str], Helpfulness] = field(default_factory=dict)

    def of(self, suggestion_types: Collection[str]) -> "Verdicts":
        """The verdicts on some types only."""
        return Verdicts(
            {key: one for key, one in self.weights.items() if key[0] in suggestion_types},
            tuple(one for one in self.refusals if one.suggestion_type in suggestion_types),
            {key: one for key, one in self.helpfulness.items() if key[0] in suggestion_types},
        )


@dataclass(frozen=True, slots=True)
class Told:
    """How often a type was suggested on a local day; until `until` it is the same suggestion."""

    suggestion_type: str
    times: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """The moment to advise for (UTC), the person's zone then (IANA), what is booked around it,
    what they think of suggestions, and what they were told earlier that local day."""

    at: datetime
    zone: str
    commitments: tuple[Commitment, ...] = ()
    verdicts: Verdicts = field(default_factory=Verdicts)
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What a persona is made from, whole: from the same, the same mapper makes the same again.

    `missing` names the neighbours that did not answer: "feedback", "calendar".
    """

    mindscape: Mindscape
    situation: Situation
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkStyle:
    """How the person works, in minutes, local times and words; 0 or empty when unknown."""

    focus_minutes: int
    deep_work_minutes: int
    peak_hours: tuple[str, ...]
    task_switching_cost: str
    usual_start: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What to plan with, in minutes; no meeting buffer (0) when it is unknown."""

    default_focus_minutes: int
    deep_work_minutes: int
    meeting_buffer_minutes: int
    break_every_minutes: int


@dataclass(frozen=True, slots=True)
class Core:
    """The part of a persona that changes over weeks."""

    work_style: WorkStyle
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class CurrentState:
    """How the person is at the moment: energy "low", "medium" or "high", also from 0 to 1.

    The kind of task is "deep work", "light work", "meetings", "rest" or "off work".
    """

    energy: str
    energy_level: float
    in_peak_hours: bool
    recommended_task_type: str
    working_hours: bool
    minutes_to_next_meeting: int | None
    worked_minutes_today: int


@dataclass(frozen=True, slots=True)
class TraitUsed:
    """A trait as it was when it was used, its value in words."""

    name: str
    value: str
    n: int
    confidence: float
    provisional: bool
    last_evidence_at: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """The rule that spoke, the traits it read, and the weight of the person's feedback."""

    rule: str
    traits: tuple[TraitUsed, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do in [start_at, end_at); the first related trait takes the feedback."""

    type: str
    title: str
    description: str
    duration_minutes: int
    start_at: datetime
    end_at: datetime
    local_window: str
    action: str
    priority: float
    why: Why
    related_traits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """The part of a persona that changes over hours; the best suggestion first.

    `left_out` names the rules that could not be asked, such as "rule easy_review".
    """

    current_state: CurrentState
    suggestions: tuple[Suggestion, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """Who a person is at work at one moment, according to one mapper, until `expires_at`.

    `missing` names the neighbours that did not answer: "feedback", "calendar". `made_from` is None
    for personas from before it was kept.
    """

    persona_id: uuid.UUID
    person_id: PersonId
    mapper_id: str
    mapper_version: int
    mindscape_version: int
    at: datetime
    zone: str
    core: Core
    overlay: Overlay
    created_at: datetime
    expires_at: datetime
    missing: tuple[str, ...] = ()
    made_from: Material | None = None

    @property
    def told(self) -> tuple[Told, ...]:
        """What the person has been told that day, this persona's suggestions counted."""
        before = self.made_from.situation.told if self.made_from else ()
        # What is asked for another moment is a look ahead, and nobody is told it.
        if self.at != self.created_at:
            return before
        return told_after(before, self.overlay.suggestions, self.at)

    def has_expired(self, now: datetime) -> bool:
        """Whether it must not be returned any more."""
        return self.expires_at <= now


def told_after(
    before: Iterable[Told], suggestions: Iterable[Suggestion], at: datetime
) -> tuple[Told, ...]:
    """Counts suggestions to what was told; one that still holds, or is of this hour, is no new
    one."""
    told = {one.suggestion_type: one for one in before}
    for one in suggestions:
        last = told.get(one.type)
        if last is None or one.start_at >= last.until:
            times = last.times + 1 if last else 1
            told[one.type] = Told(one.type, times, max(one.end_at, at + SAME_WITHIN))
    return tuple(told.values())


def derived_id(person_id: PersonId, request_id: str) -> uuid.UUID:
    """The id of the one persona that a request of this person makes, however often it is sent."""
    # A NUL cannot stand in either part, so no two pairs make the same name.
    return uuid.uuid5(NAMESPACE, f"{person_id}\0{request_id}")
