"""What an ActivityWatch export becomes."""

import json
from datetime import UTC, datetime, timedelta

import protovalidate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.importers.activitywatch import IN_FUTURE, TOO_LONG, TOO_SHORT, read_export
from clients.importers.plan import Import, ImportRefused, span

START = datetime(2026, 11, 17, 9, tzinfo=UTC)
NOW = START + timedelta(days=10)

Events = list[dict[str, object]]


def at(minute: float, minutes: float, **content: str) -> dict[str, object]:
    moment = START + timedelta(minutes=minute)
    return {"timestamp": moment.isoformat(), "duration": minutes * 60, "data": content}


def here(minute: float, minutes: float) -> dict[str, object]:
    return at(minute, minutes, status="not-afk")


def bucket(kind: str, events: Events, host: str = "laptop") -> dict[str, object]:
    return {"id": f"{kind}_{host}", "type": kind, "hostname": host, "events": events}


def export(afk: Events | None = None, windows: Events | None = None) -> str:
    buckets = [bucket("web.tab.current", [at(0, 1, url="https://secret.example.org")])]
    if afk is not None:
        buckets.append(bucket("afkstatus", afk))
    if windows is not None:
        buckets.append(bucket("currentwindow", windows))
    return json.dumps({"buckets": {str(each["id"]): each for each in buckets}})


def read(raw: str | bytes, now: datetime = NOW, keep_titles: bool = False) -> Import:
    return read_export(
        raw, person_id="ana", time_zone="America/Detroit", now=now, keep_titles=keep_titles
    )


