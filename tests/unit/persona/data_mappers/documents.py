"""Documents of mappers to test with: a sound one, and changes of it."""

from collections.abc import Sequence

from services.persona.mappers import Compiler, InvalidDocument, Problem

# Every key there is; its lines are counted in tests.
SOUND = """\
mapper_id: reading_coach
description: When to read.
required_traits: [work.focus_duration]
preferences:
  break_every_minutes: focus.usual / 2
rules:
  - id: read_now
    type: reading
    when: working && energy.rank >= 0.5 && !busy
    title: Read {duration} minutes
    description: "You have {free_minutes} free minutes and stay for {focus_duration.p50}."
    action: Take the next chapter.
    because: reading while energy is fair
    starts_in: 5
    duration: min(30, free_minutes - 5)
    window: 60
    priority: 0.4 + 0.5 * energy.rank
    related_traits: [work.focus_duration, work.energy_patterns]
  - id: read_later
    type: skimming
    when: busy || energy.rank < 0.5
    title: Skim
    description: Skim something.
    action: Skim.
    duration: 10
    priority: 0.5
    related_traits: [work.focus_duration]
"""
COMPILER = Compiler()


def problems(source: str) -> Sequence[Problem]:
    """What is wrong with a document."""
    try:
        COMPILER.prove(source)
    except InvalidDocument as error:
        return error.problems
    return ()


def changed(old: str, new: str) -> str:
    """The sound document with a text replaced that is in it once."""
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def with_condition(expression: str) -> str:
    """The sound document with this condition in its first rule, on line 9."""
    return changed("working && energy.rank >= 0.5 && !busy", f"'{expression}'")
