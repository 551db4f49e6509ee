"""What a calendar file becomes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import protovalidate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.importers.ics import CANCELLED, OUTSIDE, read_calendar
from clients.importers.plan import Import, ImportRefused, Window, span
from personakit.ingest.v1 import ingest_pb2 as pb

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EVERY_MINUTE = "RRULE:FREQ=DAILY;BYHOUR=9,10;BYMINUTE=" + ",".join(map(str, range(60)))
OTHER, MEETING, FOCUS = (
    pb.CalendarEvent.OTHER,
    pb.CalendarEvent.MEETING,
    pb.CalendarEvent.FOCUS_BLOCK,
)


def event(*lines: str, uid: str = "one", summary: str = "Stand-up") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"])


def calendar(*events: str, head: str = "") -> str:
    body = [head, *events] if head else list(events)
    return "\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//T//T//EN", *body, "END:VCALENDAR"]
    )


def read(text: str | bytes, **options: object) -> Import:
    settled = {"person_id": "ana", "time_zone": "Europe/Berlin", "now": NOW, **options}
    return read_calendar(text, **settled)  # type: ignore[arg-type]


def local_spans(found: Import, zone: ZoneInfo = BERLIN) -> list[tuple[str, str]]:
    spans = (span(each) for each in found.observations)
    return [
        (f"{start.astimezone(zone):%m-%d %H:%M}", f"{end.astimezone(zone):%H:%M}")
        for start, end in spans
    ]


def reasons(found: Import) -> Sequence[tuple[str, str]]:
    return [(each.name, each.reason) for each in found.skipped]


def test_a_timed_entry_is_a_meeting_in_the_zone_of_the_person() -> None:
    found = read(calendar(event("DTSTART:20261117T090000Z", "DTEND:20261117T093000Z")))
    (observation,) = found.observations
    protovalidate.validate(observation)
    assert (observation.person_id, observation.time_zone) == ("ana", "Europe/Berlin")
    assert observation.source == found.source
    assert observation.calendar_event.kind == MEETING
    assert local_spans(found) == [("11-17 10:00", "10:30")]


def test_a_weekly_entry_keeps_its_local_hour_over_the_end_of_summer_time() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Berlin:20261012T090000",
        "DURATION:PT30M",
        "RRULE:FREQ=WEEKLY;COUNT=4",
    )
    found = read(calendar(weekly))
    assert [start for start, _ in local_spans(found)] == [
        "10-12 09:00",
        "10-19 09:00",
        "10-26 09:00",
        "11-02 09:00",
    ]


def test_moved_deleted_and_cancelled_instances_are_followed() -> None:
    series = event(
        "DTSTART:20261109T090000Z",
        "DTEND:20261109T100000Z",
        "RRULE:FREQ=DAILY;COUNT=5",
        "EXDATE:20261110T090000Z",
    )
    moved = event(
        "RECURRENCE-ID:20261111T090000Z",
        "DTSTART:20261111T130000Z",
        "DTEND:20261111T140000Z",
    )
    cancelled = event(
        "RECURRENCE-ID:20261112T090000Z",
        "DTSTART:20261112T090000Z",
        "DTEND:20261112T100000Z",
        "STATUS:CANCELLED",
    )
    found = read(calendar(series, moved, cancelled))
    assert [start for start, _ in local_spans(found)] == [
        "11-09 10:00",
        "11-11 14:00",
        "11-13 10:00",
    ]
    assert found.left_out == {CANCELLED: 1}


def test_a_moved_entry_is_another_observation_of_the_same_group() -> None:
    before = read(calendar(event("DTSTART:20261117T090000Z", "DURATION:PT1H")))
    after = read(calendar(event("DTSTART:20261118T090000Z", "DURATION:PT1H")))
    (old,), (new,) = before.observations, after.observations
    assert old.source_id != new.source_id
    assert old.source_id.split(".")[0] == new.source_id.split(".")[0]


def test_reading_again_gives_the_same_ids() -> None:
    text = calendar(event("DTSTART:20261101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=9"))
    later = read(text, now=NOW + timedelta(days=3), keep_titles=True)
    assert {each.source_id for each in read(text).observations} == {
        each.source_id for each in later.observations
    }


def test_an_all_day_entry_spans_local_days_and_is_no_meeting() -> None:
    found = read(calendar(event("DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261026")))
    (observation,) = found.observations
    assert observation.calendar_event.all_day
    assert observation.calendar_event.kind == OTHER
    start, end = span(observation)
    assert (start.astimezone(BERLIN).hour, end.astimezone(BERLIN).hour) == (0, 0)
    assert end - start == timedelta(hours=49)


def test_an_all_day_entry_that_ends_on_its_own_day_is_one_day() -> None:
    found = read(calendar(event("DTSTART;VALUE=DATE:20261117", "DTEND;VALUE=DATE:20261117")))
    start, end = span(found.observations[0])
    assert end - start == timedelta(days=1)


def test_floating_times_are_meant_in_the_zone_of_the_person() -> None:
    found = read(calendar(event("DTSTART:20261117T090000", "DURATION:PT1H")))
    assert local_spans(found) == [("11-17 09:00", "10:00")]


def test_floating_times_are_meant_in_the_zone_that_the_calendar_names() -> None:
    text = calendar(
        event("DTSTART:20261117T090000", "DURATION:PT1H"), head="X-WR-TIMEZONE:America/New_York"
    )
    assert local_spans(read(text)) == [("11-17 15:00", "16:00")]


def test_a_recurrence_in_utc_follows_the_zone_that_the_calendar_names() -> None:
    text = calendar(
        event("DTSTART:20261023T070000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4"),
        head="X-WR-TIMEZONE:Europe/Berlin",
    )
    assert {start[6:] for start, _ in local_spans(read(text))} == {"09:00"}


def test_a_broken_zone_of_the_calendar_changes_no_times_in_utc() -> None:
    text = calendar(
        event("DTSTART:20261117T090000Z", "DURATION:PT1H"), head="X-WR-TIMEZONE:Nowhere"
    )
    assert local_spans(read(text)) == [("11-17 10:00", "11:00")]


def test_a_zone_that_the_file_defines_itself_is_understood() -> None:
    zone = "\n".join(
        [
            "BEGIN:VTIMEZONE",
            "TZID:Our Office",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "TZOFFSETFROM:+0300",
            "TZOFFSETTO:+0300",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    )
    found = read(calendar(zone, event("DTSTART;TZID=Our Office:20261117T120000", "DURATION:PT1H")))
    assert local_spans(found) == [("11-17 10:00", "11:00")]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["DTSTART;TZID=Mars/Base:20261117T090000", "DURATION:PT1H"], "Mars/Base"),
        (["DTSTART:20261117T090000Z", "DTEND:20261117T080000Z"], "ends before"),
        (["DTSTART:20261117T090000Z"], "takes no time"),
        (["DTSTART:20261117T090000Z", "DURATION:-PT1H"], "ends before"),
        (["DURATION:PT1H"], "no start"),
        (["DTSTART:soon", "DURATION:PT1H"], "cannot be read"),
        (["DTSTART:20261117T090000Z", "DTEND:20261231T090000Z"], "31 days"),
        (["DTSTART:20261117T090000Z", "DURATION:PT1H", "RRULE:FREQ=NEVER"], "cannot be read"),
        (["DTSTART:20261117T090000Z", "DURATION:PT1H", "EXDATE:soon"], "cannot be read"),
        (["DTSTART:20261117T090000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"], "too often"),
        (["DTSTART:20000117T090000Z", "DURATION:PT1S", "RRULE:FREQ=MINUTELY"], "too often"),
        (["DTSTART:20261117T090000Z", "DURATION:PT1S", EVERY_MINUTE], "too often"),
        (
            ["DTSTART:20261117T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTHDAY=31"],
            "never come true",
        ),
        (["DTSTART:20261117T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=0"], "read"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_and_the_others_are_read(
    lines: list[str], reason: str
) -> None:
    good = event("DTSTART:20261116T090000Z", "DURATION:PT1H", uid="good")
    found = read(calendar(event(*lines, summary="Awkward"), good))
    assert len(found.observations) == 1
    ((name, said),) = reasons(found)
    assert name.startswith("Awkward")
    assert reason in said


def test_a_moved_instance_that_cannot_be_used_does_not_stay_where_it_was() -> None:
    series = event("DTSTART:20261116T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    moved = event(
        "RECURRENCE-ID:20261117T090000Z", "DTSTART:20261117T120000Z", "DTEND:20261117T110000Z"
    )
    found = read(calendar(series, moved))
    assert local_spans(found) == [("11-16 10:00", "11:00")]
    assert len(found.skipped) == 1


def test_a_rule_with_a_few_instances_may_be_as_fine_as_it_likes() -> None:
    rule = "RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=4"
    found = read(calendar(event("DTSTART:20261117T090000Z", "DURATION:PT5M", rule)))
    assert len(found.observations) == 4


@pytest.mark.parametrize(
    ("summary", "lines", "kind"),
    [
        ("Review", [], MEETING),
        ("Deep work", [], FOCUS),
        ("Focus time", [], FOCUS),
        ("Focus group", ["ATTENDEE:mailto:bo@example.org"], MEETING),
        ("Lunch", ["TRANSP:TRANSPARENT"], OTHER),
        ("Holiday", ["X-MICROSOFT-CDO-BUSYSTATUS:OOF"], OTHER),
        ("Refocused", [], MEETING),
    ],
)
def test_the_kind_follows_the_stated_rule(summary: str, lines: list[str], kind: int) -> None:
    text = event("DTSTART:20261117T090000Z", "DURATION:PT1H", *lines, summary=summary)
    assert read(calendar(text)).observations[0].calendar_event.kind == kind


def test_an_entry_of_more_than_eight_hours_is_no_meeting() -> None:
    found = read(calendar(event("DTSTART:20261117T080000Z", "DURATION:PT9H")))
    assert found.observations[0].calendar_event.kind == OTHER


def test_titles_and_uids_stay_here_unless_asked_for() -> None:
    text = calendar(
        event("DTSTART:20261117T090000Z", "DURATION:PT1H", uid="secret@x", summary="Secret plan"),
        head="X-WR-CALNAME:Secret name",
    )
    sent = str(read(text, file_name="/home/secret/secret.ics").observations[0])
    assert "ecret" not in sent
    kept = read(text, keep_titles=True).observations[0]
    assert kept.calendar_event.title == "Secret plan"


def test_only_what_touches_the_window_is_read() -> None:
    text = calendar(
        event("DTSTART:20261110T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
        event("DTSTART:20261001T090000Z", "DURATION:PT1H", uid="two"),
    )
    window = Window(datetime(2026, 11, 12, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC))
    found = read(text, window=window)
    assert [start for start, _ in local_spans(found)] == ["11-12 10:00", "11-13 10:00"]
    assert found.left_out == {OUTSIDE: 1}


def test_a_calendar_that_ended_long_ago_is_read_back_from_its_end() -> None:
    text = calendar(
        event("DTSTART:20190301T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"),
        event("DTSTART:20170301T090000Z", "DURATION:PT1H", uid="older"),
    )
    found = read(text)
    assert len(found.observations) == 3
    assert found.left_out == {OUTSIDE: 1}


def test_another_download_of_the_same_calendar_has_the_same_source() -> None:
    text = calendar(head="X-WR-CALNAME:Work")
    names = ["work.ics", "work (1).ics", "/home/ana/work-2026-11-17.ics", "work copy.ics"]
    assert len({read(text, file_name=name).source for name in names}) == 1
    assert read(text, file_name="home.ics").source != read(text, file_name="work.ics").source
    assert read(text, calendar="mine").source == "ics:mine"


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VEVENT\nEND:VEVENT", "BEGIN:VCALENDAR", "\0"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused):
        read(text)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ImportRefused):
        read(calendar(), time_zone="Nowhere/Land")


NAMES = """DTSTART DTEND DURATION RRULE EXDATE RDATE RECURRENCE-ID STATUS UID SEQUENCE SUMMARY
    DTSTART;TZID=Europe/Berlin DTEND;VALUE=DATE X-WR-TIMEZONE"""
VALUES = """20261117T090000Z 20261117T100000 20261117 99991231T235959Z 00010101T000000Z PT1H -P1D
    P99999999D FREQ=DAILY FREQ=SECONDLY;COUNT=2 CANCELLED 1 FREQ=WEEKLY;BYDAY=MO,XX
    FREQ=YEARLY;BYWEEKNO=53 20261117T090000Z/PT1H Ä\\n;,: FREQ=DAILY;UNTIL=20261201
    FREQ=HOURLY;INTERVAL=-1 20261117,20261118T090000Z"""
_NAMES = st.sampled_from(NAMES.split())
_VALUES = st.sampled_from(VALUES.split()) | st.text(max_size=20)
_LINES = st.lists(st.builds("{}:{}".format, _NAMES, _VALUES), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=3))
def test_no_entry_however_broken_ends_in_anything_but_an_import(entries: list[list[str]]) -> None:
    events = ["\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]) for lines in entries]
    try:
        found = read(calendar(*events), keep_titles=True)
    except ImportRefused:
        return
    for observation in found.observations:
        protovalidate.validate(observation)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.binary())
def test_random_text_is_refused_and_nothing_else(raw: str | bytes) -> None:
    with pytest.raises(ImportRefused):
        read(raw)
