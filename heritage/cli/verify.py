"""Commands on the proof of a registry: verify it, and seal what others wrote."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.group import FAULTS, counted, opened, say
from heritage.cli.parameters import registry_argument


@click.command()
@registry_argument
@click.option(
    "--head",
    metavar="HASH",
    help="A head that was published earlier, or its first 16 digits: it has to be in the chain.",
)
@click.option(
    "--replay",
    "replayed",
    type=click.Path(path_type=Path),
    metavar="NEW",
    help="Make a new registry of what the log says, and compare it row by row.",
)
@click.pass_context
def verify(ctx: click.Context, registry: Path, head: str | None, replayed: Path | None) -> None:
    """Prove that a registry is what was written to it, and print its head.

    SQLite's own check, the schema, the chain of hashes over the log, the tables
    beside the log, and every conclusion beside its claims. What is wrong is
    printed with its exact place, one problem a line, and the exit status is 1.

    Whoever rewrites the whole file can be told only by a head that was
    published before: keep it where they cannot reach, and give it as --head.
    """
    with opened(registry) as opened_registry:
        found = opened_registry.verify(head=head)
        problems = list(found)
        if replayed is not None:
            problems += opened_registry.replay(replayed)
    for problem in problems:
        click.echo(str(problem))
    for note in found.notes:
        say(f"note: {note}")
    if problems:
        say(counted(len(problems), "problem"))
        ctx.exit(FAULTS)
    click.echo(f"{found.head} {found.entries} {'entry' if found.entries == 1 else 'entries'}")
    if found.published is not None:
        click.echo(str(found.published))


@click.command()
@registry_argument
def seal(registry: Path) -> None:
    """Conclude and seal what other programs wrote, and print the head.

    Changes of this package seal themselves; what sqlite3, sqlite-utils or
    Datasette wrote is sealed by the next change, or by this command.
    """
    with opened(registry) as opened_registry:
        click.echo(opened_registry.seal())
