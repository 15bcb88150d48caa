"""Words of the command line to calls on the registry, and answers to standard output."""

from __future__ import annotations

import click

from heritage.cli.apply import apply
from heritage.cli.demo import demo, publish
from heritage.cli.diff import diff
from heritage.cli.erase import erase
from heritage.cli.explain import explain
from heritage.cli.group import Commands
from heritage.cli.lists import history, list_, search
from heritage.cli.load import load
from heritage.cli.serve import serve
from heritage.cli.show import show
from heritage.cli.undo import revert
from heritage.cli.upkeep import backup, check, init, migrate
from heritage.cli.verify import seal, verify

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="heritage-registry", prog_name="heritage")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=15.0,
    show_default=True,
    envvar="HERITAGE_WAIT",
    metavar="SECONDS",
    help="How long to wait for other programs that hold the registry.",
)
def main(wait: float) -> None:
    """Keep a registry of damage to cultural heritage: the argument, not only the verdict.

    Results go to standard output, everything else to standard error. The exit
    status is 0 when all is done, 1 when it was refused or there are problems,
    and 2 when the command was not understood.
    """


for command in (
    demo, init, migrate, load, list_, show, search, explain, history, diff, apply, revert,
    erase, check, verify, seal, backup, publish, serve,
):  # fmt: skip
    main.add_command(command)
