"""Writes down what a made-up person would have recorded: sessions, meetings and answers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from clients.workbench.days import Session, Stretch, local_hour, meetings_on, sessions_on
from clients.workbench.people import Person
from personakit.ingest.v1 import ingest_pb2 as pb

COMING_DAYS = 2
"""How many days ahead the calendar is known."""

_Question = pb.UserInput


def write_history(
    person: Person, person_id: str, now: datetime, weeks: int
) -> list[pb.Observation]:
    """Return what the weeks up to `now` left behind, and the meetings of the coming days.

    All carry a source and a source id that follow from the person and the day alone, so that
    writing again later, or for more weeks, adds to what is there and doubles nothing.
    """
    diary = _Diary(person, person_id)
    today = now.astimezone(ZoneInfo(person.time_zone)).date()
    days = [today + timedelta(days=each) for each in range(-7 * weeks, COMING_DAYS + 1)]
    written = [*diary.first_answers(days[0]), *(each for day in days for each in diary.day(day))]
    return [each for each in written if _is_known(each, now)]


class _Diary:
    """Turns the days of a person into observations."""

    def __init__(self, person: Person, person_id: str) -> None:
        self._person = person
        self._person_id = person_id
        self._source = f"workbench:{sha256(repr(person).encode()).hexdigest()[:16]}"

    def first_answers(self, day: date) -> Iterator[pb.Observation]:
        """Yield the answers to the wizard's questions, given as the first day begins."""
        first = next(sessions_on(self._person, day), None)
        zone = ZoneInfo(self._person.time_zone)
        at = first.start if first else datetime(day.year, day.month, day.day, 9, tzinfo=zone)
        for name, answer in answers_of(self._person).items():
            question = _Question.Question.Value(name.upper())
            yield self._answer(name, question, answer, at)

    def day(self, day: date) -> Iterator[pb.Observation]:
        """Yield all of one local day, in the zone where it was lived."""
        today = self._person.on(day)
        for observation in self._lived(day, today):
            observation.time_zone = today.time_zone
            yield observation

    def _lived(self, day: date, today: Person) -> Iterator[pb.Observation]:
        for number, meeting in enumerate(meetings_on(self._person, day)):
            yield self._meeting(f"{day}.meeting.{number}", meeting)
        for number, session in enumerate(sessions_on(self._person, day)):
            if session.logged:
                yield self._session(f"{day}.session.{number}", session)
            if number == day.toordinal() % 9:
                energy = today.energy_in_words(local_hour(today, session.start))
                yield self._answer(f"{day}.energy", _Question.ENERGY_NOW, energy, session.start)

    def _meeting(self, name: str, meeting: Stretch) -> pb.Observation:
        event = pb.CalendarEvent(kind=pb.CalendarEvent.MEETING)
        event.start_time.FromDatetime(meeting.start)
        event.end_time.FromDatetime(meeting.end)
        return self._observation(name, calendar_event=event)

    def _session(self, name: str, session: Session) -> pb.Observation:
        work = pb.WorkSession(interruptions=session.interruptions)
        work.start_time.FromDatetime(session.start)
        work.end_time.FromDatetime(session.end)
        if session.score is not None:
            work.productivity_score = session.score
        return self._observation(name, work_session=work)

    def _answer(
        self, name: str, question: pb.UserInput.Question.ValueType, answer: str, at: datetime
    ) -> pb.Observation:
        given = pb.UserInput(question=question, answer=answer)
        given.answer_time.FromDatetime(at)
        return self._observation(name, user_input=given)

    def _observation(
        self,
        name: str,
        work_session: pb.WorkSession | None = None,
        calendar_event: pb.CalendarEvent | None = None,
        user_input: pb.UserInput | None = None,
    ) -> pb.Observation:
        return pb.Observation(
            person_id=self._person_id,
            time_zone=self._person.time_zone,
            source=self._source,
            source_id=name,
            work_session=work_session,
            calendar_event=calendar_event,
            user_input=user_input,
        )


def answers_of(person: Person) -> dict[str, str]:
    """Return by question what the person says: about right, and in the words that are offered."""
    quarter_hours = round(4 * person.start_hour) % 96
    return {
        "time_zone": person.time_zone,
        "usual_start": f"{quarter_hours // 4:02}:{15 * (quarter_hours % 4):02}",
        "most_productive": _part_of_the_day(person.peaks[0].hour),
        "focus_length": _in_words(person.focus_minutes),
        "flow_disruptor": _disruptor(person),
    }


def _part_of_the_day(hour: float) -> str:
    if hour < 12:
        return "morning"
    return "evening" if hour >= 17.5 else "afternoon"


def _in_words(minutes: float) -> str:
    if minutes < 45:
        return "30min"
    return "1hr" if minutes < 90 else "2hr+"


def _disruptor(person: Person) -> str:
    a_day = sum(person.meetings_a_day) / len(person.meetings_a_day)
    if a_day > 2:
        return "meetings"
    return "slack" if person.interruptions_an_hour > 0.7 else "context-switches"


def _is_known(observation: pb.Observation, now: datetime) -> bool:
    """Tell whether it is over at `now`; calendars are known ahead."""
    if observation.HasField("work_session"):
        return observation.work_session.end_time.seconds <= now.timestamp()
    if observation.HasField("user_input"):
        return observation.user_input.answer_time.seconds <= now.timestamp()
    return True
