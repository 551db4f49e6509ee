"""Plausible answers of the API, to be shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.gateway.v1 import health_pb2 as health
from personakit.persona.v1 import mapper_pb2
from personakit.persona.v1 import persona_pb2 as pb
from personakit.profiler.v1 import profiler_pb2 as profiler

NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
"""10:40 on a Tuesday in Tokyo."""
LONG_ID = "CkQ" + "x" * 150


def stamp(moment: datetime = NOW) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(moment)
    return found


def persona(person_id: str = "ana", *, at: Timestamp | None = None) -> pb.Persona:
    """At 10:40 in Tokyo, in peak hours, with two suggestions."""
    return pb.Persona(
        persona_id="0198c0de-0000-7000-8000-000000000001",
        person_id=person_id,
        mapper_id="daily_work_optimizer",
        mapper_version=1,
        mindscape_version=12,
        at=at if at and at.seconds else stamp(),
        time_zone="Asia/Tokyo",
        core=core(),
        overlay=pb.Overlay(
            current_state=current_state(), suggestions=[deep_work(), brief("break", "Short Break")]
        ),
        expire_time=stamp(datetime(2026, 11, 17, 2, 40, tzinfo=UTC)),
        weights=[pb.WeightUsed(suggestion_type="break", trait="work.focus_duration", weight=0.8)],
    )


def mapper(mapper_id: str, version: int = 1, source: str = "") -> mapper_pb2.Mapper:
    """A mapper with two types of suggestions."""
    return mapper_pb2.Mapper(
        mapper_id=mapper_id,
        version=version,
        description="When to read, and when not.",
        suggestion_types=["reading", "skimming"],
        source=source,
    )


def plan(person_id: str = "ana", *, at: Timestamp | None = None) -> pb.DayPlan:
    """From 10:40 in Tokyo on, a block of each kind."""
    kinds = pb.PlanBlock.Kind.keys()[1:]
    return pb.DayPlan(
        person_id=person_id,
        date="2026-11-17",
        at=at if at and at.seconds else stamp(),
        time_zone="Asia/Tokyo",
        blocks=[block(kind, 40 + 50 * number) for number, kind in enumerate(kinds)],
        deep_work_minutes=50,
        mindscape_version=12,
        summary="50 minutes of deep work in one block; your day usually ends around 18:00.",
    )


def block(kind: str, minute: int) -> pb.PlanBlock:
    start, end = NOW + timedelta(minutes=minute - 40), NOW + timedelta(minutes=minute + 10)
    zone = ZoneInfo("Asia/Tokyo")
    return pb.PlanBlock(
        kind=pb.PlanBlock.Kind.Value(kind),
        start_time=stamp(start),
        end_time=stamp(end),
        local_window=f"{start.astimezone(zone):%H:%M}-{end.astimezone(zone):%H:%M}",
        energy_level=0.82,
        reason="Energy higher than in 82% of your working day: 50 minutes, your usual length.",
    )


def core() -> pb.Core:
    return pb.Core(
        work_style=pb.WorkStyle(
            focus_minutes=50,
            deep_work_minutes=85,
            peak_hours=["09:00-12:00"],
            task_switching_cost="medium",
            usual_start="09:00",
        ),
        preferences=pb.Preferences(
            default_focus_minutes=50,
            deep_work_minutes=85,
            meeting_buffer_minutes=15,
            break_every_minutes=70,
        ),
    )


def current_state() -> pb.CurrentState:
    return pb.CurrentState(
        energy="high",
        energy_level=0.82,
        in_peak_hours=True,
        recommended_task_type="deep work",
        working_hours=True,
        minutes_to_next_meeting=80,
        worked_minutes_today=70,
    )


def deep_work() -> pb.Suggestion:
    return pb.Suggestion(
        suggestion_id=LONG_ID,
        type="deep_work_window",
        title="Deep Work Window",
        description="Your energy is high until 12:00; half of your sessions last 50 minutes [ok].",
        duration_minutes=80,
        local_window="10:40-12:00",
        action="Close the inbox and start the hardest task.",
        priority=0.9,
        why=pb.Why(
            rule="deep work while energy is high",
            weight=1.0,
            traits=[
                pb.TraitUsed(
                    name="work.peak_hours",
                    value="09:00-12:00",
                    n=120,
                    confidence=0.71,
                    provisional=True,
                    last_evidence_time=stamp(),
                )
            ],
        ),
        related_traits=["work.peak_hours"],
    )


def brief(kind: str, title: str) -> pb.Suggestion:
    return pb.Suggestion(
        suggestion_id=f"id-of-{kind}",
        type=kind,
        title=title,
        description="You have worked for 70 minutes.",
        duration_minutes=10,
        action="Walk.",
    )


def mindscape(person_id: str = "ana", *, version: int = 12) -> profiler.Mindscape:
    """A morning person with three traits."""
    return profiler.Mindscape(
        person_id=person_id,
        version=version,
        update_time=stamp(),
        time_zone="Asia/Tokyo",
        traits={
            "work.energy_patterns": trait(energy_patterns=energy()),
            "work.peak_hours": trait(peak_hours=peaks()),
            "work.meeting_recovery": trait(
                provisional=True,
                meeting_recovery=profiler.MeetingRecovery(p50_minutes=12, p90_minutes=30),
            ),
        },
    )


def energy() -> profiler.EnergyPatterns:
    weekday = [0.9 if 9 <= hour < 12 else 0.2 for hour in range(24)]
    return profiler.EnergyPatterns(weekday=weekday, weekend=[0.3] * 24)


def peaks() -> profiler.PeakHours:
    window = profiler.PeakHours.Window
    return profiler.PeakHours(windows=[window(start="09:00", end="12:00", level=0.9)])


def trait(
    *,
    provisional: bool = False,
    energy_patterns: profiler.EnergyPatterns | None = None,
    peak_hours: profiler.PeakHours | None = None,
    focus_duration: profiler.FocusDuration | None = None,
    meeting_recovery: profiler.MeetingRecovery | None = None,
    task_switching_cost: profiler.TaskSwitchingCost | None = None,
    preferred_start_time: profiler.PreferredStartTime | None = None,
    flow_disruptors: profiler.FlowDisruptors | None = None,
    energy_level: profiler.EnergyLevel | None = None,
) -> profiler.Trait:
    return profiler.Trait(
        energy_patterns=energy_patterns,
        peak_hours=peak_hours,
        focus_duration=focus_duration,
        meeting_recovery=meeting_recovery,
        task_switching_cost=task_switching_cost,
        preferred_start_time=preferred_start_time,
        flow_disruptors=flow_disruptors,
        energy_level=energy_level,
        spread=0.1,
        n=120,
        effective_n=88.5,
        confidence=0.71,
        provisional=provisional,
        source=profiler.Trait.MIXED,
        last_evidence_time=stamp(),
    )


def explanation(name: str = "work.peak_hours") -> profiler.ExplainTraitResponse:
    """Rests on 40 days, one of which is shown."""
    evidence = profiler.ExplainTraitResponse.Evidence(
        observation_id="1", says="50 minutes of work from 09:10"
    )
    day = profiler.ExplainTraitResponse.Day(date="2026-11-17", weight=1.0, evidence=[evidence])
    return profiler.ExplainTraitResponse(
        trait=name,
        current=trait(peak_hours=peaks()),
        method="The best windows of the energy curve.",
        days=[day],
        day_count=40,
        what_would_change=["8 more sessions would make it no longer provisional"],
    )


def comparison(from_version: int = 7, to_version: int = 12) -> profiler.CompareMindscapesResponse:
    """One trait has changed."""
    change = profiler.CompareMindscapesResponse.Change(
        trait="work.focus_duration",
        before=trait(peak_hours=peaks()),
        after=trait(peak_hours=peaks()),
        says="p50 from 45 to 50 minutes, 3 observations more",
    )
    return profiler.CompareMindscapesResponse(
        from_version=from_version,
        to_version=to_version,
        from_time=stamp() if from_version else None,
        to_time=stamp(),
        changes=[change],
    )


def verdict(person_id: str, suggestion_id: str, helpful: bool) -> feedback.Feedback:
    return feedback.Feedback(
        person_id=person_id,
        suggestion_id=suggestion_id,
        suggestion_type="break",
        helpful=helpful,
        related_trait="work.focus_duration",
        weight=1.1,
        create_time=stamp(),
    )


def analytics(person_id: str = "ana") -> feedback.Analytics:
    counts = feedback.Analytics.Counts(
        total=4,
        helpful=3,
        not_helpful=1,
        helpful_rate=0.75,
        helpful_rate_low=0.3006,
        helpful_rate_high=0.9544,
    )
    effect = feedback.Analytics.WeightEffect(
        suggestion_type="break", trait="work.focus_duration", raised=1, while_same=counts
    )
    return feedback.Analytics(
        person_id=person_id,
        totals=counts,
        by_suggestion_type={"break": counts},
        by_part_of_day={"morning": counts},
        by_week={"2026-W47": counts},
        weights=weights().weights,
        weight_effects=[effect],
    )


def weights(weight: float = 1.1) -> feedback.GetWeightsResponse:
    break_ = feedback.TraitWeight(
        suggestion_type="break",
        trait="work.focus_duration",
        weight=weight,
        original=1.0,
        negative_count=2,
    )
    mornings = feedback.GetWeightsResponse.Helpfulness(
        suggestion_type="break", part_of_day="morning", helpful=2.5, not_helpful=0.5
    )
    return feedback.GetWeightsResponse(weights=[break_], helpfulness=[mornings])


def weight_changes() -> feedback.ListWeightChangesResponse:
    """One of each cause, newest first."""
    changes = [
        feedback.WeightChange(
            suggestion_type="break",
            trait="work.focus_duration",
            before=before,
            after=after,
            cause=cause,
            change_time=stamp(),
        )
        for cause, before, after in (
            (feedback.WeightChange.RESET, 0.88, 1.0),
            (feedback.WeightChange.NOT_HELPFUL, 1.1, 0.88),
            (feedback.WeightChange.HELPFUL, 1.0, 1.1),
        )
    ]
    return feedback.ListWeightChangesResponse(changes=changes)


def health_of(*, profiler_serves: bool = True) -> health.Health:
    serving, not_serving = health.Health.SERVING, health.Health.NOT_SERVING
    state = serving if profiler_serves else not_serving
    return health.Health(
        status=state,
        services={"ingest": serving, "profiler": state},
        database=serving,
        version="0.1.0",
    )


def failed_task(observation_id: str) -> profiler.ListFailedTasksResponse.FailedTask:
    return profiler.ListFailedTasksResponse.FailedTask(
        task_id=f"0198c0de-0000-7000-8000-{observation_id:0>12}",
        task_type="process_observation",
        observation_id=observation_id,
        attempts=3,
        last_error="ValueError",
        create_time=stamp(),
    )
