"""What is larger or more than is taken: refused with a reason, at no lasting cost."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import psutil
import pytest

from personakit.ingest.v1 import ingest_pb2 as pb
from services.kit.process import LARGEST_MESSAGE_BYTES
from tests.e2e.stack import Run
from tests.hostile.budget import EXAMPLES
from tests.hostile.test_messages import code_and_reason

RECORD = "personakit.ingest.v1.IngestService/RecordObservation"
MANY = "personakit.ingest.v1.IngestService/RecordObservations"
EXHAUSTED, INVALID = grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INVALID_ARGUMENT
# What a process may hold on to for good, of what its allocator has had for a while.
SLACK_BYTES = 48 * 1024 * 1024


def a_session(person: str) -> pb.Observation:
    observation = pb.Observation(person_id=person, time_zone="Asia/Tokyo")
    observation.work_session.start_time.FromJsonString("2026-11-17T00:00:00Z")
    observation.work_session.duration_minutes = 5
    return observation


def a_batch(size: int) -> bytes:
    batch = pb.RecordObservationsRequest(observations=[a_session("limits")] * size)
    return batch.SerializeToString()


REFUSED = {
    "no message": (RECORD, b"\x0a\x02\xc3", INVALID, "MALFORMED_BODY"),
    "one too many": (MANY, a_batch(1001), INVALID, "INVALID_FIELD"),
    "as large as can be": (RECORD, b"\x12" + b"\xff" * (2**22 - 99), INVALID, "MALFORMED_BODY"),
    "too large": (RECORD, b"\xff" * (LARGEST_MESSAGE_BYTES + 1), EXHAUSTED, "REQUEST_TOO_LARGE"),
    "much too large": (RECORD, b"\xff" * (2**25), EXHAUSTED, "REQUEST_TOO_LARGE"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_beyond_a_limit_a_grpc_call_is_told_the_reason(
    unharmed: Run, channel: grpc.Channel, name: str
) -> None:
    method, content, *expected = REFUSED[name]
    assert code_and_reason(channel, method, content) == tuple(expected)


@pytest.mark.timeout(900)
def test_memory_stays_flat_over_refused_calls(unharmed: Run, channel: grpc.Channel) -> None:
    def refuse_many() -> None:
        with ThreadPoolExecutor(4) as pool:
            for name, times in (("no message", 20), ("one too many", 1), ("too large", 1)):
                method, content, *_ = REFUSED[name]
                calls = [(channel, method, content)] * times * EXAMPLES
                assert len(set(pool.map(lambda call: code_and_reason(*call), calls))) == 1

    refuse_many()
    before = memory(unharmed)
    refuse_many()
    grown = {name: now - before[name] for name, now in memory(unharmed).items()}
    print({name: f"{by / 2**20:+.1f} MB" for name, by in grown.items()})  # noqa: T201
    assert max(grown.values()) < SLACK_BYTES


def memory(stack: Run) -> dict[str, int]:
    """Returns the resident bytes of every process of the stack that lives on."""
    children = psutil.Process(stack.process.pid).children(recursive=True)
    kept = [child for child in children if child.name() != "postgres"]
    return {f"{child.name()} {child.pid}": child.memory_info().rss for child in kept}
