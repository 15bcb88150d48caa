"""Scripted edits to one change: `heritage apply`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heritage.cli.group import FAULTS, counted, opened, say
from heritage.cli.parameters import by_option, dry_run_option, registry_argument, why_option
from heritage.errors import CheckFailedError

if TYPE_CHECKING:
    from heritage.scripting import Applied
    from heritage.store.conclusions.concluded import Redrawn


@click.command()
@registry_argument
@click.argument("changes", type=click.Path(path_type=Path, allow_dash=True), metavar="CHANGES")
@by_option
@why_option
@dry_run_option
@click.pass_context
def apply(
    ctx: click.Context, registry: Path, changes: Path, by: str, why: str, dry_run: bool
) -> None:
    """Make scripted edits as one change, all of them or none.

    CHANGES is a file of JSON Lines, or `-` for standard input. A line is one of

    \b
      {"op": "put", "kind": "claim", "record": {...}}
      {"op": "amend", "kind": "claim", "id": "...", "fields": {...}}
      {"op": "retract", "kind": "claim", "id": "..."}

    each optionally with "expect", the version that the record must have. If
    anything is wrong, every problem is named and nothing is changed. A dry run
    prints what would change, field by field, and which conclusions with it.
    """  # noqa: D301 - click's own mark for lines that stay as they are
    from heritage.ingest.formats.json_lines import lines_of

    name = "<stdin>" if str(changes) == "-" else str(changes)
    lines = iter(sys.stdin.buffer) if str(changes) == "-" else lines_of(name)
    with opened(registry) as opened_registry:
        try:
            applied = opened_registry.apply(lines, by=by, why=why, dry_run=dry_run, name=name)
        except CheckFailedError as error:
            for problem in error.problems:
                say(str(problem))
            say(f"{name}: {counted(len(error.problems), 'problem')}; nothing was changed")
            ctx.exit(FAULTS)
    if dry_run:
        for line in told(applied):
            click.echo(line)
    tally: dict[str, int] = {}
    for edit in applied.edits:
        tally[edit.what] = tally.get(edit.what, 0) + 1
    done = ", ".join(f"{counted(number, 'record')} {what}" for what, number in tally.items())
    rest = "; nothing was changed, this being a dry run" if dry_run else ""
    say(f"{name}: {done or 'no lines'}{rest}")


def told(applied: Applied) -> Iterator[str]:
    """What a script does, for people: a line for each record and each field."""
    for edit in applied.edits:
        yield f"{edit.what} {edit.kind} {edit.id}"
        yield from field_lines(edit.what, edit.fields)
    yield from redrawn_lines(applied.conclusions)


def field_lines(what: str, fields: dict[str, tuple[object, object]]) -> Iterator[str]:
    """A line for each field: what it is, or was, or both."""
    for name, (old, new) in fields.items():
        one = {"created": new, "retracted": old}
        if what in one:
            yield f"    {name}: {_json(one[what])}"
        else:
            yield f"    {name}: {_json(old)} -> {_json(new)}"


def redrawn_lines(conclusions: tuple[Redrawn, ...]) -> Iterator[str]:
    """Conclusions that are others now, for people."""
    for each in conclusions:
        at = f" at {each.site}" if each.site else ""
        yield f"conclusion {each.subject} {each.property}{at}"
        before, after = each.before or {}, each.after or {}
        for name in ("value", "status"):
            if before.get(name) != after.get(name):
                yield f"    {name}: {_json(before.get(name))} -> {_json(after.get(name))}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
