"""Rows and entries that tell of what is to be erased to those that do not.

The same is done to a row of a table and to every entry of the log about it, so
that replaying the rewritten log gives the rewritten tables.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError
from heritage.store.erasing.stubs import ERASED, said, stub, terms
from heritage.store.tables import REFERENCES, TABLES

Row = dict[str, Any]

NAMING: dict[str, dict[str, tuple[str, ...]]] = {
    table.name: {
        **({"id": (table.kind,)} if table.main is None else {}),
        **({table.owner: (table.kind,)} if table.main else {}),
        **{column: tuple(kinds.split(" or ")) for column, kinds in REFERENCES.get(table.name, ())},
    }
    for table in TABLES
}
"""By table, the columns that hold ids, and of which kinds of records."""

PERSONS: dict[str, str] = {
    "claims": "attributed_to",
    "reviews": "reviewer",
    "custody": "holder",
}
"""Columns of free text in which a person or a source may stand by its id."""

SPEAKERS = ("actor", "source")

TEXTS: dict[str, tuple[str, ...]] = {
    "sources": ("title", "publisher", "author", "url", "archived_url", "kind", "note"),
    "actors": ("kind", "role"),
    "actor_names": ("text",),
    "sites": ("kind",),
    "names": ("text",),
    "identifiers": ("value",),
    "listings": ("register", "status", "reference", "suffix", "as_written"),
    "events": ("label", "context"),
    "claims": ("value", "as_written", "attributed_to", "locator"),
    "observations": ("severity", "method", "as_written"),
    "interventions": ("kind", "as_written"),
    "evidence": ("title", "media_type"),
    "custody": ("holder", "act"),
    "reviews": ("reviewer", "reason"),
    "descriptions": ("record",),
}
"""By table, the columns in which people write what they like."""

_KEYED = {("actor_names", "text"), ("names", "text"), ("identifiers", "value")}
"""Texts that are part of a key: two that differ have to differ afterwards, too."""

_TERMS = {"kind", "role", "register", "status", "context", "severity", "method", "value"}
_CODED = r"\\+(?:[bfnrt]|u[0-9a-fA-F]{4})"
_NUMBER = re.compile(r"[0-9.]+(?= |$)")
_CONTROL = re.compile(r"(.*\S)( (?:since|until) \S+)", re.DOTALL)
_KEYS = {table.name: table.key for table in TABLES}


class Entry(NamedTuple):
    """What the chain binds of an entry of the log, with its place."""

    seq: int
    kind: str
    record: str
    version: int
    table: str
    key: str
    op: str
    before: str | None
    after: str | None


def matching(texts: Iterable[str], *, escaped: bool = False) -> re.Pattern[str] | None:
    """A pattern for some texts in either case, any normal form and with any spaces.

    Args:
        texts: The texts.
        escaped: Find them in JSON, and in JSON within JSON, as well.
    """
    space = rf"(?:\s|{_CODED})+" if escaped else r"\s+"
    forms = {
        space.join(
            "".join(_coded(character) if escaped else re.escape(character) for character in word)
            for word in unicodedata.normalize(form, text).split()
        )
        for text in texts
        for form in ("NFC", "NFD", "NFKC", "NFKD")
    }
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(ordered), re.IGNORECASE) if ordered else None


def _coded(character: str) -> str:
    """A pattern for a character as it is, and as JSON writes it."""
    if character == '"':
        return r'\\*"'
    if character == "\\":
        return r"\\+"
    if character < " ":
        return f"(?:{re.escape(character)}|{_CODED})"
    return re.escape(character)


def dumped(value: object) -> str:
    """A value as the log writes JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@attrs.define(kw_only=True)
