"""The rows, in the order of the table; each function measures what belongs together."""

from collections.abc import Callable, Iterable, Mapping

from bench.rows import advice, drain, overload, record, rpcs, watching, whole
from bench.running import Bench
from bench.table import Row

ROWS: Mapping[str, Callable[[Bench], Iterable[Row]]] = {
    "record-grpc": record.over_grpc,
    "record-rest": record.over_rest,
    "record-many": record.many,
    "drain-50-people": drain.of_few,
    "drain-5000-people": drain.of_many,
    "freshness": advice.freshness,
    "overload": overload.overloaded,
    "history": advice.history,
    "database": advice.database,
    "ready": whole.ready,
    "size": whole.size,
    "rpcs": rpcs.every,
    "writes": whole.writes,
    "watch": watching.idle,
}
