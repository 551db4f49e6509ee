"""Where nothing is exported, a caller's trace passes through all the same."""

import asyncio

import pytest

from services.kit.telemetry import set_up_telemetry, telemetry, traceparent

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_trace_is_handed_on_during_the_call_that_brought_it() -> None:
    with telemetry().call("/a.Service/Method", TRACE) as span:
        span.fail("REASON")
        assert traceparent() == TRACE
    assert traceparent() is None


def test_work_that_a_call_asked_for_goes_on_in_its_trace() -> None:
    with telemetry().work("process", TRACE):
        assert traceparent() == TRACE
        with telemetry().work("process", None):
            assert traceparent() is None
        assert traceparent() == TRACE


@pytest.mark.parametrize(
    "trace",
    [
        None,
        "",
        "words",
        TRACE.upper(),
        f"{TRACE}-more",
        TRACE.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
        TRACE.replace("b7ad6b7169203331", "0" * 16),
        TRACE.replace("00-", "ff-", 1),
    ],
)
def test_what_is_no_trace_is_not_handed_on(trace: str | None) -> None:
    with telemetry().call("/a.Service/Method", trace):
        assert traceparent() is None


async def test_calls_under_way_together_keep_their_own_traces() -> None:
    async def call(trace: str) -> str | None:
        with telemetry().call("/a.Service/Method", trace):
            await asyncio.sleep(0)
            return traceparent()

    traces = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)]
    assert await asyncio.gather(*map(call, traces)) == traces


def test_without_an_endpoint_there_is_nothing_to_flush() -> None:
    set_up_telemetry("ingest", None)()
    telemetry().ended("/a.Service/Method", "OK", 0.001)
