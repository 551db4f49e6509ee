"""Persona as gRPC: converts, calls a use case, converts back."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from uuid import UUID

from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1 import persona_pb2_grpc as pb_grpc
from services.kit.paging import Position, page_size
from services.kit.person_data import Record, Section
from services.kit.signing import sign
from services.kit.times import moment, timestamp
from services.persona import usecases
from services.persona.documents import written
from services.persona.model import (
    Core,
    CurrentState,
    DayPlan,
    Overlay,
    Persona,
    PersonId,
    PlanBlock,
    Preferences,
    Suggestion,
    TraitUsed,
    Why,
    WorkStyle,
)
from services.persona.usecases import (
    DEFAULT_MAPPER,
    Order,
    Personas,
    Studio,
)
from services.persona.watching import SuggestionStreams

LIST = "personas"


class SuggestionIds:
    """Names suggestions so that feedback can tell what was really suggested, and to whom."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, persona: Persona, suggestion: Suggestion, ordinal: int) -> str:
        """Returns the signed id, the same each time."""
        ticket = pb.SuggestionTicket(
            persona_id=persona.persona_id.bytes,
            type=suggestion.type,
            trait=suggestion.related_traits[0],
            at=int(persona.at.timestamp()),
            time_zone=persona.zone,
            expire_at=int(persona.expires_at.timestamp()),
            ordinal=ordinal,
        )
        return sign(self._key, ticket.SerializeToString(deterministic=True), persona.person_id)


class PersonaApi(pb_grpc.PersonaServiceServicer):
    """Answers `personakit.persona.v1.PersonaService`."""

    def __init__(self, studio: Studio, ids: SuggestionIds, streams: SuggestionStreams) -> None:
        self._studio = studio
        self._ids = ids
        self._streams = streams

    async def GeneratePersona(
        self, request: pb.GeneratePersonaRequest, context: object
    ) -> pb.Persona:
        persona = await usecases.generate(
            Order(
                person_id=PersonId(request.person_id),
                mapper_id=request.mapper_id or DEFAULT_MAPPER,
                at=_at(request),
                request_id=request.request_id,
                ttl=request.ttl.ToTimedelta() if request.HasField("ttl") else None,
            ),
            self._studio,
        )
        return to_proto(persona, self._ids)

    async def GetPersona(self, request: pb.GetPersonaRequest, context: object) -> pb.Persona:
        studio = self._studio
        person_id, persona_id = PersonId(request.person_id), UUID(request.persona_id)
        persona = await usecases.get(person_id, persona_id, studio.personas, studio.clock)
        return to_proto(persona, self._ids)

    async def ListPersonas(
        self, request: pb.ListPersonasRequest, context: object
    ) -> pb.ListPersonasResponse:
        size, after = page_size(request.page_size), Position.of(LIST, request.page_token)
        now = self._studio.clock.now()
        found = await self._studio.personas.page(PersonId(request.person_id), now, after, size + 1)
        return pb.ListPersonasResponse(
            personas=[to_proto(persona, self._ids) for persona in found[:size]],
            next_page_token=_token(found[size - 1]) if len(found) > size else "",
        )

    async def Suggest(self, request: pb.SuggestRequest, context: object) -> pb.SuggestResponse:
        order = Order(
            person_id=PersonId(request.person_id),
            mapper_id=request.mapper_id or DEFAULT_MAPPER,
            at=_at(request),
        )
        persona = to_proto(await usecases.generate(order, self._studio), self._ids)
        return pb.SuggestResponse(
            person_id=persona.person_id,
            persona_id=persona.persona_id,
            suggestions=persona.overlay.suggestions,
            current_state=persona.overlay.current_state,
            at=persona.at,
            time_zone=persona.time_zone,
            expire_time=persona.expire_time,
            missing=persona.missing,
            mapper_id=persona.mapper_id,
            mapper_version=persona.mapper_version,
            mindscape_version=persona.mindscape_version,
        )

    async def WatchSuggestions(
        self, request: pb.WatchSuggestionsRequest, context: object
    ) -> AsyncIterator[pb.WatchSuggestionsResponse]:
        async with aclosing(self._streams.answer(request)) as answers:
            async for answer in answers:
                yield answer

    async def PlanDay(self, request: pb.PlanDayRequest, context: object) -> pb.DayPlan:
        person_id = PersonId(request.person_id)
        plan = await usecases.plan_day(person_id, _at(request), self._studio)
        return _plan(person_id, plan)


def sections(personas: Personas, ids: SuggestionIds) -> Mapping[str, Section]:
    """Returns how to read what persona keeps of a person."""

    async def kept(person_id: str, after: str, limit: int) -> Sequence[Record]:
        found = await personas.kept(PersonId(person_id), Position.of(LIST, after), limit)
        return [_record(one, ids) for one in found]

    return {"personas": kept}


