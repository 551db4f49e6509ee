"""`persona-kit`: the commands, and the options that may stand before them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from clients.cli import (
    advice,
    beliefs,
    imports,
    mappers,
    operations,
    person_data,
    recording,
    tokens,
    watching,
    weights,
)

app = typer.Typer(
    name="persona-kit",
    help="Learns how you work, and suggests what to do now.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"persona-kit {_version()}")
        raise typer.Exit


def _version() -> str:
    try:
        return version("personakit")
    except PackageNotFoundError:
        return "from a checkout"


@app.callback()
def _root(
    person: Annotated[
        str,
        typer.Option("--person", "-p", metavar="NAME", envvar="PERSONAKIT_PERSON", help="Who."),
    ] = "",
    address: Annotated[
        str,
        typer.Option(
            "--address", metavar="HOST:PORT", envvar="PERSONAKIT_ADDRESS", help="Where the API is."
        ),
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="And exit.")
    ] = False,
) -> None:
    """Learns how you work, and suggests what to do now."""


_NOW = "What now"
_KNOWN = "What is known"
_YOURS = "Your data"
_RUNNING = "How it runs"
app.command(rich_help_panel=_NOW)(advice.suggest)
app.command(rich_help_panel=_NOW)(advice.feedback)
app.command(rich_help_panel=_NOW)(watching.watch)
app.add_typer(mappers.app, name="mapper", rich_help_panel=_NOW)
app.command(rich_help_panel=_KNOWN)(recording.observe)
app.command(rich_help_panel=_KNOWN)(recording.answer)
app.add_typer(imports.app, name="import", rich_help_panel=_KNOWN)
app.command(rich_help_panel=_KNOWN)(beliefs.mindscape)
app.command(rich_help_panel=_KNOWN)(beliefs.explain)
app.command(rich_help_panel=_KNOWN)(advice.analytics)
app.command(rich_help_panel=_KNOWN)(weights.weights)
app.command(rich_help_panel=_YOURS)(person_data.retract)
app.command(rich_help_panel=_YOURS)(person_data.export)
app.command(rich_help_panel=_YOURS)(person_data.erase)
imports.app.command("export")(person_data.import_export)
app.command(rich_help_panel=_RUNNING)(operations.status)
app.command(rich_help_panel=_RUNNING)(operations.failed)
app.command(rich_help_panel=_RUNNING)(operations.retry)
app.command(rich_help_panel=_RUNNING)(tokens.token)
app.add_typer(tokens.keys, name="keys", rich_help_panel=_RUNNING)


def main() -> None:
    """The entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
