"""Lines of a script to one change: every edit is made, or every problem is told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from heritage import codec
from heritage.changing import Change
from heritage.errors import (
    CheckFailedError,
    HeritageError,
    InvalidRecordError,
    RecordChangedError,
    RecordNotFoundError,
    RefusedByDatabaseError,
)
from heritage.ingest.formats.json_lines import objects
from heritage.model import RECORDS, Record
from heritage.problems import Origin, Problem
from heritage.store import read, write
from heritage.store.conclusions.concluded import Redrawn, redrawn
from heritage.store.connection import Connection
from heritage.store.differences import differing

Plain = dict[str, Any]
Line = str | bytes | Mapping[str, Any]
"""JSON, or what it says."""

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


@attrs.frozen(kw_only=True)
class Edit:
    """One line that was understood."""

    row: int
    op: str
    kind: str
    id: str
    expect: int | None
    content: Plain
    """The record to put, or the fields to amend, in plain form."""
    record: Record | None = None
    """The record to put, where it is a sound one."""


@attrs.frozen(kw_only=True)
class Edited:
    """What one line did to a record."""

    row: int
    """The number of the line, from 1."""
    kind: str
    id: str
    what: str
    """`created`, `changed`, `amended`, `unchanged` or `retracted`."""
    fields: dict[str, tuple[Any, Any]]
    """What each field that differs was and is, in plain form; None where it is not given."""


@attrs.frozen(kw_only=True)
class Applied:
    """What a script did."""

    change: int | None
    """The number of the change; None where nothing changed."""
    edits: tuple[Edited, ...]
    conclusions: tuple[Redrawn, ...] = ()
    """Conclusions that are others now."""


def understood(lines: Iterable[Line], name: str) -> tuple[list[Edit], list[Problem]]:
    """Read every line: the edits that it asks for, and what is wrong with it by itself.

    Args:
        lines: JSON, or objects.
        name: What the lines are called in problems.
    """
    edits: list[Edit] = []
    problems: list[Problem] = []
    puts: dict[tuple[str, str], Edit] = {}
    for row, line in enumerate(lines, 1):
        for each in _read(Origin(file=name, row=row), line):
            if isinstance(each, Problem):
                problems.append(each)
                continue
            edits.append(each)
            if each.record is None:
                continue
            first = puts.setdefault((each.kind, each.id), each)
            if first.record != each.record:
                message = f"line {first.row} puts this record with another content"
                problems.append(_problem(Origin(file=name, row=row), "change-refused", message))
    return edits, problems


def _read(origin: Origin, line: Line) -> Iterator[Edit | Problem]:
    row = origin.row or 0
    if isinstance(line, Mapping):
        yield from _edit(origin, dict(line))
        return
    data = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    for each in objects(origin.file or "", [data]):
        if isinstance(each, Problem):
            message = each.message.removesuffix("; the line was left out")
            yield attrs.evolve(each, message=message, origin=attrs.evolve(each.origin, row=row))
        elif _is_torn(each[1]):
            yield _problem(origin, "unreadable-row", "half of a surrogate pair is no character")
        else:
            yield from _edit(origin, each[1])


def _is_torn(value: object) -> bool:
    """Whether a text somewhere in a value is none that can be written."""
    if isinstance(value, str):
        return any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(_is_torn(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(map(_is_torn, value))


def _edit(origin: Origin, plain: Plain) -> Iterator[Edit | Problem]:
    op, kind = plain.get("op"), plain.get("kind")
    if not isinstance(op, str) or op not in KEYS:
        message = f"op is {op!r}, and not one of {', '.join(KEYS)}"
        yield _problem(origin, "unreadable-row", message, "op")
        return
    known = isinstance(kind, str) and kind in RECORDS
    if not known:
        message = f"{kind!r} is not a kind of record; known are {', '.join(RECORDS)}"
        yield _problem(origin, "unknown-kind", message, "kind")
    faults = list(_shape_faults(plain, *KEYS[op]))
    for key, message in faults:
        yield _problem(origin, "unreadable-row", message, key)
    if faults or not known:
        return
    content = plain.get("record" if op == "put" else "fields", {})
    edit = Edit(
        row=origin.row or 0,
        op=op,
        kind=str(kind),
        id=plain.get("id", ""),
        expect=plain.get("expect"),
        content=content,
    )
    if op == "put":
        yield from _put(origin, edit)
    elif op == "amend":
        yield from _amendment(origin, edit)
    else:
        yield edit


def _shape_faults(plain: Plain, needed: set[str], allowed: set[str]) -> Iterator[tuple[str, str]]:
    op = plain["op"]
    for key in sorted(needed - plain.keys()):
        yield key, f"{op} needs {key!r}"
    for key in sorted(plain.keys() - needed - allowed):
        yield key, f"{op} takes no {key!r}"
    for key, expected in (("id", str), ("fields", dict), ("record", dict)):
        if key in plain and key in needed | allowed and not isinstance(plain[key], expected):
            yield key, f"{key!r} is {'a text' if expected is str else 'an object'}"
    expect = plain.get("expect")
    if "expect" in plain and (type(expect) is not int or expect < 1):
        yield "expect", "'expect' is a version: a whole number from 1"


def _put(origin: Origin, edit: Edit) -> Iterator[Edit | Problem]:
    plain = edit.content
    if edit.id and plain.get("id", edit.id) != edit.id:
        message = f"the line is about {edit.id!r}, its record about {plain['id']!r}"
        yield _problem(origin, "invalid-record", message, "id")
        plain = {**plain, "id": edit.id}
    try:
        record = codec.from_plain(edit.kind, {**plain, "id": edit.id} if edit.id else plain)
    except InvalidRecordError as error:
        yield from _faults(origin, error)
        id = plain.get("id")
        yield attrs.evolve(edit, id=edit.id or (id if isinstance(id, str) else ""))
    else:
        yield attrs.evolve(edit, id=record.id, record=record)


def _amendment(origin: Origin, edit: Edit) -> Iterator[Edit | Problem]:
    """The edit with those fields that there are; the others are problems."""
    known = attrs.fields_dict(RECORDS[edit.kind])
    for name in edit.content.keys() - known.keys():
        near = difflib.get_close_matches(name, known, n=1)
        yield Problem(
            code="invalid-record",
            message=f"a {edit.kind} has no such field",
            origin=attrs.evolve(origin, column=name),
            suggestion=f"did you mean {near[0]}?" if near else None,
        )
    content = {name: value for name, value in edit.content.items() if name in known}
    yield attrs.evolve(edit, content=content)


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


class Script:
    """Edits on their way into the registry, within an open change."""

    def __init__(self, connection: Connection, change: Change, name: str) -> None:
        self._connection = connection
        self._change = change
        self._name = name
        self._starts: dict[tuple[str, str], int | None] = {}
        self.edited: list[Edited] = []
        self.problems: list[Problem] = []

    def make(self, edits: list[Edit]) -> None:
        """Make the edits in their order; what is retracted may still be named by later lines."""
        waiting = edits
        while waiting:
            refused: list[tuple[Edit, HeritageError]] = []
            for edit in waiting:
                try:
                    self._one(edit)
                except RefusedByDatabaseError as error:
                    refused.append((edit, error))
            if len(refused) == len(waiting) or not any(e.op == "retract" for e, _ in refused):
                for edit, fault in refused:
                    self._tell(edit, fault)
                break
            waiting = [edit for edit, _ in refused]
        self.edited.sort(key=lambda each: each.row)
        never_made = {(e.kind, e.id) for e in edits if e.op == "put" and e.record is None}
        for edit in edits:
            self.problems += self._missing(edit, never_made)

    def _one(self, edit: Edit) -> None:
        id = edit.id
        try:
            if edit.op != "put":
                id = read.resolve(self._connection, edit.kind, edit.id)
        except RecordNotFoundError as error:
            self._tell(edit, error)
            return
        before = self._plain(edit.kind, id)
        if edit.content.get("id", id) not in (id, None) and edit.op == "amend":
            message = f"an amendment cannot change the id of {edit.kind} {id!r}"
            self.problems.append(_problem(self._origin(edit), "change-refused", message, "id"))
            edit = attrs.evolve(edit, content={**edit.content, "id": id})
        if not self._is_expected(edit, id):
            found = write.version_of(self._connection, edit.kind, id)
            self._tell(edit, RecordChangedError(edit.kind, edit.id, edit.expect or 0, found))
        try:
            what = self._do(edit, id)
        except InvalidRecordError as error:
            self._tell(edit, error)
            return
        after = self._plain(edit.kind, id)
        fields = differing(before, after)
        if what == "amended" and not fields:
            what = write.UNCHANGED
        self.edited.append(Edited(row=edit.row, kind=edit.kind, id=id, what=what, fields=fields))

    def _do(self, edit: Edit, id: str) -> str:
        if edit.op == "retract":
            self._change.retract(edit.kind, id)
            return "retracted"
        if edit.op == "amend":
            self._change.amend(edit.kind, id, **edit.content)
            return "amended"
        if edit.record is None:
            return write.UNCHANGED  # its faults have been told
        return self._change.put(edit.record)

    def _plain(self, kind: str, id: str) -> Plain:
        """A record in plain form without its id; empty where it does not exist."""
        try:
            plain = codec.to_plain(read.read_one(self._connection, kind, id).record)
        except RecordNotFoundError:
            return {}
        except InvalidRecordError:  # another program's; an edit may mend it
            plain = read.read_plain(self._connection, kind, [id])[id][0]
        return {name: value for name, value in plain.items() if name != "id"}

    def _is_expected(self, edit: Edit, id: str) -> bool:
        """Whether a record is as the script saw it, or as its own lines have made it since."""
        now = write.version_of(self._connection, edit.kind, id)
        start = self._starts.setdefault((edit.kind, id), now)
        return edit.expect is None or edit.expect in (start, now) or not id

    def _origin(self, edit: Edit) -> Origin:
        return Origin(file=self._name, row=edit.row)

    def _tell(self, edit: Edit, error: HeritageError) -> None:
        origin = self._origin(edit)
        if isinstance(error, InvalidRecordError):
            self.problems += _faults(origin, error)
        elif isinstance(error, RecordNotFoundError):
            self.problems.append(_problem(origin, "record-not-found", str(error), "id", error.id))
        elif isinstance(error, RecordChangedError):
            self.problems.append(_problem(origin, "record-changed", str(error), "expect"))
        else:
            told = error.reason if isinstance(error, RefusedByDatabaseError) else str(error)
            self.problems.append(_problem(origin, "change-refused", told))

    def _missing(self, edit: Edit, never_made: set[tuple[str, str]]) -> Iterator[Problem]:
        """What an edit refers to and what does not exist when all are made.

        A record that another line of the script failed to make is not told of twice.
        """
        for field, kinds in (*REFERENCES, ("part_of", edit.kind)):
            value = edit.content.get(field)
            for id in value if isinstance(value, list | tuple) else (value,):
                if not isinstance(id, str):
                    continue
                each = [(kind, id) for kind in kinds.split(" or ")]
                if never_made.isdisjoint(each) and not any(map(self._exists, each)):
                    message = f"{id!r} does not exist"
                    yield _problem(self._origin(edit), "unknown-reference", message, field, id)

    def _exists(self, record: tuple[str, str]) -> bool:
        return write.version_of(self._connection, *record) is not None


def run(
    connection: Connection, change: Change, read: tuple[list[Edit], list[Problem]], name: str
) -> Applied:
    """Make what was read within an open change, and conclude from it.

    Args:
        connection: That of the change.
        change: Takes the edits; a refused script leaves it to be undone.
        read: What `understood` made of the lines.
        name: What the lines are called in problems.

    Raises:
        CheckFailedError: There are problems; each names its line, and its field.
    """
    edits, problems = read
    script = Script(connection, change, name)
    script.make(edits)
    problems = [*problems, *script.problems]
    if problems:
        raise CheckFailedError(sorted(problems, key=lambda each: each.origin.row or 0))
    is_change = write.end_change(connection, change.number)
    return Applied(
        change=change.number if is_change else None,
        edits=tuple(script.edited),
        conclusions=tuple(redrawn(connection, change.number - 1, change.number))
        if is_change
        else (),
    )
