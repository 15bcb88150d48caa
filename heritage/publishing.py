"""A registry to its public edition: read, redacted, named anew, and written to another file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import attrs

from heritage import codec
from heritage.errors import InvalidPolicyError, InvalidRecordError, RegistryCorruptError
from heritage.model import RECORDS, Actor, Record, Site, Source
from heritage.publish import Named, Policy, Redaction, named
from heritage.store import chain, conclusions, past, public, read
from heritage.store.connection import Connection, snapshot
from heritage.store.rows import COLUMNS, from_rows, part_tables, to_rows
from heritage.store.tables import MAIN
from heritage.store.verify import verify

__all__ = ["Edition", "publish"]

R = TypeVar("R", bound=Record)

DISTRIBUTION: Final = "heritage-registry"

NO_CHANGE: Final = "1970-01-01T00:00:00.000Z"
"""The moment of an edition of nothing."""

STAND_INS: Final[Mapping[str, Mapping[str, str]]] = {
    "reviews": {"reviewer": "a reviewer", "reason": "The reason is not published."},
}
"""What stands in columns that hold something in every row and are left out."""


@attrs.frozen(kw_only=True)
class Edition:
    """A public file that was written."""

    path: Path
    as_of: str
    """When anything that is published last changed."""
    records: Mapping[str, int]
    """How many of each kind are published."""
    policy: str
    policy_sha256: str
    sha256: str
    """Of the bytes of the file."""
    head: str
    """The head of the registry's log at that moment, in hexadecimal."""


def publish(connection: Connection, path: str, target: Path, policy: Policy) -> Edition:
    """Write the public edition of a registry.

    Args:
        connection: The registry, in no transaction.
        path: What to call the registry in messages.
        target: The file to write; an older edition there is replaced as a whole.
        policy: What becomes public.

    Raises:
        RegistryCorruptError: The registry does not verify; nothing is written.
        InvalidPolicyError: It leaves out columns without which a row cannot stand.
    """
    sound = _verified(connection, path)
    _check_required(connection, policy)
    with snapshot(connection):
        while chain.head(connection)[1].hex() != sound:
            # Somebody wrote since it was verified.
            connection.execute("ROLLBACK")
            sound = _verified(connection, path)
            connection.execute("BEGIN")
        return _published(connection, target, policy)


def _verified(connection: Connection, path: str) -> str:
    """The head of a registry that is sound."""
    found = verify(connection)
    for problem in found:
        raise RegistryCorruptError(
            path, f"nothing was published; `heritage verify` tells all: {problem}"
        )
    return found.head


def _published(connection: Connection, target: Path, policy: Policy) -> Edition:
    made = _Publication(connection, policy)
    head = chain.head(connection)[1].hex()
    released, as_of = made.released()
    row = {
        "id": 1,
        "as_of": as_of,
        "licence": policy.licence,
        "policy": policy.name,
        "policy_sha256": policy.sha256(),
        "grid": f"{policy.grid_size[0]} {policy.grid_size[1]:g}",
        "package": f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}",
        "left_out": made.left_out() if policy.left_out else None,
        "head": head if policy.head == "inside" else None,
    }
    filling = public.Filling(
        at=as_of,
        records=made.named.records,
        tables={
            "editions": made.editions(),
            "descriptions": made.descriptions(),
            "former_ids": made.former_ids(),
            "unpublished": made.unpublished(),
            "releases": [row],
            "released": released,
        },
    )
    public.write_public(target, filling)
    return Edition(
        path=target,
        as_of=as_of,
        records={kind: len(some) for kind, some in made.named.records.items()},
        policy=policy.name,
        policy_sha256=policy.sha256(),
        sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
        head=head,
    )


def _check_required(connection: Connection, policy: Policy) -> None:
    """Refuse a policy that takes from a table what none of its rows can do without."""
    faults = [
        f"tables.{table}: no row can stand without {column}; leave out all or none"
        for table, columns in COLUMNS.items()
        if any(policy.shows(table, column) for column in columns)
        for column in public.required(connection, table)
        if not policy.shows(table, column) and column not in STAND_INS.get(table, {})
    ]
    if faults:
        raise InvalidPolicyError(f"policy {policy.name}", faults)


Row = dict[str, Any]