def _record(persona: Persona, ids: SuggestionIds) -> Record:
    shown = Record.of(to_proto(persona, ids), _token(persona))
    made_from = written(persona.made_from) if persona.made_from else None
    return Record(shown.place, {**shown.content, "made_from": made_from})


def to_proto(persona: Persona, ids: SuggestionIds) -> pb.Persona:
    suggestions = [
        _suggestion(suggestion, ids.of(persona, suggestion, ordinal))
        for ordinal, suggestion in enumerate(persona.overlay.suggestions)
    ]
    return pb.Persona(
        persona_id=str(persona.persona_id),
        person_id=persona.person_id,
        mapper_id=persona.mapper_id,
        mapper_version=persona.mapper_version,
        mindscape_version=persona.mindscape_version,
        at=timestamp(persona.at),
        time_zone=persona.zone,
        core=_core(persona.core),
        overlay=_overlay(persona.overlay, suggestions),
        create_time=timestamp(persona.created_at),
        expire_time=timestamp(persona.expires_at),
        missing=persona.missing,
        weights=_weights(persona),
    )


def _weights(persona: Persona) -> list[pb.WeightUsed]:
    if persona.made_from is None:
        return []
    weights = persona.made_from.situation.verdicts.weights
    return [
        pb.WeightUsed(suggestion_type=name, trait=trait, weight=one.value)
        for (name, trait), one in sorted(weights.items())
    ]


def _core(core: Core) -> pb.Core:
    return pb.Core(
        work_style=_work_style(core.work_style), preferences=_preferences(core.preferences)
    )


def _work_style(style: WorkStyle) -> pb.WorkStyle:
    return pb.WorkStyle(
        focus_minutes=style.focus_minutes,
        deep_work_minutes=style.deep_work_minutes,
        peak_hours=style.peak_hours,
        task_switching_cost=style.task_switching_cost,
        usual_start=style.usual_start,
    )


def _preferences(preferences: Preferences) -> pb.Preferences:
    return pb.Preferences(
        default_focus_minutes=preferences.default_focus_minutes,
        deep_work_minutes=preferences.deep_work_minutes,
        meeting_buffer_minutes=preferences.meeting_buffer_minutes,
        break_every_minutes=preferences.break_every_minutes,
    )


def _overlay(overlay: Overlay, suggestions: list[pb.Suggestion]) -> pb.Overlay:
    return pb.Overlay(current_state=_state(overlay.current_state), suggestions=suggestions)


def _state(state: CurrentState) -> pb.CurrentState:
    return pb.CurrentState(
        energy=state.energy,
        energy_level=state.energy_level,
        in_peak_hours=state.in_peak_hours,
        recommended_task_type=state.recommended_task_type,
        working_hours=state.working_hours,
        minutes_to_next_meeting=state.minutes_to_next_meeting,
        worked_minutes_today=state.worked_minutes_today,
    )


def _suggestion(suggestion: Suggestion, suggestion_id: str) -> pb.Suggestion:
    return pb.Suggestion(
        suggestion_id=suggestion_id,
        type=suggestion.type,
        title=suggestion.title,
        description=suggestion.description,
        duration_minutes=suggestion.duration_minutes,
        start_time=timestamp(suggestion.start_at),
        end_time=timestamp(suggestion.end_at),
        local_window=suggestion.local_window,
        action=suggestion.action,
        priority=suggestion.priority,
        why=_why(suggestion.why),
        related_traits=suggestion.related_traits,
    )


def _why(why: Why) -> pb.Why:
    traits = [_trait(trait) for trait in why.traits]
    return pb.Why(rule=why.rule, traits=traits, weight=why.weight)


def _trait(trait: TraitUsed) -> pb.TraitUsed:
    last = trait.last_evidence_at
    return pb.TraitUsed(
        name=trait.name,
        value=trait.value,
        n=trait.n,
        confidence=trait.confidence,
        provisional=trait.provisional,
        last_evidence_time=timestamp(last) if last else None,
    )


def _plan(person_id: PersonId, plan: DayPlan) -> pb.DayPlan:
    return pb.DayPlan(
        person_id=person_id,
        date=plan.date.isoformat(),
        at=timestamp(plan.at),
        time_zone=plan.zone,
        blocks=[_block(block) for block in plan.blocks],
        deep_work_minutes=plan.deep_work_minutes,
        mindscape_version=plan.mindscape_version,
        missing=plan.missing,
        summary=plan.summary,
    )


def _block(block: PlanBlock) -> pb.PlanBlock:
    return pb.PlanBlock(
        kind=pb.PlanBlock.Kind.Value(block.kind.name),
        start_time=timestamp(block.start_at),
        end_time=timestamp(block.end_at),
        local_window=block.local_window,
        energy_level=block.energy_level,
        reason=block.reason,
    )


def _at(
    request: pb.GeneratePersonaRequest | pb.SuggestRequest | pb.PlanDayRequest,
) -> datetime | None:
    return moment(request.at) if request.HasField("at") else None


def _token(last: Persona) -> str:
    return Position(last.created_at, last.persona_id).token(LIST)
