"""What was learned of people in general, in Postgres, and the people to learn from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from services.kit.database import Database
from services.kit.sql import Row, Sql
from services.profiler.documents import prior_from_json, prior_to_text, week_from_json
from services.profiler.model import PersonId
from services.profiler.usecases import Lesson
from services.profiler.weeks import Week

COLUMNS = "number, base, people, content, learned_at"
NEWEST = Sql(f"SELECT {COLUMNS} FROM profiler.priors ORDER BY number DESC LIMIT 1")
NUMBERED = Sql(f"SELECT {COLUMNS} FROM profiler.priors WHERE number = :number")

KEEP = Sql("""
    INSERT INTO profiler.priors (number, base, people, content, learned_at)
    VALUES (:number, :base, :people, CAST(CAST(:content AS text) AS jsonb), :learned_at)
    ON CONFLICT (number) DO NOTHING
""")

# -1 as long as nobody has counted.
ABOUT = Sql("SELECT reltuples FROM pg_class WHERE oid = CAST('profiler.mindscapes' AS regclass)")

SAMPLE = Sql("""
    SELECT person_id FROM profiler.mindscapes TABLESAMPLE SYSTEM (CAST(:percent AS real))
    WHERE CAST(traits #>> '{work.energy_patterns,effective_n}' AS float8) >= :effective_n
    LIMIT :most
""")
ENOUGH_TIMES = 4
"""The sample is so much larger than what is wanted of it, as not everybody is known well enough."""

WEEKS = Sql("""
    SELECT week.* FROM unnest(CAST(:people AS text[])) AS person (id)
    CROSS JOIN LATERAL (
        SELECT person_id, week, format, counts, marks FROM profiler.weeks
        WHERE person_id = person.id ORDER BY week DESC LIMIT :most
    ) AS week
""")


class PostgresPriors:
    """Implements `usecases.Priors`; lessons never change, and are kept in memory once read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, Lesson] = {}

    async def newest(self) -> Lesson | None:
        row = await self._database.row(NEWEST)
        return self._lesson(row) if row else None

    async def numbered(self, number: int) -> Lesson | None:
        if number in self._known:
            return self._known[number]
        row = await self._database.row(NUMBERED, number=number)
        return self._lesson(row) if row else None

    async def keep(self, lesson: Lesson) -> bool:
        kept = await self._database.run(
            KEEP,
            number=lesson.number,
            base=lesson.base,
            people=lesson.people,
            content=prior_to_text(lesson.prior) if lesson.prior else None,
            learned_at=lesson.learned_at,
        )
        return kept == 1

    def _lesson(self, row: Row) -> Lesson:
        """The same one for the same row: what is made of a prior is kept by it."""
        if row.number not in self._known:
            version = f"{row.base}+{row.number}"
            prior = prior_from_json(version, row.content) if row.content else None
            self._known[row.number] = Lesson(
                row.number, row.base, row.people, prior, row.learned_at
            )
        return self._known[row.number]


class PostgresPopulation:
    """Implements `usecases.Population`; each statement is short."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sample(self, effective_n: float, most: int) -> Sequence[PersonId]:
        about = max(float(await self._database.value(ABOUT)), 1.0)
        percent = min(100.0, 100.0 * ENOUGH_TIMES * most / about)
        rows = await self._database.rows(
            SAMPLE, percent=percent, effective_n=effective_n, most=most
        )
        return [PersonId(row.person_id) for row in rows]

    async def weeks(
        self, people: Collection[PersonId], most: int
    ) -> Mapping[PersonId, Sequence[Week]]:
        found: defaultdict[PersonId, list[Week]] = defaultdict(list)
        for row in await self._database.rows(WEEKS, people=list(people), most=most):
            week = week_from_json(row.week, row.format, row.counts, row.marks)
            found[row.person_id].append(week)
        return found