class _Publication:
    """What is published of one registry."""

    def __init__(self, connection: Connection, policy: Policy) -> None:
        self._connection = connection
        self._policy = policy
        self._columns = {table: self._left_out_of(table) for table in COLUMNS}
        self._redaction = Redaction(
            policy,
            self._all("source", Source),
            self._all("actor", Actor),
            self._all("site", Site),
        )
        self._hidden: dict[str, list[str]] = {}
        """By kind, the ids of what does not appear."""
        self._shown: dict[str, set[str]] = {}
        """By kind, the registry's ids of what appears."""
        self.named: Named = self._redacted()

    def _all(self, kind: str, _cls: type[R]) -> Iterator[R]:
        for record in self._read(kind):
            yield cast("R", record)

    def _read(self, kind: str) -> Iterator[Record]:
        # In the order in which they came: that of hidden ids would tell something.
        ids = public.ids_in_order(self._connection, MAIN[kind].name)
        for versioned in read.read_many(self._connection, kind, ids):
            yield versioned.record

    def _left_out_of(self, table: str) -> frozenset[str]:
        return frozenset(
            column for column in COLUMNS[table] if not self._policy.shows(table, column)
        )

    def _redacted(self) -> Named:
        records: dict[str, list[Record]] = {}
        altered: dict[str, set[str]] = {}
        for kind in RECORDS:
            self._hidden[kind], self._shown[kind] = [], set()
            records[kind], altered[kind] = [], set()
            for record in self._read(kind):
                shown = self._public(kind, record)
                if shown is None:
                    self._hidden[kind].append(record.id)
                    continue
                records[kind].append(shown)
                self._shown[kind].add(record.id)
                if shown != record:
                    altered[kind].add(record.id)
            self._redaction.shown_claims = self._shown.get("claim", set())
        return named(self._policy, records, altered)

    def _public(self, kind: str, record: Record) -> Record | None:
        shown = self._redaction.public(record)
        return None if shown is None else self._allowed(kind, shown)

    def _allowed(self, kind: str, record: Record) -> Record | None:
        """A record with nothing in the columns that are left out; None without its id."""
        tables = (MAIN[kind].name, *part_tables(kind))
        if not any(self._columns[table] for table in tables):
            return record
        table = tables[0]
        if "id" in self._columns[table]:
            return None
        rows = to_rows(record)
        stand_ins = STAND_INS.get(table, {})
        main = {
            column: stand_ins.get(column) if column in self._columns[table] else value
            for column, value in zip(COLUMNS[table], rows.main, strict=True)
        }
        parts = {
            part: [dict(zip(COLUMNS[part], row, strict=True)) for row in some]
            for part, some in rows.parts.items()
            if not self._columns[part]
        }
        if kind == "site" and main["location_access"] is None:
            main |= {"location_access": "public", "is_null_island": main["is_null_island"] or 0}
        return codec.from_plain(kind, from_rows(kind, main, parts))

    # Rows that are no records.

    def _shows_row(self, table: str, row: Row) -> Row:
        return {column: value for column, value in row.items() if self._policy.shows(table, column)}

    def editions(self) -> Iterator[Row]:
        """The editions of lists whose source is named."""
        for row in public.rows_of(self._connection, "editions", "dataset, edition"):
            if self._redaction.names(row["source"]):
                yield self._shows_row("editions", row)

    def descriptions(self) -> Iterator[Row]:
        """That a list had a site; what it said of its place may not be public."""
        shown = {(row["dataset"], row["edition"]) for row in self.editions()}
        for row in public.rows_of(self._connection, "descriptions", "site, dataset, edition"):
            if (row["dataset"], row["edition"]) in shown:
                yield {"record": "{}", **self._shows_row("descriptions", row)}

    def former_ids(self) -> Iterator[Row]:
        """Former ids of what appears, where the policy lets them out."""
        if not self._policy.shows("former_ids", "former"):
            return
        for row in public.rows_of(self._connection, "former_ids", "former"):
            if row["id"] in self._shown.get(row["kind"], ()):
                id = self.named.id_of(row["kind"], row["id"])
                yield self._shows_row("former_ids", {**row, "id": id})

    def left_out(self) -> str:
        """How many of each kind do not appear, rounded down to cells; small counts are not told."""
        cell = self._policy.cell_size
        counts = {kind: len(some) // cell * cell or None for kind, some in self._hidden.items()}
        return json.dumps(counts, separators=(",", ":"))

    def unpublished(self) -> Iterator[Row]:
        """The conclusions on which enough bears that does not appear."""
        for subject in public.subjects_of(
            self._connection, self._hidden["claim"], self._hidden["observation"]
        ):
            for conclusion in conclusions.all_of(self._connection, subject):
                standings = (*conclusion.supporters, *conclusion.dissenters)
                hidden = sum(
                    (each.claim is not None and each.claim not in self._shown["claim"])
                    or (
                        each.observation is not None
                        and each.observation not in self._shown["observation"]
                    )
                    for each in standings
                )
                if hidden >= self._policy.flag_from:
                    place = conclusion.site or ""
                    yield {"subject": subject, "site": place, "property": conclusion.property}

    # The public change log.

    def released(self) -> tuple[list[Row], str]:
        """Which published record changed when, and when anything published last did."""
        found: dict[tuple[int, str, str], tuple[str, Sequence[str]]] = {}
        touched: set[int] = set()
        amended = set()
        for kind, id, states in past.amended(self._connection):
            if not states:
                continue
            steps = list(self._steps(kind, states))
            if id in self._shown[kind]:
                amended.add((kind, id))
                for change, op, fields in steps:
                    if op != "delete":
                        found[change, kind, id] = (op, fields)
            # Of what does not appear any more, the day is told on which it went.
            touched |= {change for change, _, _ in steps}
        for kind in RECORDS:
            for id, change in past.first_changes(self._connection, kind).items():
                if (kind, id) not in amended and id in self._shown[kind]:
                    found[change, kind, id] = ("insert", ())
        return self._numbered(found), self._as_of(touched | {change for change, _, _ in found})

    def _as_of(self, changes: set[int]) -> str:
        moments = past.moments(self._connection)
        shown = {row["dataset"] for row in self.editions()}
        noted = [at for dataset, at in past.editions_at(self._connection) if dataset in shown]
        return max([NO_CHANGE, *noted, *(moments[change] for change in changes)])

    def _numbered(
        self, found: Mapping[tuple[int, str, str], tuple[str, Sequence[str]]]
    ) -> list[Row]:
        moments = past.moments(self._connection)
        signed = past.signed(self._connection)
        numbers = {
            change: number
            for number, change in enumerate(sorted({change for change, _, _ in found}), 1)
        }
        rows = []
        for (change, kind, id), (op, fields) in found.items():
            by, why = signed[change]
            row = {
                "number": numbers[change],
                "at": moments[change],
                "kind": kind,
                "record": self.named.id_of(kind, id),
                "op": op,
                "fields": json.dumps(list(fields), separators=(",", ":")),
            }
            signature = {"by": by, "why": why}
            rows.append({**row, **self._shows_row("released", signature)})
        return sorted(rows, key=lambda row: (row["number"], row["kind"], row["record"]))

    def _steps(
        self, kind: str, states: Sequence[past.State]
    ) -> Iterator[tuple[int, str, Sequence[str]]]:
        """The changes of a record that anyone could see, and the fields that they changed."""
        before: dict[str, Any] | None = None
        for change, plain in states:
            after = self._seen(kind, plain)
            if after != before:
                op = "insert" if before is None else "delete" if after is None else "update"
                yield change, op, _differences(before, after) if op == "update" else ()
            before = after

    def _seen(self, kind: str, plain: dict[str, Any] | None) -> dict[str, Any] | None:
        """What anyone could see of a record as it once was; None for nothing."""
        if plain is None:
            return None
        try:
            record = codec.from_plain(kind, plain)
        except InvalidRecordError:
            return None  # it came from an older version or another program
        shown = self._public(kind, record)
        if shown is None:
            return None
        found = codec.to_plain(shown)
        if shown.id != self.named.id_of(kind, shown.id) or kind in _HASHED:
            found.pop("id")
        return found


_HASHED: Final = ("listing", "claim", "observation", "intervention", "review", "evidence")
"""Kinds whose ids follow from what they say."""


def _differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    one, other = before or {}, after or {}
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
