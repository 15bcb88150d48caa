"""Statements to records in the registry: one change, nothing doubled.

New records go through the gear of a load, changed ones through the gear of a
single change. What a person amended after a load stays: the same file again
changes nothing, and a newer file changes only what it says differently.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, cast

import attrs

from heritage import codec
from heritage.errors import HeritageError, InvalidRecordError
from heritage.ingest import Delivery, Statement
from heritage.ingest.merge import OWN, Description, merge, same_edition
from heritage.loading import descriptions
from heritage.loading.editions import (
    Edit,
    amended,
    edition_key,
    following,
    only_edition_differs,
)
from heritage.loading.references import missing, references_of
from heritage.model import RECORDS, Record, Site
from heritage.problems import Origin, Problem
from heritage.store import history, read, triggers, write
from heritage.store.bulk import Bulk
from heritage.store.connection import Connection, IntegrityError

BATCH = 5_000
"""Records held in memory before they are written."""


@attrs.define(kw_only=True)
class Tally:
    """What a load did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left: list[str] = attrs.Factory(list)
    notes: tuple[str, ...] = ()
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
        known = connection.execute("SELECT former, id, kind FROM former_ids").fetchall()
        self._former: dict[str, str] = {former: id for former, id, _ in known}
        self._renamed = {(kind, former): id for former, id, kind in known}
        self._ids: dict[str, str] = {}
        self._is_led_on: bool | None = None
        self._sites: dict[str, str] = {}
        self._new_identifiers: dict[tuple[str, str], str] = {}
        self._stated: dict[str, dict[str, int]] = {kind: {} for kind in RECORDS}
        self._leading: list[tuple[str, str]] = []
        self._later: list[Edit] = []
        self._buffer: dict[str, list[Statement]] = {}
        self._buffered = 0
        self._rows: dict[str, array[int]] = {}
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
        file = origin.file or self._file
        tally = self.tallies.get(file)
        if tally is None:
            tally = self.tallies[file] = Tally()
        return tally

    def _note(self, kind: str, statements: Iterable[Statement]) -> None:
        """Remember where inserted records stood: their rows, and where each file begins."""
        rows = self._rows.setdefault(kind, array("q"))
        files = self._files.setdefault(kind, [])
        for statement in statements:
            file = statement.origin.file or self._file
            if not files or files[-1][1] != file:
                files.append((len(rows), file))
            rows.append(statement.origin.row or 0)

    def _origin(self, kind: str, number: int, column: str) -> Origin:
        files = self._files[kind]
        _, file = files[bisect_right(files, number, key=lambda start: start[0]) - 1]
        return Origin(file=file, row=self._rows[kind][number] or None, column=column)

    def _flush(self) -> None:
        waiting: list[Edit] = []
        for kind in RECORDS:
            statements = self._buffer.pop(kind, None)
            if statements:
                waiting += self._take(kind, statements)
        if waiting:
            # Records that are there already change one by one, with all triggers in place.
            triggers.install(self._connection)
            for edit in waiting:
                self._edit(edit)
            triggers.remove(self._connection)
        self._buffered = 0
        self._progress(self._delivery.rows)

    def _take(self, kind: str, statements: list[Statement]) -> list[Edit]:
        if kind == "site":
            return self._take_sites(statements)
        if self._leads_on():
            statements = [self._led_on(statement) for statement in statements]
        found: dict[str, tuple[dict[str, Any], int]] = {}
        if not self._was_empty[kind]:
            for start in range(0, len(statements), read.CHUNK):
                ids = [statement.record.id for statement in statements[start : start + read.CHUNK]]
                found |= read.read_plain(self._connection, kind, ids)
        new = [statement for statement in statements if statement.record.id not in found]
        self._insert(kind, new)
        edits = (
            self._compare(kind, statement, found[statement.record.id][0])
            for statement in statements
            if statement.record.id in found
        )
        return [edit for edit in edits if edit is not None]

    def _leads_on(self) -> bool:
        """Whether any id leads to another one; most files have none that does."""
        if self._is_led_on is None:
            moved = any(stated != id for stated, id in self._ids.items())
            self._is_led_on = moved or bool(self._former)
        return self._is_led_on

    def _led_on(self, statement: Statement) -> Statement:
        """The statement with every former or minted id replaced by the current one."""
        return Statement(self._today(statement.record), statement.origin)

    def _today(self, record: Record) -> Record:
        updates: dict[str, Any] = {}
        renamed = self._renamed.get((codec.kind_of(record), record.id))
        if renamed is not None:
            updates["id"] = renamed
        for field in ("site", "subject", "part_of", "source", "claim"):
            value = getattr(record, field, None)
            if isinstance(value, str) and self._current(value) != value:
                updates[field] = self._current(value)
        for field in ("sites", "relies_on"):
            values = getattr(record, field, ())
            current = tuple(self._current(value) for value in values)
            if current != values:
                updates[field] = current
        return attrs.evolve(record, **updates) if updates else record

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
        except IntegrityError as error:
            found = read.read_plain(self._connection, kind, [statement.record.id])
            if statement.record.id in found:
                first = codec.from_plain(kind, found[statement.record.id][0])
                self._stated_twice(kind, statement, same=first == statement.record)
            else:
                message = f"{statement.record.id!r} was left out: {error}"
                self._report(statement.origin, "invalid-record", message)
            return
        self._note(kind, [statement])
        self._count(statement.record, statement.origin, write.CREATED)

    def _stated_twice(self, kind: str, statement: Statement, *, same: bool) -> None:
        if same:
            self._count(statement.record, statement.origin, write.UNCHANGED)
            return
        self._report(
            statement.origin,
            "duplicate-row",
            f"{kind} {statement.record.id!r} is stated twice, differently; the first was kept",
        )

    def _compare(self, kind: str, statement: Statement, plain: dict[str, Any]) -> Edit | None:
        found = codec.from_plain(kind, plain)
        stated, origin = statement
        before = self._stated[kind].get(stated.id)
        if before is not None:
            self._stated_twice(kind, statement, same=before == hash(stated))
            return None
        if read.change_of(self._connection, kind, stated.id) == self._change:
            self._stated_twice(kind, statement, same=stated == found)
            return None
        self._stated[kind][stated.id] = hash(stated)
        try:
            record = self._amended(kind, found, stated)
        except InvalidRecordError as error:
            message = f"{stated.id!r} was not changed: {error}"
            self._report(origin, "invalid-record", message)
            return None
        if record == found:
            self._count(stated, origin, write.UNCHANGED)
            return None
        outcome = write.UNCHANGED if only_edition_differs(record, found) else write.CHANGED
        return Edit(record=record, origin=origin, outcome=outcome)

    def _amended(self, kind: str, found: Record, stated: Record) -> Record:
        """What is there, with what the file says differently than it did the last time."""
        if following(found, stated) == found:
            return found
        before = found
        seq = history.last_load(self._connection, kind, stated.id, self._delivery.dataset)
        plain = seq and history.plain_at(self._connection, kind, stated.id, seq)
        if plain:
            before = self._today(codec.from_plain(kind, plain))
        return amended(found, before, following(before, stated))

    def _edit(self, edit: Edit, *, last: bool = False) -> None:
        self._connection.execute("SAVEPOINT one")
        try:
            if edit.renamed_from:
                write.rename(self._connection, "site", edit.renamed_from, edit.record.id)
                edit = attrs.evolve(edit, renamed_from=None)
            if not last and self._is_early(edit.record):
                self._later.append(edit)
            else:
                self._put(edit)
        except (IntegrityError, HeritageError) as error:
            self._connection.execute("ROLLBACK TO one")
            message = f"{edit.record.id!r} was not changed: {error}"
            self._report(edit.origin, "invalid-record", message)
        finally:
            self._connection.execute("RELEASE one")

    def _is_early(self, record: Record) -> bool:
        """Whether it names what is not there yet, or may still be refused at the end."""
        return any(
            all(
                read.change_of(self._connection, kind, id) in (None, self._change) for kind in kinds
            )
            for _, kinds, id in references_of(record)
        )

    def _put(self, edit: Edit) -> None:
        fault = missing(self._connection, edit.record)
        if fault is not None:
            column, value = fault
            message = f"{edit.record.id!r} names {value!r}, which does not exist; not changed"
            self._report(edit.origin, "unknown-reference", message, column, value)
            return
        write.put(self._connection, edit.record)
        if edit.description is not None:
            descriptions.describe(self._connection, edit.record.id, edit.description)
        self._count(edit.record, edit.origin, edit.outcome)

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

    def _take_sites(self, statements: list[Statement]) -> list[Edit]:
        edits: list[Edit] = []
        new: list[tuple[Statement, Site, Site]] = []
        self._is_led_on = None
        for statement in statements:
            stated = descriptions.led_on(cast("Site", statement.record), self._current)
            id = self._known_site(stated)
            before = self._stated["site"].get(id or stated.id)
            if before is not None:
                self._ids.setdefault(stated.id, id or stated.id)
                self._stated_twice("site", statement, same=before == hash(statement.record))
                continue
            self._stated["site"][id or stated.id] = hash(statement.record)
            if id is None:
                site = merge(stated.id, None, (), [self._description(stated)])
                new.append((statement, site, stated))
                for identifier in site.identifiers:
                    self._new_identifiers[identifier.scheme, identifier.value] = site.id
                self._ids[stated.id] = site.id
            else:
                edit = self._merge_site(statement, stated, id)
                if edit is not None:
                    edits.append(edit)
        self._insert_sites(new)
        return edits

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
        return next(filter(None, map(self._resolved, candidates)), None)

    def _resolved(self, id: str) -> str | None:
        try:
            return read.resolve(self._connection, "site", id)
        except HeritageError:
            return None

    def _description(self, stated: Site) -> Description:
        return Description(
            dataset=self._delivery.dataset, edition=self._edition, latest=self._latest, site=stated
        )

    def _insert_sites(self, new: list[tuple[Statement, Site, Site]]) -> None:
        if not new:
            return
        rows = [descriptions.row_of(site.id, self._description(stated)) for _, site, stated in new]
        try:
            self._bulk.insert("site", [site for _, site, _ in new], {"descriptions": rows})
        except IntegrityError as error:
            if len(new) > 1:
                for one in new:
                    self._insert_sites([one])
            else:
                statement, site, _ = new[0]
                message = f"{site.id!r} was left out: {error}"
                self._report(statement.origin, "invalid-record", message)
            return
        self._note("site", [statement for statement, _, _ in new])
        for statement, site, _ in new:
            self._count(site, statement.origin, write.CREATED)

    def _merge_site(self, statement: Statement, stated: Site, id: str) -> Edit | None:
        origin = statement.origin
        stated = self._without_taken(stated, id, origin)
        before = descriptions.read_descriptions(self._connection, id, self._current)
        current = cast("Site", read.read_one(self._connection, "site", id).record)
        is_known = stated.id == id or self._former.get(stated.id) == id
        renamed = self._delivery.dataset == OWN and not is_known and descriptions.is_minted(current)
        new_id = stated.id if renamed else id
        self._ids[stated.id] = self._ids[id] = new_id
        if not is_known and not renamed:
            self._lead(stated.id, id, origin)
        if renamed:
            self._former[id] = new_id
            self._stated["site"][new_id] = hash(statement.record)
        description = self._description(stated)
        for found in before:
            description = same_edition(found, description)
        if description in before and not renamed:
            self._count(attrs.evolve(stated, id=id), origin, write.UNCHANGED)
            return None
        after = [d for d in before if d.key != description.key] + [description]
        merged = merge(new_id, current, before, after)
        same = attrs.evolve(current, id=new_id) == merged and not renamed
        return Edit(
            record=merged,
            origin=origin,
            outcome=write.UNCHANGED if same else write.CHANGED,
            renamed_from=id if renamed else None,
            description=description,
        )

    def _without_taken(self, stated: Site, id: str, origin: Origin) -> Site:
        """The site without identifiers that belong to another one already."""
        kept = []
        for one in stated.identifiers:
            owner = self._new_identifiers.get((one.scheme, one.value)) or self._resolved(str(one))
            if owner in {None, id}:
                kept.append(one)
                self._new_identifiers[one.scheme, one.value] = id
            else:
                message = f"{one} is an identifier of {owner!r}; it was not given to {id!r} as well"
                self._report(origin, "identifier-taken", message, "identifiers", str(one))
        return attrs.evolve(stated, identifiers=kept)

    def _lead(self, stated: str, id: str, origin: Origin) -> None:
        """Let another id of a site lead to it, as an identifier says that the two are one."""
        self._former[stated] = id
        self._leading.append((stated, id))
        if self._delivery.dataset == OWN:
            message = (
                f"site {stated!r} has an identifier of {id!r}; it was taken for the same place"
            )
            self._report(origin, "identifier-taken", message)

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
        for former, id in self._leading:
            descriptions.lead(self._connection, former, id)
        for edit in self._later:
            self._edit(edit, last=True)
        tally = self.tallies[self._file]
        if self._lists_sites:
            for outcome in self._sites.values():
                setattr(tally, outcome, getattr(tally, outcome) + 1)
        if self._edition:
            self._describe_mentioned()
            edition = (self._connection, self._delivery.dataset, self._edition, self._latest)
            tally.notes = descriptions.note_edition(*edition)
            tally.left = descriptions.left(*edition)
            if tally.left and not self._delivery.complete:
                self._report(
                    Origin(file=self._file),
                    "sites-left",
                    f"{len(tally.left)} sites of the edition before are not in this one,"
                    " or stand in rows that could not be used",
                )

    def _describe_mentioned(self) -> None:
        """A site whose row could not be used is still in the edition."""
        for mentioned in self._delivery.mentioned:
            id = self._resolved(mentioned)
            if id is None:
                continue
            found = descriptions.read_descriptions(self._connection, id, self._current)
            mine = [d for d in found if d.dataset == self._delivery.dataset]
            if mine and all(d.edition != self._edition for d in mine):
                newest = max(mine, key=lambda d: d.latest)
                descriptions.describe(self._connection, id, self._description(newest.site))
