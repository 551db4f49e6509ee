"""Records more than can be taken: an open loop, whose calls do not wait for each other."""

import asyncio
from time import perf_counter

from bench.loads.recording import requests
from bench.loads.wire import Told, Wire

SLICE_SECONDS = 0.005
PATIENCE_SECONDS = 10
"""An answer that takes longer is none."""
METHOD = "/personakit.ingest.v1.IngestService/RecordObservation"


def overload(socket: str, seconds: float, rate: float, connections: int) -> Told:
    """Sends calls at a steady rate over so many connections, whatever becomes of those before.

    What is due while the service allows no more under way on a connection is counted, and not sent.
    """

    async def run() -> Told:
        told, loop = Told(), asyncio.get_running_loop()
        ready = [request.SerializeToString() for request in requests()]

        def wire() -> Wire:
            return Wire(METHOD, ready, told, PATIENCE_SECONDS)

        wires = [(await loop.create_unix_connection(wire, socket))[1] for _ in range(connections)]
        await asyncio.gather(*(one.agreed for one in wires))
        began, due = perf_counter(), 0
        while (passed := perf_counter() - began) < seconds:
            for number in range(due, int(passed * rate)):
                wires[number % connections].send()
            due = int(passed * rate)
            for one in wires:
                one.flush()
            await asyncio.sleep(SLICE_SECONDS)
        for one in wires:
            await one.idle()
            one.close()
        return told

    return asyncio.run(run())
