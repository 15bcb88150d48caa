"""Statements to records in the registry: one change, nothing doubled.

New records go through the gear of a load, changed ones through the gear of a
single change. What a person amended after a load stays: the same file again
changes nothing, and a newer file changes only what it says differently.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, cast

import attrs

from heritage import codec
from heritage.errors import HeritageError
from heritage.ingest import Delivery, Statement
from heritage.ingest.merge import Description, merge
from heritage.loading.editions import combined, edition_key, only_edition_differs
from heritage.model import RECORDS, Listing, Record, Site
from heritage.problems import Origin, Problem
from heritage.store import history, read, triggers, write
from heritage.store.bulk import Bulk
from heritage.store.connection import Connection, IntegrityError

BATCH = 5_000
"""Records held in memory before they are written."""

OWN = "own"


@attrs.define(kw_only=True)
class Tally:
    """What a load did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left: list[str] = attrs.Factory(list)
    problems: list[Problem] = attrs.Factory(list)


class Loader:
    """One delivery on its way into the registry, within an open change.

    Foreign keys are off meanwhile; references are checked set-wise at the end.
    """

    def __init__(
        self,
        connection: Connection,
        change: int,
        delivery: Delivery,
        file: str,
        progress: Callable[[int], None],
    ) -> None:
        self._connection = connection
        self._change = change
        self._delivery = delivery
        self._file = file
        self._progress = progress
        self._edition, self._latest = edition_key(delivery.edition)
        if delivery.dataset == OWN:
            self._edition = self._latest = ""
        self._lists_sites = delivery.dataset != OWN
        self._former = dict(connection.execute("SELECT former, id FROM former_ids"))
        self._ids: dict[str, str] = {}
        self._sites: dict[str, str] = {}
        self._new_identifiers: dict[tuple[str, str], str] = {}
        self._buffer: dict[str, list[Statement]] = {}
        self._buffered = 0
        self._rows: dict[str, list[int | None]] = {}
        self._files: dict[str, list[tuple[int, str]]] = {}
        self._was_empty = {kind: read.is_empty(connection, kind) for kind in RECORDS}
        self._bulk = Bulk(connection, change)
        self.tallies: dict[str, Tally] = {file: Tally()}

    def run(self) -> dict[str, Tally]:
        """Take everything that the delivery has; what became of it, by file."""
        for item in self._delivery.items:
            if isinstance(item, Problem):
                self._tally(item.origin).problems.append(item)
                continue
            self._buffer.setdefault(codec.kind_of(item.record), []).append(item)
            self._buffered += 1
            if self._buffered >= BATCH:
                self._flush()
        self._flush()
        self._finish()
        return self.tallies

    def _tally(self, origin: Origin) -> Tally:
        return self.tallies.setdefault(origin.file or self._file, Tally())

    def _note(self, kind: str, statements: Iterable[Statement]) -> None:
        """Remember where inserted records stood: their rows, and where each file begins."""
        rows = self._rows.setdefault(kind, [])
        files = self._files.setdefault(kind, [])
        for statement in statements:
            file = statement.origin.file or self._file
            if not files or files[-1][1] != file:
                files.append((len(rows), file))
            rows.append(statement.origin.row)

    def _origin(self, kind: str, number: int, column: str) -> Origin:
        files = self._files[kind]
        _, file = files[bisect_right(files, number, key=lambda start: start[0]) - 1]
        return Origin(file=file, row=self._rows[kind][number], column=column)

    def _flush(self) -> None:
        waiting: list[Callable[[], None]] = []
        for kind in RECORDS:
            statements = self._buffer.pop(kind, None)
            if statements:
                waiting += self._take(kind, statements)
        if waiting:
            # Records that are there already change one by one, with all triggers in place.
            triggers.install(self._connection)
            for act in waiting:
                act()
            triggers.remove(self._connection)
        self._buffered = 0
        self._progress(self._delivery.rows)

    def _take(self, kind: str, statements: list[Statement]) -> list[Callable[[], None]]:
        if kind == "site":
            return self._take_sites(statements)
        if self._former or self._ids:
            statements = [self._led_on(statement) for statement in statements]
        found: dict[str, tuple[dict[str, Any], int]] = {}
        if not self._was_empty[kind]:
            for start in range(0, len(statements), read.CHUNK):
                ids = [statement.record.id for statement in statements[start : start + read.CHUNK]]
                found |= read.read_plain(self._connection, kind, ids)
        new = [statement for statement in statements if statement.record.id not in found]
        self._insert(kind, new)
        waiting = []
        for statement in statements:
            if statement.record.id in found:
                act = self._compare(kind, statement, found[statement.record.id][0])
                if act is not None:
                    waiting.append(act)
        return waiting

    def _led_on(self, statement: Statement) -> Statement:
        """The statement with every former or minted id replaced by the current one."""
        record = statement.record
        updates: dict[str, Any] = {}
        for field in ("site", "subject", "part_of", "source", "claim"):
            value = getattr(record, field, None)
            if isinstance(value, str) and self._current(value) != value:
                updates[field] = self._current(value)
        for field in ("sites", "relies_on"):
            values = getattr(record, field, ())
            current = tuple(self._current(value) for value in values)
            if current != values:
                updates[field] = current
        if not updates:
            return statement
        return Statement(attrs.evolve(record, **updates), statement.origin)

    def _current(self, id: str) -> str:
        return self._ids.get(id) or self._former.get(id) or id

    def _insert(self, kind: str, statements: list[Statement]) -> None:
        if not statements:
            return
        records = [statement.record for statement in statements]
        try:
            self._bulk.insert(kind, records)
        except IntegrityError:
            # An id stands twice in this batch: find out which, one at a time.
            for statement in statements:
                self._insert_one(kind, statement)
            return
        self._note(kind, statements)
        for statement in statements:
            self._count(statement.record, statement.origin, write.CREATED)

    def _insert_one(self, kind: str, statement: Statement) -> None:
        try:
            self._bulk.insert(kind, [statement.record])
        except IntegrityError:
            found = read.read_plain(self._connection, kind, [statement.record.id])
            if statement.record.id in found:
                self._duplicate(kind, statement, found[statement.record.id][0])
            else:
                raise
            return
        self._note(kind, [statement])
        self._count(statement.record, statement.origin, write.CREATED)

    def _duplicate(self, kind: str, statement: Statement, plain: dict[str, Any]) -> None:
        if codec.from_plain(kind, plain) == statement.record:
            self._count(statement.record, statement.origin, write.UNCHANGED)
            return
        self._report(
            statement.origin,
            "duplicate-row",
            f"{kind} {statement.record.id!r} is stated twice, differently; the first was kept",
        )

    def _compare(
        self, kind: str, statement: Statement, plain: dict[str, Any]
    ) -> Callable[[], None] | None:
        found = codec.from_plain(kind, plain)
        record = statement.record
        if isinstance(record, Listing) and isinstance(found, Listing):
            record = combined(found, record)
        if record == found:
            self._count(statement.record, statement.origin, write.UNCHANGED)
            return None
        if read.change_of(self._connection, kind, record.id) == self._change:
            self._duplicate(kind, statement, plain)
            return None
        if not self._lists_sites and self._amended_since(kind, record):
            self._count(record, statement.origin, write.UNCHANGED)
            return None
        outcome = write.UNCHANGED if only_edition_differs(record, found) else write.CHANGED
        return lambda: self._put(record, statement.origin, outcome)

    def _amended_since(self, kind: str, record: Record) -> bool:
        """Whether the file says what it said before, and a person has amended it since."""
        seq = history.last_load(self._connection, kind, record.id, self._delivery.dataset)
        if seq is None:
            return False
        plain = history.plain_at(self._connection, kind, record.id, seq)
        return plain is not None and codec.from_plain(kind, plain) == record

    def _put(
        self, record: Record, origin: Origin, outcome: str, then: Callable[[], None] | None = None
    ) -> None:
        self._connection.execute("SAVEPOINT one")
        try:
            missing = write.missing_reference(self._connection, record)
            if missing is None:
                write.put(self._connection, record)
                if then is not None:
                    then()
        except (IntegrityError, HeritageError) as error:
            self._connection.execute("ROLLBACK TO one")
            self._report(origin, "invalid-record", f"{record.id!r} was not changed: {error}")
        else:
            if missing is None:
                self._count(record, origin, outcome)
            else:
                column, value = missing
                message = f"{record.id!r} names {value!r}, which does not exist; not changed"
                self._report(origin, "unknown-reference", message, column, value)
        finally:
            self._connection.execute("RELEASE one")

    def _count(self, record: Record, origin: Origin, outcome: str) -> None:
        if not self._lists_sites:
            tally = self._tally(origin)
            setattr(tally, outcome, getattr(tally, outcome) + 1)
            return
        id = record.id if isinstance(record, Site) else getattr(record, "site", None)
        if id is None:
            return
        if outcome == write.CREATED and not isinstance(record, Site):
            outcome = write.CHANGED  # a new listing changes its site
        ranks = (write.UNCHANGED, write.CHANGED, write.CREATED)
        known = self._sites.get(id, write.UNCHANGED)
        self._sites[id] = max(known, outcome, key=ranks.index)

    def _report(
        self,
        origin: Origin,
        code: str,
        message: str,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        origin = attrs.evolve(origin, column=column or origin.column)
        problem = Problem(code=code, message=message, origin=origin, value=value)
        self._tally(origin).problems.append(problem)

    # Sites: several datasets may describe one.

    def _take_sites(self, statements: list[Statement]) -> list[Callable[[], None]]:
        waiting: list[Callable[[], None]] = []
        new: list[tuple[Statement, Site, Site]] = []
        for statement in statements:
            stated = cast("Site", statement.record)
            if stated.part_of is not None:
                stated = attrs.evolve(stated, part_of=self._current(stated.part_of))
            id = self._known_site(stated)
            if id is None:
                site = merge(stated.id, None, (), [self._description(stated)])
                new.append((statement, site, stated))
                for identifier in site.identifiers:
                    self._new_identifiers[identifier.scheme, identifier.value] = site.id
                self._ids[stated.id] = site.id
            elif id in self._ids.values():
                self._same_site_twice(statement, id, new)
            else:
                act = self._merge_site(statement, stated, id)
                if act is not None:
                    waiting.append(act)
        self._insert_sites(new)
        return waiting

    def _known_site(self, stated: Site) -> str | None:
        for identifier in stated.identifiers:
            pending = self._new_identifiers.get((identifier.scheme, identifier.value))
            if pending is not None:
                return pending
        if stated.id in self._ids:
            return self._ids[stated.id]
        if self._was_empty["site"]:
            return None
        candidates = [stated.id, *map(str, stated.identifiers)]
        for candidate in candidates:
            try:
                return read.resolve(self._connection, "site", candidate)
            except HeritageError:
                continue
        return None

    def _description(self, stated: Site) -> Description:
        return Description(
            dataset=self._delivery.dataset, edition=self._edition, latest=self._latest, site=stated
        )

    def _same_site_twice(
        self, statement: Statement, id: str, new: list[tuple[Statement, Site, Site]]
    ) -> None:
        record = statement.record
        first = next((stated for _, site, stated in new if site.id == id), None)
        if first == record:
            return
        self._report(
            statement.origin,
            "duplicate-row",
            f"site {record.id!r} is the same place as {id!r}, stated before in this file;"
            " the first was kept",
        )

    def _insert_sites(self, new: list[tuple[Statement, Site, Site]]) -> None:
        if not new:
            return
        rows = [self._description_row(site.id, stated) for _, site, stated in new]
        self._bulk.insert("site", [site for _, site, _ in new], {"descriptions": rows})
        self._note("site", [statement for statement, _, _ in new])
        for statement, site, _ in new:
            self._count(site, statement.origin, write.CREATED)

    def _description_row(self, id: str, stated: Site) -> tuple[str, str, str, str]:
        plain = json.dumps(codec.to_plain(stated), ensure_ascii=False, separators=(",", ":"))
        return id, self._delivery.dataset, self._edition, plain

    def _descriptions(self, id: str) -> list[Description]:
        return [
            Description(dataset=dataset, edition=edition, latest=latest or "", site=site)
            for dataset, edition, latest, record in self._connection.execute(
                "SELECT d.dataset, d.edition, e.edition_latest, d.record FROM descriptions d"
                " LEFT JOIN editions e ON e.dataset = d.dataset AND e.edition = d.edition"
                " WHERE d.site = ? ORDER BY d.dataset, d.edition",
                (id,),
            )
            if isinstance(site := codec.from_plain("site", json.loads(record)), Site)
        ]

    def _merge_site(self, statement: Statement, stated: Site, id: str) -> Callable[[], None] | None:
        before = self._descriptions(id)
        description = self._description(stated)
        renamed = (
            self._delivery.dataset == OWN and stated.id != id and self._former.get(stated.id) != id
        )
        after = [d for d in before if d.key != description.key] + [description]
        self._ids[stated.id] = id
        if description in before and not renamed:
            self._count(attrs.evolve(stated, id=id), statement.origin, write.UNCHANGED)
            return None
        current = cast("Site", read.read_one(self._connection, "site", id).record)
        if renamed and not _is_minted(current):
            renamed = False
            self._report(
                statement.origin,
                "identifier-taken",
                f"site {stated.id!r} has an identifier of {id!r}; it was taken for the same place",
            )
        new_id = stated.id if renamed else id
        if renamed:
            self._ids[stated.id] = self._ids[id] = self._former[id] = new_id
        merged = merge(new_id, current, before, after)
        described = next((d for d in before if d.key == description.key), None)

        def describe() -> None:
            row = self._description_row(new_id, stated)
            if described is None:
                self._connection.execute("INSERT INTO descriptions VALUES (?, ?, ?, ?)", row)
            else:
                self._connection.execute(
                    "UPDATE descriptions SET record = ?"
                    " WHERE site = ? AND dataset = ? AND edition = ?",
                    (row[3], *row[:3]),
                )

        def act() -> None:
            if renamed:
                write.rename(self._connection, "site", id, new_id)
            same = attrs.evolve(current, id=new_id) == merged and not renamed
            self._put(
                merged,
                statement.origin,
                write.UNCHANGED if same else write.CHANGED,
                describe,
            )

        return act

    # The end of a load.

    def _finish(self) -> None:
        refused = self._bulk.build()
        for fault in refused:
            origin = self._origin(fault.kind, fault.number, fault.column)
            self._report(origin, fault.code, fault.message, value=fault.value)
            if self._lists_sites:
                self._sites.pop(fault.id, None)
            else:
                self._tally(origin).created -= 1
        tally = self.tallies[self._file]
        if self._lists_sites:
            for outcome in self._sites.values():
                setattr(tally, outcome, getattr(tally, outcome) + 1)
        if self._edition:
            self._describe_mentioned()
            self._note_edition()
            tally.left = self._left()

    def _note_edition(self) -> None:
        key = (self._delivery.dataset, self._edition)
        known = self._connection.execute(
            "SELECT 1 FROM editions WHERE dataset = ? AND edition = ?", key
        ).fetchone()
        if known is None:
            self._connection.execute(
                "INSERT INTO editions (dataset, edition, edition_latest) VALUES (?, ?, ?)",
                (*key, self._latest),
            )

    def _describe_mentioned(self) -> None:
        """A site whose row could not be used is still in the edition."""
        for mentioned in self._delivery.mentioned:
            try:
                id = read.resolve(self._connection, "site", mentioned)
            except HeritageError:
                continue
            found = self._descriptions(id)
            mine = [d for d in found if d.dataset == self._delivery.dataset]
            if mine and all(d.edition != self._edition for d in mine):
                newest = max(mine, key=lambda d: d.latest)
                row = self._description_row(id, newest.site)
                self._connection.execute("INSERT INTO descriptions VALUES (?, ?, ?, ?)", row)

    def _left(self) -> list[str]:
        """Sites of the edition before this one that this one no longer has."""
        if not self._delivery.complete:
            return []
        previous = self._connection.execute(
            "SELECT edition FROM editions WHERE dataset = ? AND edition_latest < ?"
            " AND NOT EXISTS (SELECT 1 FROM editions WHERE dataset = ?1 AND edition_latest > ?2)"
            " ORDER BY edition_latest DESC LIMIT 1",
            (self._delivery.dataset, self._latest),
        ).fetchone()
        if previous is None:
            return []
        rows = self._connection.execute(
            "SELECT o.site FROM descriptions o WHERE o.dataset = ?1 AND o.edition = ?2"
            " AND NOT EXISTS (SELECT 1 FROM descriptions n WHERE n.site = o.site"
            " AND n.dataset = ?1 AND n.edition = ?3) ORDER BY o.site",
            (self._delivery.dataset, previous[0], self._edition),
        )
        return [site for (site,) in rows]


def _is_minted(site: Site) -> bool:
    """Whether a site's id was made by a loader out of one of its identifiers."""
    return any(site.id == f"{one.scheme}-{one.value}" for one in site.identifiers)
