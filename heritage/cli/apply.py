"""Scripted edits to one change: `heritage apply`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from heritage.cli.group import FAULTS, counted, opened, say
from heritage.cli.parameters import registry_argument
from heritage.errors import (
    HeritageError,
    InvalidRecordError,
    RecordChangedError,
    RecordNotFoundError,
    RefusedByDatabaseError,
)
from heritage.model import RECORDS, Record
from heritage.problems import Origin, Problem

if TYPE_CHECKING:
    from heritage.registry import Change, Registry

KEYS: dict[str, tuple[set[str], set[str]]] = {
    "put": ({"op", "kind", "record"}, {"id", "expect"}),
    "amend": ({"op", "kind", "id", "fields"}, {"expect"}),
    "retract": ({"op", "kind", "id"}, {"expect"}),
}
"""For each op, the keys that its line needs and those that it may have."""

REFERENCES = (
    ("site", "site"),
    ("sites", "site"),
    ("source", "source"),
    ("relies_on", "source"),
    ("claim", "claim"),
    ("subject", "event or site"),
)
"""Fields that name other records, and the kinds of these; `part_of` names its own kind."""


@attrs.frozen
class Edit:
    """One line that was understood."""

    row: int
    op: str
    kind: str
    id: str
    expect: int | None
    content: Any
    """A record to put, the fields to amend, or None."""


class _UndoError(Exception):
    """Everything is to be undone: a dry run, or problems."""


@click.command()
@registry_argument
@click.argument("changes", type=click.Path(path_type=Path), metavar="CHANGES.jsonl")
@click.option("--by", required=True, metavar="WHO", help="Who makes the change.")
@click.option(
    "--why", required=True, metavar="TEXT", help="What a reader of the history should know."
)
@click.option("--dry-run", is_flag=True, help="Look for problems, and change nothing.")
@click.pass_context
def apply(
    ctx: click.Context, registry: Path, changes: Path, by: str, why: str, dry_run: bool
) -> None:
    r"""Make scripted edits as one change, all of them or none.

    A line is one of

    \b
      {"op": "put", "kind": "claim", "record": {...}}
      {"op": "amend", "kind": "claim", "id": "...", "fields": {...}}
      {"op": "retract", "kind": "claim", "id": "..."}

    each optionally with "expect", the version that the record must have. If
    anything is wrong, every problem is named and nothing is changed.
    """
    read = list(_read(str(changes)))
    edits = [each for each in read if isinstance(each, Edit)]
    problems = [each for each in read if isinstance(each, Problem)]
    tally: dict[str, int] = {}
    with opened(registry) as opened_registry:
        try:
            with opened_registry.change(by=by, why=why) as change:
                problems += _make(opened_registry, change, edits, str(changes), tally)
                _undo_if(bool(problems) or dry_run)
        except _UndoError:
            pass
    for problem in sorted(problems, key=lambda each: each.origin.row or 0):
        say(str(problem))
    if problems:
        say(f"{changes}: {counted(len(problems), 'problem')}; nothing was changed")
        ctx.exit(FAULTS)
    done = ", ".join(f"{counted(number, 'record')} {what}" for what, number in tally.items())
    rest = "; nothing was changed, this being a dry run" if dry_run else ""
    say(f"{changes}: {done or 'no lines'}{rest}")


def _undo_if(unwanted: bool) -> None:
    if unwanted:
        raise _UndoError


def _read(path: str) -> Iterator[Edit | Problem]:
    from heritage.ingest.formats.json_lines import lines_of, objects

    for each in objects(path, lines_of(path)):
        if isinstance(each, Problem):
            yield each
        else:
            row, plain = each
            yield from _edit(Origin(file=path, row=row), row, plain)


def _edit(origin: Origin, row: int, plain: dict[str, Any]) -> Iterator[Edit | Problem]:
    op, kind = plain.get("op"), plain.get("kind")
    if not isinstance(op, str) or op not in KEYS:
        message = f"op is {op!r}, and not one of {', '.join(KEYS)}"
        yield _problem(origin, "unreadable-row", message, "op")
        return
    if not isinstance(kind, str) or kind not in RECORDS:
        message = f"{kind!r} is not a kind of record; known are {', '.join(RECORDS)}"
        yield _problem(origin, "unknown-kind", message, "kind")
        return
    faults = list(_shape_faults(plain, *KEYS[op]))
    for key, message in faults:
        yield _problem(origin, "unreadable-row", message, key)
    if faults:
        return
    content = plain.get("fields")
    id = plain.get("id", "")
    if op == "put":
        found = list(_record(origin, kind, plain["record"], id))
        yield from (each for each in found if isinstance(each, Problem))
        records = [each for each in found if not isinstance(each, Problem)]
        if not records:
            return
        content = records[0]
        id = content.id
    elif op == "amend":
        unknown = [name for name in content or {} if name not in attrs.fields_dict(RECORDS[kind])]
        for name in unknown:
            yield _problem(origin, "invalid-record", f"a {kind} has no such field", name)
        if unknown:
            return
    yield Edit(row, op, kind, id, plain.get("expect"), content)


def _shape_faults(
    plain: dict[str, Any], needed: set[str], allowed: set[str]
) -> Iterator[tuple[str, str]]:
    op = plain["op"]
    for key in sorted(needed - plain.keys()):
        yield key, f"{op} needs {key!r}"
    for key in sorted(plain.keys() - needed - allowed):
        yield key, f"{op} takes no {key!r}"
    for key, expected in (("id", str), ("fields", dict), ("record", dict)):
        if key in plain and not isinstance(plain[key], expected):
            yield key, f"{key!r} is {'a text' if expected is str else 'an object'}"
    expect = plain.get("expect")
    if "expect" in plain and (type(expect) is not int or expect < 1):
        yield "expect", "'expect' is a version: a whole number from 1"


def _record(
    origin: Origin, kind: str, plain: dict[str, Any], id: str
) -> Iterator[Record | Problem]:
    from heritage.codec import from_plain

    if id and plain.get("id", id) != id:
        message = f"the line is about {id!r}, its record about {plain['id']!r}"
        yield _problem(origin, "invalid-record", message, "id")
        return
    try:
        yield from_plain(kind, {**plain, "id": id} if id else plain)
    except InvalidRecordError as error:
        yield from _faults(origin, error)


def _faults(origin: Origin, error: InvalidRecordError) -> Iterator[Problem]:
    """One problem for each fault; a fault begins with its field."""
    for fault in error.faults:
        field, colon, message = fault.partition(": ")
        named = colon and " " not in field
        yield _problem(
            origin, "invalid-record", message if named else fault, field if named else None
        )


def _problem(
    origin: Origin, code: str, message: str, column: str | None = None, value: str | None = None
) -> Problem:
    return Problem(
        code=code, message=message, origin=attrs.evolve(origin, column=column), value=value
    )


def _make(
    registry: Registry, change: Change, edits: list[Edit], path: str, tally: dict[str, int]
) -> list[Problem]:
    """Make the edits in their order; what is retracted may still be named by later lines."""
    problems: list[Problem] = []
    waiting = edits
    while waiting:
        refused: list[tuple[Edit, HeritageError]] = []
        for edit in waiting:
            try:
                what = _one(change, edit)
            except RefusedByDatabaseError as error:
                refused.append((edit, error))
            except (InvalidRecordError, RecordNotFoundError, RecordChangedError) as error:
                problems += _told(Origin(file=path, row=edit.row), error)
            else:
                tally[what] = tally.get(what, 0) + 1
        if len(refused) == len(waiting) or not any(e.op == "retract" for e, _ in refused):
            for edit, fault in refused:
                problems += _told(Origin(file=path, row=edit.row), fault)
            break
        waiting = [edit for edit, _ in refused]
    return problems + [problem for edit in edits for problem in _missing(registry, edit, path)]


def _one(change: Change, edit: Edit) -> str:
    if edit.op == "put":
        return change.put(edit.content, expect=edit.expect)
    if edit.op == "amend":
        change.amend(edit.kind, edit.id, expect=edit.expect, **edit.content)
        return "amended"
    change.retract(edit.kind, edit.id, expect=edit.expect)
    return "retracted"


def _told(origin: Origin, error: HeritageError) -> Iterator[Problem]:
    if isinstance(error, InvalidRecordError):
        yield from _faults(origin, error)
    elif isinstance(error, RecordNotFoundError):
        yield _problem(origin, "record-not-found", str(error), "id", error.id)
    elif isinstance(error, RecordChangedError):
        yield _problem(origin, "record-changed", str(error), "expect")
    else:
        yield _problem(origin, "change-refused", str(error))


def _missing(registry: Registry, edit: Edit, path: str) -> Iterator[Problem]:
    """What an edit refers to and what does not exist when all are made."""
    if edit.op == "retract":
        return
    named = edit.content if edit.op == "amend" else attrs.asdict(edit.content, recurse=False)
    for field, kinds in (*REFERENCES, ("part_of", edit.kind)):
        value = named.get(field)
        for id in (value,) if isinstance(value, str) else value or ():
            if isinstance(id, str) and not _exists(registry, kinds, id):
                message = f"{id!r} does not exist"
                origin = Origin(file=path, row=edit.row)
                yield _problem(origin, "unknown-reference", message, field, id)


def _exists(registry: Registry, kinds: str, id: str) -> bool:
    for kind in kinds.split(" or "):
        try:
            registry.record(kind, id)
        except RecordNotFoundError:
            continue
        return True
    return False
