"""`persona-kit-workbench`: the commands."""

import typer

from clients.workbench import made_up
from clients.workbench.bootstrap import bootstrap
from clients.workbench.doctor import doctor
from clients.workbench.files import load

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Gets somebody started, makes sample people, and finds what is wrong with a set-up.",
)
_STARTING = "Getting started"
_MADE_UP = "People who do not exist"
app.command(rich_help_panel=_STARTING)(bootstrap)
app.command(rich_help_panel=_STARTING)(doctor)
app.command(rich_help_panel=_MADE_UP)(made_up.generate)
app.command(rich_help_panel=_MADE_UP)(load)
app.command(rich_help_panel=_MADE_UP)(made_up.sample)
app.command(rich_help_panel=_MADE_UP)(made_up.seed)


def main() -> None:
    """Run the console script."""
    app()
