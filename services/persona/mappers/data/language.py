"""The language of conditions: CEL, typed, over the variables, with few functions and no loops.

Evaluating takes time in proportion to the expression's length: there is no macro that repeats, no
regular expression, and CEL's own parser refuses what is nested 32 deep.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cel_expr_python import cel

from services.persona.mappers.data.faults import Fault, faults_in
from services.persona.mappers.data.variables import (
    ONE_DAY,
    SPOKEN,
    VARIABLES,
    WEIGHTS,
    Content,
    Kind,
)

LONGEST_EXPRESSION: Final = 500
LONGEST_STRING: Final = 1000

CONFIGURATION: Final = """
stdlib:
  disable_macros: true
  include_functions: [{functions}]
"""
OPERATORS: Final = (
    *("_&&_", "_||_", "!_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"),
    *("_+_", "_-_", "_*_", "_/_", "_%_", "-_", "@in", "_[_]"),
)
# Of CEL's own functions.
STANDARD: Final = {
    "int": "a whole number of a double (cut off) or a string",
    "double": "a double of an int or a string",
    "string": "the text of a number",
    "size": "how many items a list or characters a string has",
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function besides CEL's own; each overload has its parameters and its result."""

    name: str
    meaning: str
    overloads: tuple[tuple[tuple[Kind, ...], Kind], ...]


FUNCTIONS: Final = (
    Function(
        "min",
        "the smaller of two",
        ((("int", "int"), "int"), (("double", "double"), "double")),
    ),
    Function(
        "max",
        "the larger of two",
        ((("int", "int"), "int"), (("double", "double"), "double")),
    ),
    Function("round", "the nearest whole number", ((("double",), "int"),)),
    Function("fives", "minutes rounded down to whole fives", ((("int",), "int"),)),
    Function("percent", 'of a share, such as "73%"', ((("double",), "string"),)),
    Function("clock", 'of minutes since midnight, such as "10:40"', ((("int",), "string"),)),
)
_CALLS: Final[Mapping[str, Callable[..., object]]] = {
    "min": min,
    "max": max,
    "round": lambda number: math.floor(number + 0.5),
    "fives": lambda minutes: minutes - minutes % 5,
    "percent": lambda share: f"{share:.0%}",
    "clock": lambda minutes: "{:02}:{:02}".format(*divmod(minutes % ONE_DAY, 60)),
}
_TYPES: Final[Mapping[Kind, cel.Type]] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "list(double)": cel.Type.List(cel.Type.DOUBLE),
    "list(string)": cel.Type.List(cel.Type.STRING),
    "map(string, double)": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
}
_NAMES: Final = re.compile(r"[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*")
_VARIABLES: Final = frozenset(variable.name for variable in VARIABLES)


class Failed(Exception):
    """An expression that was sound has no result: it divides by zero, say."""


class NotUnderstood(Exception):
    """An expression cannot be used; `faults` has every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("not understood")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Scene:
    """What expressions see of one moment."""

    contents: Mapping[str, Content]
    activation: cel.Activation


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or a value, ready to be evaluated; `reads` are the variables that it names."""

    program: cel.Expression
    reads: frozenset[str]

    def of(self, scene: Scene) -> bool | int | float | str:
        """Its value; raises `Failed` if there is none."""
        try:
            found = self.program.eval(scene.activation)
            value = found.value()
        except RuntimeError as error:
            raise Failed(str(error)) from None
        if found.type() == cel.Type.ERROR:
            raise Failed(str(value).partition(": ")[2])
        if not isinstance(value, bool | int | float | str):
            raise Failed("this is no single value")
        return value[:LONGEST_STRING] if isinstance(value, str) else value


class Language:
    """Understands expressions; `spoken` if they stand in the texts of a rule that speaks."""

    def __init__(self, *, spoken: bool = False) -> None:
        kinds: dict[str, Kind] = {variable.name: variable.kind for variable in VARIABLES}
        kinds[WEIGHTS] = "map(string, double)"
        kinds |= {name: kind for name, (kind, _) in SPOKEN.items()} if spoken else {}
        self._names = (*kinds, *STANDARD, *(function.name for function in FUNCTIONS))
        functions = ", ".join(f'{{name: "{name}"}}' for name in (*OPERATORS, *STANDARD))
        self._environment = cel.NewEnv(
            config=cel.NewEnvConfigFromYaml(CONFIGURATION.format(functions=functions)),
            variables={name: _TYPES[kind] for name, kind in kinds.items()},
            functions=[_declared(function) for function in FUNCTIONS],
        )

    def scene(self, contents: Mapping[str, Content]) -> Scene:
        """What expressions see where these are the variables."""
        data = {name: _plain(content) for name, content in contents.items()}
        return Scene(contents, self._environment.Activation(data))

    def understand(self, text: str, *wanted: Kind) -> Expression:
        """Makes an expression; raises `NotUnderstood`, also if it is of none of these kinds."""
        if len(text) > LONGEST_EXPRESSION:
            raise NotUnderstood([Fault(0, f"at most {LONGEST_EXPRESSION} characters")])
        try:
            program = self._environment.compile(text)
        except RuntimeError as error:
            raise NotUnderstood(faults_in(text, str(error), self._names)) from None
        result = program.return_type()
        if not any(result == _TYPES[kind] for kind in wanted):
            found, kinds = result.name().lower(), " or ".join(wanted)
            raise NotUnderstood([Fault(0, f"this is {found}, and should be {kinds}")])
        return Expression(program, _variables_in(text))


def _declared(function: Function) -> cel.FunctionDecl:
    call = _CALLS[function.name]
    return cel.FunctionDecl(
        function.name,
        [
            cel.Overload(
                id=f"{function.name}_{'_'.join(parameters)}",
                return_type=_TYPES[result],
                parameters=[_TYPES[kind] for kind in parameters],
                is_member=False,
                impl=call,
            )
            for parameters, result in function.overloads
        ],
    )


def _plain(content: Content) -> object:
    return list(content) if isinstance(content, tuple) else content


def _variables_in(text: str) -> frozenset[str]:
    """The variables that are named, also those in quotes: that does no harm."""
    paths = (re.sub(r"\s", "", found).split(".") for found in _NAMES.findall(text))
    names = (".".join(path[:length]) for path in paths for length in range(1, len(path) + 1))
    return frozenset(names) & _VARIABLES