class Rewriting:
    """One pass over tables and log."""

    ids: dict[str, dict[str, str]]
    """By kind, the new id for each old one."""
    gone: frozenset[tuple[str, str]] = frozenset()
    """Kind and id, the former ones too, of the records of which only a stub stays."""
    texts: tuple[str, ...] = ()
    """What is taken out of every text."""
    pattern: re.Pattern[str] | None = attrs.field(init=False, default=None)
    _escaped: re.Pattern[str] | None = attrs.field(init=False, default=None)
    taken: dict[str, set[str]] = attrs.field(factory=dict)
    """By table, texts of keys that hold the mark of an erasure already."""
    lost: set[str] = attrs.field(factory=set)
    """Texts that went with the records."""
    _keyed: dict[tuple[str, str], str] = attrs.field(factory=dict)
    _former: dict[str, str] = attrs.field(factory=dict)
    """The kind of each former id, as far as the log was read."""

    def __attrs_post_init__(self) -> None:
        self.pattern = matching(self.texts)
        self._escaped = matching(self.texts, escaped=True)

    def id(self, kinds: Iterable[str], value: str) -> str:
        """The id that stands for one of some kinds."""
        for kind in kinds:
            found = self.ids.get(kind, {}).get(value)
            if found is not None:
                return found
        return value

    def matches(self, value: object) -> bool:
        """Whether a value holds a text that is to be taken out."""
        if self.pattern is None or not isinstance(value, str):
            return False
        return self.pattern.search(value) is not None

    def may_match(self, text: str) -> bool:
        """Whether a text, or JSON, may hold what is to be taken out."""
        return self._escaped is not None and self._escaped.search(text) is not None

    def plain(self, text: str) -> str:
        """A text without what is to be taken out."""
        return text if self.pattern is None else self.pattern.sub(ERASED, text)

    def text(self, table: str, column: str, value: str) -> str | None:
        """A text of a record without what is to be taken out."""
        if not self.matches(value) or (column in _TERMS and value in terms()):
            return value
        if (table, column) in _KEYED:
            return self._key_text(table, value)
        if column == "value":
            return self._claimed(value)
        found = self.plain(value)
        if column.endswith("url") and not found.startswith(("http://", "https://")):
            return None
        return found

    def _key_text(self, table: str, value: str) -> str:
        known = self._keyed.get((table, value))
        if known is None:
            taken = self.taken.setdefault(table, set())
            plain = known = self.plain(value)
            number = 1
            while known in taken:
                number += 1
                known = f"{plain} ({number})"
            taken.add(known)
            self._keyed[table, value] = known
        return known

    def _claimed(self, value: str) -> str:
        """A claimed value; its date, its numbers and its notation stay."""
        try:
            FuzzyDate.parse(value)
        except DateParseError:
            pass
        else:
            return value
        control = _CONTROL.fullmatch(value)
        if control:
            return self.plain(control[1]) + control[2]
        number = _NUMBER.match(value)
        kept = number[0] if number else ""
        return kept + self.plain(value[len(kept) :])

    def row(self, table: str, row: Mapping[str, Any]) -> Row:
        """A row, or the columns of one that changed, with its ids and texts rewritten."""
        found = dict(row)
        for column, kinds in NAMING.get(table, {}).items():
            if isinstance(found.get(column), str):
                found[column] = self.id(kinds, found[column])
        person = PERSONS.get(table)
        if person and isinstance(found.get(person), str):
            found[person] = self._person(found[person])
        for column in TEXTS.get(table, ()):
            if isinstance(found.get(column), str):
                if column == "record":
                    found[column] = self.description(found[column])
                elif self.pattern is not None:
                    found[column] = self.text(table, column, found[column])
        return found

    def _person(self, value: str) -> str:
        for kind in SPEAKERS:
            if (kind, value) in self.gone:
                return self.ids[kind][value]
        return value

    def description(self, record: str) -> str:
        """What a dataset says of a site, as JSON."""
        plain = json.loads(record)
        if not isinstance(plain, dict):
            return record
        found = dict(plain)
        for column, kind in (("id", "site"), ("part_of", "site"), ("source", "source")):
            if isinstance(found.get(column), str):
                found[column] = self.id((kind,), found[column])
        if isinstance(found.get("kind"), str):
            found["kind"] = self.text("sites", "kind", found["kind"])
        for field, table, column in (
            ("names", "names", "text"),
            ("identifiers", "identifiers", "value"),
        ):
            parts = found.get(field)
            if isinstance(parts, list):
                found[field] = [self._part(table, column, part) for part in parts]
        return record if found == plain else dumped(found)

    def _part(self, table: str, column: str, part: object) -> object:
        if isinstance(part, dict) and isinstance(part.get(column), str):
            return part | {column: self.text(table, column, part[column])}
        return part

    def entry(self, entry: Entry) -> Entry:
        """An entry of the log as it stands afterwards."""
        if entry.op == "erase" or entry.kind == "conclusion":
            return entry
        if entry.kind == "former_id":
            return self._former_id(entry)
        record = self.id((entry.kind,), entry.record)
        if entry.op == "erased" or entry.table not in NAMING:
            return entry._replace(record=record)
        before = None if entry.before is None else json.loads(entry.before)
        after = None if entry.after is None else json.loads(entry.after)
        left = tuple(self._left(entry, row) for row in (before, after))
        changed = tuple(row and self.row(entry.table, row) for row in left)
        if changed == (before, after) and record == entry.record:
            return entry
        old, new = changed
        if old and new:  # of an update, what still differs
            both = {name for name in (*old, *new) if old.get(name) != new.get(name)}
            old = {column: value for column, value in old.items() if column in both}
            new = {column: value for column, value in new.items() if column in both}
        if not old and not new:
            return erased(entry, record)
        key = self._row_key(entry)
        texts = [None if row is None else dumped(row) for row in (old, new)]
        return entry._replace(record=record, key=key, before=texts[0], after=texts[1])

    def _left(self, entry: Entry, row: Row | None) -> Row | None:
        """What stays of a row that an entry tells of."""
        if row is None or (entry.kind, entry.record) not in self.gone:
            return row
        kept = stub(entry.table, row, whole=entry.op != "update")
        for column in TEXTS.get(entry.table, ()):
            value = row.get(column)
            if value is not None and (kept is None or kept.get(column) != value):
                self.lost.update(said(value))
        return kept

    def _row_key(self, entry: Entry) -> str:
        names = _KEYS[entry.table]
        parts = [entry.key] if len(names) == 1 else json.loads(entry.key)
        found = self.row(entry.table, dict(zip(names, parts, strict=True)))
        values = [found[name] for name in names]
        return str(values[0]) if len(values) == 1 else dumped(values)

    def _former_id(self, entry: Entry) -> Entry:
        """An entry on an id that leads to another one."""
        before = None if entry.before is None else json.loads(entry.before)
        after = None if entry.after is None else json.loads(entry.after)
        stated = (after or {}).get("kind") or (before or {}).get("kind")
        if stated is not None:
            self._former[entry.key] = stated
        kind = self._former.get(entry.key, "")
        if (kind, entry.record) in self.gone or (kind, entry.key) in self.gone:
            return erased(entry, self.id((kind,), entry.record))
        rows = [
            row
            and {
                column: self.id((kind,), value) if column in ("id", "former") else value
                for column, value in row.items()
            }
            for row in (before, after)
        ]
        texts = [None if row is None else dumped(row) for row in rows]
        found = entry._replace(
            record=self.id((kind,), entry.record),
            key=self.id((kind,), entry.key),
            before=texts[0],
            after=texts[1],
        )
        return entry if rows == [before, after] and found.record == entry.record else found


def erased(entry: Entry, record: str) -> Entry:
    """What is left of an entry of which nothing is left: that there was one."""
    return entry._replace(record=record, table="", key="", op="erased", before=None, after=None)
