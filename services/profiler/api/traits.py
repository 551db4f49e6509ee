"""Traits, mindscapes, and what is said of them, as messages."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import assert_never

from personakit.profiler.v1 import profiler_pb2 as pb
from services.kit.times import timestamp
from services.profiler.model import (
    Comparison,
    EnergyLevel,
    EnergyPatterns,
    Explanation,
    FlowDisruptors,
    FocusDuration,
    Level,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    PreferredStartTime,
    Quantiles,
    Source,
    TaskSwitchingCost,
    Trait,
    Value,
    Window,
)

SOURCES = {
    Source.PRIOR: pb.Trait.PRIOR,
    Source.ANSWERED: pb.Trait.ANSWERED,
    Source.OBSERVED: pb.Trait.OBSERVED,
    Source.MIXED: pb.Trait.MIXED,
}
COSTS = {
    Level.LOW: pb.TaskSwitchingCost.LOW,
    Level.MEDIUM: pb.TaskSwitchingCost.MEDIUM,
    Level.HIGH: pb.TaskSwitchingCost.HIGH,
}
ENERGIES = {
    Level.LOW: pb.EnergyLevel.LOW,
    Level.MEDIUM: pb.EnergyLevel.MEDIUM,
    Level.HIGH: pb.EnergyLevel.HIGH,
}


def mindscape_to_proto(mindscape: Mindscape) -> pb.Mindscape:
    return pb.Mindscape(
        person_id=mindscape.person_id,
        version=mindscape.version,
        update_time=timestamp(mindscape.updated_at),
        traits={name: trait_to_proto(trait) for name, trait in mindscape.traits.items()},
        time_zone=mindscape.zone,
    )


def trait_to_proto(trait: Trait) -> pb.Trait:
    converted = pb.Trait(
        spread=trait.spread,
        n=trait.n,
        effective_n=trait.effective_n,
        confidence=trait.confidence,
        provisional=trait.provisional,
        source=SOURCES[trait.source],
        last_evidence_time=timestamp(datetime.fromtimestamp(trait.last_evidence, UTC)),
        prior_version=trait.prior_version,
    )
    _set_value(converted, trait.value)
    return converted


def _set_value(trait: pb.Trait, value: Value) -> None:
    match value:
        case EnergyPatterns(weekday, weekend):
            trait.energy_patterns.MergeFrom(pb.EnergyPatterns(weekday=weekday, weekend=weekend))
        case PeakHours():
            trait.peak_hours.MergeFrom(_peak_hours_to_proto(value))
        case FocusDuration():
            trait.focus_duration.MergeFrom(_focus_duration_to_proto(value))
        case MeetingRecovery(p50, p90):
            trait.meeting_recovery.MergeFrom(pb.MeetingRecovery(p50_minutes=p50, p90_minutes=p90))
        case TaskSwitchingCost():
            trait.task_switching_cost.MergeFrom(_cost_to_proto(value))
        case PreferredStartTime():
            trait.preferred_start_time.MergeFrom(pb.PreferredStartTime(**asdict(value)))
        case FlowDisruptors():
            trait.flow_disruptors.MergeFrom(_disruptors_to_proto(value))
        case EnergyLevel():
            trait.energy_level.MergeFrom(_energy_level_to_proto(value))
        case _:
            assert_never(value)


def _peak_hours_to_proto(value: PeakHours) -> pb.PeakHours:
    return pb.PeakHours(
        windows=map(_window_to_proto, value.windows),
        weekend_windows=map(_window_to_proto, value.weekend_windows),
    )


def _window_to_proto(window: Window) -> pb.PeakHours.Window:
    return pb.PeakHours.Window(start=window.start, end=window.end, level=window.level)


def _focus_duration_to_proto(value: FocusDuration) -> pb.FocusDuration:
    return pb.FocusDuration(
        p50_minutes=value.overall.p50_minutes,
        p75_minutes=value.overall.p75_minutes,
        p90_minutes=value.overall.p90_minutes,
        by_part_of_day={
            part: _quantiles_to_proto(one) for part, one in value.by_part_of_day.items()
        },
    )


def _quantiles_to_proto(quantiles: Quantiles) -> pb.FocusDuration.Quantiles:
    return pb.FocusDuration.Quantiles(
        p50_minutes=quantiles.p50_minutes,
        p75_minutes=quantiles.p75_minutes,
        p90_minutes=quantiles.p90_minutes,
        n=quantiles.n,
    )


def _cost_to_proto(value: TaskSwitchingCost) -> pb.TaskSwitchingCost:
    return pb.TaskSwitchingCost(
        level=COSTS[value.level],
        score_lost_per_interruption=value.score_lost_per_interruption,
        minutes_lost_per_interruption=value.minutes_lost_per_interruption,
    )


def _disruptors_to_proto(value: FlowDisruptors) -> pb.FlowDisruptors:
    return pb.FlowDisruptors(
        disruptors=[
            pb.FlowDisruptors.Disruptor(name=one.name, share=one.share) for one in value.disruptors
        ]
    )


def _energy_level_to_proto(value: EnergyLevel) -> pb.EnergyLevel:
    return pb.EnergyLevel(
        level=ENERGIES[value.level],
        value=value.value,
        worked_minutes_today=value.worked_minutes_today,
        meeting_minutes_today=value.meeting_minutes_today,
        minutes_since_break=value.minutes_since_break,
    )


def explanation_to_proto(explanation: Explanation) -> pb.ExplainTraitResponse:
    return pb.ExplainTraitResponse(
        trait=explanation.name,
        current=trait_to_proto(explanation.trait),
        method=explanation.method,
        days=[
            pb.ExplainTraitResponse.Day(
                date=day.date.isoformat(),
                weight=day.weight,
                evidence=[
                    pb.ExplainTraitResponse.Evidence(
                        observation_id=one.observation_id, says=one.says
                    )
                    for one in day.evidence
                ],
            )
            for day in explanation.days
        ],
        day_count=explanation.day_count,
        what_would_change=explanation.what_would_change,
    )


def comparison_to_proto(comparison: Comparison) -> pb.CompareMindscapesResponse:
    before, after = comparison.before, comparison.after
    return pb.CompareMindscapesResponse(
        from_version=before.version if before else 0,
        to_version=after.version,
        from_time=timestamp(before.updated_at) if before else None,
        to_time=timestamp(after.updated_at),
        changes=[
            pb.CompareMindscapesResponse.Change(
                trait=one.name,
                before=trait_to_proto(one.before) if one.before else None,
                after=trait_to_proto(one.after) if one.after else None,
                says=one.says,
            )
            for one in comparison.changes
        ],
    )