def minutes(found: Import) -> list[tuple[int, int]]:
    return [
        (int((start - START).total_seconds() // 60), int((end - START).total_seconds() // 60))
        for start, end in map(span, found.observations)
    ]


def interruptions(windows: Events) -> int:
    (observation,) = read(export([here(0, 120)], windows)).observations
    return observation.work_session.interruptions


def test_time_at_the_keyboard_with_a_window_in_front_is_a_session() -> None:
    found = read(export([here(0, 60)], [at(5, 40, app="Code")]))
    (observation,) = found.observations
    protovalidate.validate(observation)
    assert minutes(found) == [(5, 45)]
    assert observation.time_zone == "America/Detroit"
    assert not observation.work_session.HasField("productivity_score")
    assert observation.work_session.HasField("interruptions")


def test_a_break_of_five_minutes_ends_a_session_and_a_shorter_one_does_not() -> None:
    windows = [at(0, 60, app="Code")]
    assert minutes(read(export([here(0, 20), here(25, 20)], windows))) == [(0, 20), (25, 45)]
    assert minutes(read(export([here(0, 20), here(24.9, 20)], windows))) == [(0, 44)]


def test_time_without_a_window_is_a_break() -> None:
    windows = [at(0, 20, app="Code"), at(30, 20, app="Code")]
    assert minutes(read(export([here(0, 60)], windows))) == [(0, 20), (30, 50)]


def test_overlapping_and_empty_events_count_once() -> None:
    afk = [here(0, 30), here(10, 10), here(12, 0), at(5, 10, status="afk")]
    windows = [at(0, 0, app="Code"), at(0, 30, app="Code"), at(0, 15, app="Code")]
    assert minutes(read(export(afk, windows))) == [(0, 30)]


def test_sessions_that_are_too_short_too_long_or_not_over_are_counted() -> None:
    afk = [here(0, 4), here(60, 25 * 60), here(30 * 60, 30), here(40 * 60, 30)]
    found = read(export(afk), now=START + timedelta(hours=40, minutes=10))
    assert minutes(found) == [(1800, 1830)]
    assert found.left_out == {TOO_SHORT: 1, TOO_LONG: 1, IN_FUTURE: 1}


def test_without_a_window_watcher_nobody_counted_interruptions() -> None:
    (observation,) = read(export([here(0, 60)])).observations
    assert not observation.work_session.HasField("interruptions")


def test_without_an_afk_watcher_the_windows_alone_count() -> None:
    assert minutes(read(export(windows=[at(0, 30, app="Code")]))) == [(0, 30)]


def test_a_machine_without_an_afk_watcher_counts_for_nothing_beside_one_with() -> None:
    laptop = bucket("afkstatus", [here(0, 30)])
    phone = bucket("currentwindow", [at(100, 60, app="Game")], host="phone")
    assert minutes(read(json.dumps({"buckets": [laptop, phone]}))) == [(0, 30)]


def test_buckets_may_be_an_array_and_one_may_be_empty() -> None:
    buckets = [bucket("afkstatus", [here(0, 30)]), bucket("currentwindow", [])]
    assert minutes(read(json.dumps({"buckets": buckets}))) == [(0, 30)]


def test_a_message_that_stays_is_an_interruption_and_a_glance_is_not() -> None:
    looked = [at(0, 20, app="Code"), at(20, 2, app="Slack"), at(22, 30, app="Code")]
    glanced = [at(0, 20, app="Code"), at(20, 0.1, app="Slack"), at(20.1, 30, app="Code")]
    assert interruptions(looked) == 1
    assert interruptions(glanced) == 0


def test_an_app_out_of_nowhere_is_an_interruption_if_one_comes_back_from_it() -> None:
    tools = [at(0, 10, app="Code"), at(10, 10, app="Browser"), at(20, 10, app="Code")]
    assert interruptions([*tools, at(30, 3, app="Shop"), at(33, 20, app="Code")]) == 1
    assert interruptions([*tools, at(30, 30, app="Shop")]) == 0


def test_changing_between_tools_is_work() -> None:
    apps = ["Code", "Browser", "Terminal"]
    assert interruptions([at(i, 1, app=apps[i % 3]) for i in range(120)]) == 0


def test_even_constant_messages_interrupt_at_most_twelve_times_an_hour() -> None:
    windows = [at(i, 1, app="Slack" if i % 2 else "Code") for i in range(120)]
    assert 12 <= interruptions(windows) <= 24


def test_nothing_of_titles_addresses_apps_or_hosts_leaves_unless_asked_for() -> None:
    windows = [at(0, 30, app="SecretApp", title="secret title")]
    raw = export([here(0, 30)], windows).replace("laptop", "secret-host")
    assert "ecret" not in str(read(raw).observations[0])
    kept = read(raw, keep_titles=True).observations[0]
    assert kept.work_session.label == "SecretApp"
    assert kept.source_id == read(raw).observations[0].source_id


def test_a_later_export_changes_only_the_session_that_grew() -> None:
    first = read(export([here(0, 30), here(60, 20)]))
    second = read(export([here(0, 30), here(60, 40), here(120, 30)]))
    ids = [[each.source_id for each in found.observations] for found in (first, second)]
    assert first.source == second.source
    assert ids[0][0] == ids[1][0]
    assert ids[0][1] != ids[1][1]


def test_events_that_cannot_be_read_are_counted_and_named_by_bucket() -> None:
    broken: Events = [{"timestamp": "soon", "duration": 1, "data": {}}, {}, at(0, -1)]
    found = read(export([here(0, 30), *broken]))
    assert minutes(found) == [(0, 30)]
    assert [each.name for each in found.skipped] == ["3 events of afkstatus_laptop"]


@pytest.mark.parametrize(
    "raw", ["", "[]", "{}", '{"buckets": 1}', '{"buckets": {}}', "[" * 100_000, b"\xff\xfe\x00"]
)
def test_what_is_no_export_is_refused(raw: str | bytes) -> None:
    with pytest.raises(ImportRefused):
        read(raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_EVENT = st.fixed_dictionaries(
    {},
    optional={
        "timestamp": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | _JSON,
        "duration": st.floats() | _JSON,
        "data": st.fixed_dictionaries({"status": st.just("not-afk"), "app": _JSON}) | _JSON,
    },
)
_BUCKET = st.fixed_dictionaries(
    {"type": st.sampled_from(["afkstatus", "currentwindow"]), "events": st.lists(_EVENT) | _JSON},
    optional={"id": _JSON, "hostname": _JSON},
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_BUCKET | _JSON, max_size=4))
def test_no_export_however_broken_ends_in_anything_but_an_import(buckets: list[object]) -> None:
    try:
        found = read(json.dumps({"buckets": buckets}), keep_titles=True)
    except ImportRefused:
        return
    for observation in found.observations:
        protovalidate.validate(observation)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.binary())
def test_random_text_is_refused_and_nothing_else_happens(raw: str | bytes) -> None:
    with pytest.raises(ImportRefused):
        read(raw)
