"""A change to its opposite: `heritage revert`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heritage.cli.apply import field_lines, redrawn_lines
from heritage.cli.group import FAULTS, counted, opened, say
from heritage.cli.parameters import by_option, dry_run_option, registry_argument, why_option
from heritage.errors import CheckFailedError

if TYPE_CHECKING:
    from heritage.store.differences import Difference


@click.command()
@registry_argument
@click.argument("change", type=int, metavar="CHANGE")
@by_option
@why_option
@dry_run_option
@click.pass_context
def revert(
    ctx: click.Context, registry: Path, change: int, by: str, why: str, dry_run: bool
) -> None:
    """Undo a change, also a whole load, by a new change.

    CHANGE is its number, as `heritage history REGISTRY` tells it. What other
    changes did later to the same records stays, where the two do not touch each
    other. Where they do, the later changes are named and nothing is changed.
    A dry run prints what would change, field by field.
    """
    with opened(registry) as opened_registry:
        try:
            reverted = opened_registry.revert(change, by=by, why=why, dry_run=dry_run)
        except CheckFailedError as error:
            for problem in error.problems:
                say(str(problem))
            conflicts = counted(len(error.problems), "problem")
            say(f"change {change}: {conflicts}; nothing was changed")
            ctx.exit(FAULTS)
    if dry_run:
        for line in (*difference_lines(reverted.records), *redrawn_lines(reverted.conclusions)):
            click.echo(line)
    done = ", ".join(f"{counted(n, 'record')} {what}" for what, n in reverted.tally.items())
    rest = "; nothing was changed, this being a dry run" if dry_run else ""
    if not dry_run and reverted.change is not None:
        rest = f", by change {reverted.change}"
    nothing = "everything is as it was before it; nothing to undo"
    say(f"change {change}: {done + rest if done or reverted.change else nothing}")


def difference_lines(differences: Iterable[Difference]) -> Iterator[str]:
    """What is other about records, for people: a line for each record and each field."""
    for each in differences:
        was = f" (was {each.former})" if each.former else ""
        yield f"{each.what} {each.kind} {each.id}{was}"
        yield from field_lines(each.what, each.fields)
