"""What the runs come to: rows of the quality table.

A rate is the share of what was said that helped; its error takes people as drawn at random. The
felt verdict counts, 8 % of which are flipped at random: nobody can be above 0.92.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf, nan, sqrt
from statistics import mean, stdev

from eval.rows import NOT_RUN, Estimate, Row
from eval.simulation.falling import falling, falling_in_one_month
from eval.simulation.log import Log, Said
from eval.simulation.people import TYPES, Family, named
from eval.simulation.world import Arm

Runs = Mapping[Family, Mapping[Arm, Log]]
Lives = Mapping[Family, Sequence[Log]]
Chosen = Callable[[Said], bool]

EARLY, LATE = range(5, 8), range(22, 29)
APIS = (Arm.OURS, Arm.DEAF, Arm.BARE)
LINES = {"days 5 to 7": (EARLY, 0.70), "days 22 to 28": (LATE, 0.78)}
OF_THE_ORACLE = 0.9
SAME_WITHIN = 0.03
SEVERAL_MONTHS = ", over several months"
GENERATED = 100_000


def rows(runs: Runs, lives: Lives) -> list[Row]:
    """Returns the rows of all families, each with all arms, and lived through several times."""
    if not runs:
        return [Row("helpful, by made-up people", NOT_RUN, "", "", NOT_RUN)]
    found: list[Row] = []
    for family, arms in runs.items():
        found += [_against_the_line(family, arms, name) for name in LINES]
        found += [_without_traits(family, arms), *_without_feedback(family, arms)]
        found.append(_talkative(family, arms))
        found += [_by_type(family, arms, type_) for type_ in TYPES]
    others = [family for family in runs if Family.OFFICE in runs and family is not Family.OFFICE]
    ours_once = {family: [arms[Arm.OURS]] for family, arms in runs.items()}
    for family in others:
        found += [_same(ours_once, family, name, "") for name in LINES]
        found += [_same(lives, family, name, SEVERAL_MONTHS) for name in LINES]
    ours = [arms[Arm.OURS] for arms in runs.values()]
    plans = [_planned(family, arms[Arm.OURS]) for family, arms in runs.items()]
    fallen = [falling(lives.values()), falling_in_one_month(ours)]
    return [*found, *plans, *fallen, _misplaced(runs)]


def rehearsed(family: Family, log: Log) -> str:
    """Returns the rates of a run, as a line."""
    rates = (f"{name} {_said(rate(shown(log, days)))}" for name, (days, _) in LINES.items())
    answered = mean(each.said > 0 for each in log.asked)
    return f"{family}: {', '.join(rates)}; {answered:.2f} of the asks answered"


def shown(log: Log, days: Iterable[int] = range(1, 29)) -> list[Said]:
    """Returns what was shown on those days of use."""
    wanted = set(days)
    return [each for each in log.said if each.shown and each.day in wanted]


def rate(said: Sequence[Said]) -> Estimate:
    """Returns the share that felt helpful."""
    by_person: defaultdict[str, list[bool]] = defaultdict(list)
    for each in said:
        by_person[each.person].append(each.felt)
    share, people = sum(each.felt for each in said) / len(said), len(by_person)
    off = sum((sum(each) - share * len(each)) ** 2 for each in by_person.values())
    return Estimate(share, sqrt(off * people / max(1, people - 1)) / len(said))


def paired(ours: Sequence[Said], theirs: Sequence[Said]) -> Estimate:
    """Returns by how much more helps the same people, each counting once; of one it is unknown."""
    first, second = _by_person(ours), _by_person(theirs)
    ahead = [first[person] - second[person] for person in first if person in second]
    if len(ahead) < 2:
        return Estimate(nan, inf)
    return Estimate(mean(ahead), stdev(ahead) / sqrt(len(ahead)))


def _by_person(said: Sequence[Said]) -> dict[str, float]:
    verdicts: defaultdict[str, list[bool]] = defaultdict(list)
    for each in said:
        verdicts[each.person].append(each.felt)
    return {person: mean(each) for person, each in verdicts.items()}


def _against_the_line(family: Family, arms: Mapping[Arm, Log], name: str) -> Row:
    days, least = LINES[name]
    rates = {arm: rate(shown(log, days)) for arm, log in arms.items()}
    line = min(least, OF_THE_ORACLE * rates[Arm.ORACLE].value)
    ours = rates[Arm.OURS]
    beside = ", ".join(f"{arm} {each.value:.3f}" for arm, each in rates.items() if arm != Arm.OURS)
    wanted = f"above {line:.3f}"
    return Row(f"helpful, {family}, {name}", _said(ours), beside, wanted, ours.value > line)


def _without_traits(family: Family, arms: Mapping[Arm, Log]) -> Row:
    ahead = paired(shown(arms[Arm.OURS], LATE), shown(arms[Arm.BARE], LATE))
    name = f"more helpful than without traits, {family}, days 22 to 28"
    return Row(name, f"{ahead}", "", "above 2 standard errors", ahead.value > 2 * ahead.error)


def _without_feedback(family: Family, arms: Mapping[Arm, Log]) -> list[Row]:
    ours, deaf = (shown(arms[arm], LATE) for arm in (Arm.OURS, Arm.DEAF))
    unlucky = {one.person for one in (*ours, *deaf) if named(one.person).never}
    name = f"more helpful than without feedback, {family}, days 22 to 28"
    some = paired(*_of(lambda one: one.person in unlucky, ours, deaf))
    rest = paired(*_of(lambda one: one.person not in unlucky, ours, deaf))
    return [
        Row(
            f"{name}, people for whom some types never help",
            f"{some}",
            f"{len(unlucky)} people",
            "above 2 standard errors",
            some.value > 2 * some.error,
        ),
        Row(f"{name}, anybody else", f"{rest}", "", "not below 0", rest.value >= 0),
    ]


def _of(chosen: Chosen, *several: Sequence[Said]) -> list[list[Said]]:
    return [[one for one in said if chosen(one)] for said in several]


def _talkative(family: Family, arms: Mapping[Arm, Log]) -> Row:
    shares = {arm: mean(each.said > 0 for each in log.asked) for arm, log in arms.items()}
    ours = arms[Arm.OURS].asked
    several = mean(each.said for each in ours if each.said)
    beside = f"{several:.2f} suggestions then; oracle {shares[Arm.ORACLE]:.2f}"
    return Row(f"asks that are answered, {family}", f"{shares[Arm.OURS]:.2f}", beside, "", None)


def _by_type(family: Family, arms: Mapping[Arm, Log], type_: str) -> Row:
    name = f"helpful, {family}, days 22 to 28, {type_}"
    said = [one for one in shown(arms[Arm.OURS], LATE) if one.type == type_]
    if len({one.person for one in said}) < 2:
        return Row(name, "too few", f"{len(said)} shown", "", None)
    return Row(name, _said(rate(said)), f"{len(said)} shown", "", None)


def _same(lives: Lives, family: Family, name: str, when: str) -> Row:
    """With a line over several months: with one each, its error is as large as the line."""
    what = f"{family} as helpful as office, {name}{when}"
    line = f"not below by more than {SAME_WITHIN}" if when else ""
    if not (family in lives and Family.OFFICE in lives):
        return Row(what, NOT_RUN, "", line, NOT_RUN)
    days, _ = LINES[name]
    there, here = (rate(_of_all(lives[one], days)) for one in (family, Family.OFFICE))
    ahead = Estimate(there.value - here.value, sqrt(there.error**2 + here.error**2))
    beside = f"{_said(there)} beside {_said(here)}"
    return Row(what, f"{ahead}", beside, line, ahead.value >= -SAME_WITHIN if when else None)


def _of_all(lives: Sequence[Log], days: Iterable[int]) -> list[Said]:
    return [one for log in lives for one in shown(log, days)]


def _planned(family: Family, log: Log) -> Row:
    """By minutes of deep work in plans made as the day begins, after all weeks of use."""
    name = f"planned deep work at good hours, {family}"
    minutes = sum(one.minutes for one in log.planned)
    if not minutes:
        return Row(name, NOT_RUN, "", "", None)
    good = sum(one.good for one in log.planned) / minutes
    at_random = sum(one.good_at_random for one in log.planned) / minutes
    best = sum(one.good_at_best for one in log.planned) / minutes
    blocks = sum(one.blocks for one in log.planned)
    beside = (
        f"laid at random {at_random:.3f}, at best {best:.3f}; {minutes / len(log.planned):.0f} "
        f"minutes a day; of {blocks:,} blocks {sum(one.misplaced for one in log.planned)} collide"
    )
    return Row(name, f"{good:.3f}", beside, "above random", good > at_random)


def _misplaced(runs: Runs) -> Row:
    logs = [log for arms in runs.values() for log in arms.values()]
    asked = [one for arms in runs.values() for arm in APIS for one in arms[arm].said]
    swept, misplaced = sum(log.swept for log in logs), sum(log.swept_misplaced for log in logs)
    total, wrong = len(asked) + swept, misplaced + sum(one.misplaced for one in asked)
    return Row(
        "suggestions that collide with a meeting or leave their window",
        f"{wrong} of {total:,}",
        f"{len(asked):,} through the API, {swept:,} of the mapper alone",
        f"0 of {GENERATED:,} or more",
        wrong == 0 and total >= GENERATED,
    )


def _said(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ± {estimate.error:.3f}"
