"""Ids and texts that must vanish to an erasure, asked for again where somebody can answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from heritage.cli.group import FAULTS, counted, opened, say
from heritage.cli.parameters import format_option, registry_argument
from heritage.model import RECORDS

if TYPE_CHECKING:
    from heritage.erasing import Erasure
    from heritage.registry import Registry

DRY = "a dry run"


@click.command()
@registry_argument
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--kind", type=click.Choice(tuple(RECORDS)), help="The kind of records meant.")
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="TEXT",
    help="A text to take out wherever it stands, in either case; may be given again.",
)
@click.option("--by", metavar="WHO", help="Who erases.")
@click.option("--why", metavar="TEXT", help="What a reader of the history should know.")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--finish", is_flag=True, help="Only finish erasures that were stopped before.")
@format_option("text", "json")
@click.pass_context
def erase(
    ctx: click.Context,
    registry: Path,
    ids: tuple[str, ...],
    kind: str | None,
    texts: tuple[str, ...],
    by: str | None,
    why: str | None,
    dry_run: bool,
    yes: bool,
    finish: bool,
    format: str,
) -> None:
    """Take records, or a text, out of the registry for good.

    For a witness who must vanish: content goes from tables, history, search
    and free pages, and cannot be brought back. The log keeps that it was there;
    when, by whom and why it was erased stays for everyone to read, so do not
    repeat in --why what is erased.

    ID is any id that leads or ever led to a record. Records that others name
    leave a stub behind, under an id that says nothing. Other copies of the
    file, backups and published editions keep what they have.
    """
    with opened(registry) as opened_registry:
        if finish:
            _finish(ctx, opened_registry, registry)
            return
        if not dry_run and not (by and why):
            raise click.UsageError("--by and --why are needed: they stay in the history for good")
        given = (by or DRY, why or DRY)
        if not dry_run and not yes and sys.stdin.isatty() and sys.stderr.isatty():
            _report(_erased(opened_registry, ids, kind, texts, given, dry=True), "text", err=True)
            click.confirm("This cannot be undone. Erase it?", abort=True, err=True)
        erasure = _erased(opened_registry, ids, kind, texts, given, dry=dry_run)
    _report(erasure, format)
    if dry_run:
        say(f"{registry}: nothing was changed, this being a dry run")
    elif erasure.change is None:
        say(f"{registry}: nothing of it was found; nothing was changed")
    elif not erasure.finished:
        _tell_unfinished(ctx, registry)
    else:
        say(f"{registry}: erased; the file was written anew, other copies of it were not")


def _erased(
    registry: Registry,
    ids: tuple[str, ...],
    kind: str | None,
    texts: tuple[str, ...],
    given: tuple[str, str],
    *,
    dry: bool,
) -> Erasure:
    by, why = given
    return registry.erase(*ids, kind=kind, texts=texts, by=by, why=why, dry_run=dry)


def _finish(ctx: click.Context, registry: Registry, path: Path) -> None:
    if not registry.finish_erasures():
        _tell_unfinished(ctx, path)
    say(f"{path}: no erasure is unfinished")


def _tell_unfinished(ctx: click.Context, path: Path) -> None:
    say(
        f"{path}: the file could not be written anew, so its free pages may still hold what was"
        " erased. It takes room for a copy and a moment without readers;"
        f" then `heritage erase {path} --finish`"
    )
    ctx.exit(FAULTS)


def _report(erasure: Erasure, format: str, *, err: bool = False) -> None:
    """Print what was or would be erased."""
    if format == "json":
        click.echo(json.dumps(attrs.asdict(erasure), ensure_ascii=False), err=err)
        return
    for record in erasure.records:
        way = "a stub stays, since other records name it" if record.stays else "nothing stays of it"
        click.echo(f"{record.kind} {record.id}: {way}", err=err)
    for table, count in erasure.rows.items():
        click.echo(f"{table}: {counted(count, 'row')}", err=err)
    click.echo(f"history: {counted(erasure.entries, 'entry', 'entries')}", err=err)
    if erasure.changes:
        click.echo(f"changes: {counted(erasure.changes, 'reason')}", err=err)
    for mention in erasure.mentions:
        where = (
            f"{mention.table}.{mention.column} of {mention.record}"
            if mention.table
            else "bytes of the file that belong to no row"
        )
        click.echo(f"still there: {mention.text!r} in {where}", err=err)
    if erasure.mentions:
        click.echo("what is still there can be erased with --text", err=err)
