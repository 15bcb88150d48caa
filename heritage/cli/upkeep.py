"""Commands on a whole registry: make it, bring it up to date, look for doubts."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.group import FAULTS, counted, opened, say, waiting
from heritage.cli.parameters import registry_argument


@click.command()
@registry_argument
def init(registry: Path) -> None:
    """Make a new, empty registry.

    A file of that name is never overwritten.
    """
    from heritage.registry import Registry

    Registry.create(registry).close()
    say(f"{registry} is a new registry; fill it with `heritage load`")


@click.command()
@registry_argument
def migrate(registry: Path) -> None:
    """Bring an older registry up to date.

    All steps are made, or none. The steps that were missing are printed.
    """
    from heritage.registry import Registry

    steps = Registry.migrate(registry, wait=waiting())
    for step in steps:
        click.echo(step)
    done = f"{counted(len(steps), 'step')} made" if steps else "nothing to do"
    say(f"{registry} is up to date: {done}")


@click.command()
@registry_argument
@click.argument("copy", type=click.Path(path_type=Path), metavar="COPY")
@click.pass_context
def backup(ctx: click.Context, registry: Path, copy: Path) -> None:
    """Copy a registry while others use it.

    COPY is a new file, the registry as it is at one moment. It is verified
    before it gets its name, and printed with the head of its log. What is wrong
    with the registry is as wrong with its copy: it is told, and the exit status
    is 1. A registry of an older version can be copied before it is migrated.
    """
    from heritage.registry import backup as back_up

    found = back_up(registry, copy, wait=waiting())
    click.echo(f"{copy} {found.head}".rstrip())
    for problem in found:
        say(str(problem))
    for note in found.notes:
        say(f"note: {note}")
    say(f"{copy} is a copy of {registry}; keep it on another disk")
    if not found.is_sound:
        say(f"{counted(len(found.problems), 'problem')}, in the copy as in {registry}")
        ctx.exit(FAULTS)


@click.command()
@registry_argument
@click.pass_context
def check(ctx: click.Context, registry: Path) -> None:
    """Print everything doubtful in the data, one problem a line.

    A line is `table/id: code message`; the exit status is 1 if there is any.
    """
    count = 0
    with opened(registry) as opened_registry:
        for problem in opened_registry.check():
            click.echo(str(problem))
            count += 1
    say(counted(count, "problem"))
    if count:
        ctx.exit(FAULTS)
