"""Makes messages of any type that mostly keep the rules of their protos, and sometimes do not."""

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from buf.validate import validate_pb2 as validate
from personakit.ingest.v1 import ingest_pb2 as ingest

PEOPLE = st.sampled_from(["ana", "sample", "nobody", "a" * 128, "._@:-"])
TEXTS = st.sampled_from(
    [
        *("", " ", "\x00", "a\x00b", "\ud7ff", "\ufeff", "\U0010ffff", "\u202e", "a" * 5000),
        *("../../etc/passwd", "'; DROP TABLE ingest.people; --", "%s%n", "${jndi:x}", "null"),
    ]
) | st.text(max_size=80)
ZONES = st.sampled_from(
    [
        *("", "Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Factory"),
        *("../../etc/passwd", "/etc/localtime", "Mars/Olympus", "UTC\x00", "asia/tokyo", "a" * 65),
    ]
)
WORDS = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=64)
HOMES = st.sampled_from(["", "Asia/Tokyo", "Europe/Berlin", "America/St_Johns"])
# By question.
ANSWERS = ("", "09:00", "morning", "2hr+", "slack", "low", "Asia/Tokyo")
# The first and last seconds that a Timestamp can hold, and those of the rules.
MOMENTS = st.sampled_from(
    [-62135596800, 253402300799, 0, -1, 946684800, 4102444799, 1795000000, 2**40, 2**62, -(2**63)]
) | st.integers(1_700_000_000, 1_800_000_000)
LATELY = st.integers(1_700_000_000, 1_790_000_000)
LENGTHS = st.sampled_from([0, 1, -1, 30, 60, 86400, 315_576_000_000, 2**63 - 1])
NANOS = st.sampled_from([0, 0, 0, 1, 999_999_999, -1, 2**31 - 1])
NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
TRAITS = st.sampled_from(["work.peak_hours", "work.focus_duration", "current_state.energy_level"])
NAMED = {"person_id": PEOPLE, "time_zone": HOMES, "trait": TRAITS}


@st.composite
def messages(draw: st.DrawFn, kind: Descriptor, *, wild: bool | None = None) -> Message:
    """Draws a message: half of them with every field as the rules want it."""
    made: Message = GetMessageClass(kind)()
    wild = draw(st.booleans()) if wild is None else wild
    chosen = {oneof: draw(st.sampled_from(tuple(oneof.fields))) for oneof in kind.oneofs}
    for field in kind.fields:
        oneof = field.containing_oneof
        one_of_several = oneof is not None and len(oneof.fields) > 1
        given = field in chosen.values() if one_of_several else draw(st.integers(0, 3))
        if given or is_required(field):
            put(made, field, draw(values(field, wild=wild)))
    if not wild:
        mend(made)
    return made


def mend(message: Message) -> None:
    """Makes it keep the rules that are about several fields."""
    if isinstance(message, ingest.Observation) and not (message.source and message.source_id):
        message.ClearField("source")
        message.ClearField("source_id")
    if isinstance(message, ingest.WorkSession):
        message.ClearField("end_time")
        message.duration_minutes = message.duration_minutes or 60
    if isinstance(message, ingest.CalendarEvent):
        message.end_time.seconds = message.start_time.seconds + 1800
    if isinstance(message, ingest.UserInput):
        message.answer = ANSWERS[message.question]


def put(message: Message, field: FieldDescriptor, value: object) -> None:
    if field.is_repeated:
        getattr(message, field.name).extend(value)
    elif isinstance(value, Message):
        getattr(message, field.name).CopyFrom(value)
    else:
        setattr(message, field.name, value)


def values(field: FieldDescriptor, *, wild: bool) -> st.SearchStrategy[object]:
    one = one_value(field, wild=wild)
    return st.lists(one, max_size=4) if field.is_repeated else one


def one_value(field: FieldDescriptor, *, wild: bool) -> st.SearchStrategy[object]:
    if field.message_type:
        return of_message(field.message_type, wild=wild)
    if field.enum_type:
        return numbers_of(field.enum_type, wild=wild)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return strings(field, wild=wild)
    if field.cpp_type in NUMBERS:
        return integers(field, wild=wild)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return st.booleans()
    return st.floats()


def of_message(kind: Descriptor, *, wild: bool) -> st.SearchStrategy[Message]:
    made = GetMessageClass(kind)
    if kind.full_name == "google.protobuf.Timestamp":
        moments = st.builds(made, seconds=MOMENTS, nanos=NANOS)
        return moments if wild else st.builds(made, seconds=LATELY)
    if kind.full_name == "google.protobuf.Duration":
        lengths = st.builds(made, seconds=LENGTHS, nanos=NANOS)
        return lengths if wild else st.builds(made, seconds=st.integers(1, 30))
    return messages(kind, wild=wild)


def numbers_of(kind: EnumDescriptor, *, wild: bool) -> st.SearchStrategy[int]:
    numbers = [value.number for value in kind.values]
    known = st.sampled_from(numbers if wild else numbers[1:])
    return known | st.sampled_from([-1, 99, 2**31 - 1]) if wild else known


def strings(field: FieldDescriptor, *, wild: bool) -> st.SearchStrategy[str]:
    if wild:
        return ZONES if field.name == "time_zone" else TEXTS
    if field.name in NAMED:
        return NAMED[field.name]
    rules = rules_of(field).string
    if rules.uuid or rules_of(field).repeated.items.string.uuid:
        return st.uuids().map(str)
    return WORDS


def integers(field: FieldDescriptor, *, wild: bool) -> st.SearchStrategy[int]:
    low, high = NUMBERS[field.cpp_type]
    rules = rules_of(field).int32
    if not wild and rules.HasField("gte"):
        low = rules.gte
    if not wild and rules.HasField("lte"):
        high = rules.lte
    return st.sampled_from([low, high]) | st.integers(low, high)


def is_required(field: FieldDescriptor) -> bool:
    rules = rules_of(field)
    return rules.required or rules.string.HasField("pattern") or rules.string.min_len > 0


def rules_of(field: FieldDescriptor) -> validate.FieldRules:
    rules: validate.FieldRules = field.GetOptions().Extensions[validate.field]
    return rules
