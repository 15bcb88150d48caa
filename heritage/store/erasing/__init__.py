"""Records and texts that must vanish to a registry that has forgotten them, and says so.

One transaction rewrites the tables and the log alike, as if what is erased had
been a stub from its first day, and then adds one entry that tells of it: op
`erase`, kind `erasure`, the pseudonyms as `record`, and as `after` the numbers
of the entries and changes that were rewritten, each with the commitment to what
stands there now. The commitments to what stood there before are kept in
`erased`, and the chain goes on using them.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Sequence

import attrs

from heritage import codec
from heritage.errors import InvalidRecordError, RecordNotFoundError, UsageError
from heritage.model import RECORDS
from heritage.store import chain, derived, triggers, write
from heritage.store.erasing import reconcluding, residue
from heritage.store.erasing.relogging import Relogging, taken
from heritage.store.erasing.rewriting import TEXTS, Rewriting, dumped
from heritage.store.erasing.stubs import ERASED, terms
from heritage.store.facts import counts, site_lists
from heritage.store.read import read_plain
from heritage.store.tables import MAIN

PSEUDONYM = re.compile(r"erased-[0-9a-f]{12}")
HASHED = {"listing": "l", "claim": "c", "observation": "o", "intervention": "i", "review": "r"}
"""Kinds whose ids are made of what the record says, and the letter in front."""

_HASH = re.compile(r"[0-9a-f]{23}")
DISTINCTIVE = 6
"""So many characters has a text that is looked for afterwards, at least."""

Target = tuple[str, str]
"""A kind and an id."""


@attrs.frozen(kw_only=True)
class Wanted:
    """What is to be erased, by whom and why."""

    targets: tuple[Target, ...] = ()
    """Records, each by its kind and any of its ids."""
    texts: tuple[str, ...] = ()
    by: str
    why: str


@attrs.frozen(kw_only=True)
class Left:
    """What stands for an erased record."""

    kind: str
    id: str
    """Its pseudonym."""
    stays: bool
    """Whether other records name it, so that a stub stays in the tables."""


@attrs.frozen(kw_only=True)
class Erased:
    """What was erased, and what to look for afterwards."""

    change: int | None
    """The change that tells of it; None where nothing was found."""
    records: tuple[Left, ...]
    rows: dict[str, int]
    """By table, how many rows were rewritten or went."""
    entries: int
    """Entries of the log that were rewritten."""
    changes: int
    """Changes whose `by` or `why` was rewritten."""
    renamed: int
    """Records whose id, made of what they said, had to become another one."""
    sought: frozenset[str]
    """Ids and distinctive texts that went."""
    pattern: re.Pattern[str] | None
    """What matches the texts that went."""


def find(connection: sqlite3.Connection, id: str, kind: str | None) -> Target:
    """The record that an id leads to, or led to once.

    Raises:
        RecordNotFoundError: No record ever had this id.
        UsageError: Records of several kinds have it.
    """
    kinds = tuple(RECORDS) if kind is None else (kind,)
    found = sorted({each for one in kinds for each in _led(connection, one, id)})
    if not found:
        raise RecordNotFoundError(kind or "record", id)
    first = found[0]
    same = known_ids(connection, *first)
    if any(one != first[0] or other not in same for one, other in found):
        named = ", ".join(f"{one} {other!r}" for one, other in found)
        raise UsageError(f"{id!r} leads to several records ({named}); say which one is meant")
    return first


def _led(connection: sqlite3.Connection, kind: str, id: str) -> list[Target]:
    sql = (
        f"SELECT id FROM {MAIN[kind].name} WHERE id = ?1 UNION SELECT id FROM former_ids"
        " WHERE former = ?1 AND kind = ?2 UNION SELECT record FROM history"
        " WHERE record = ?1 AND kind = ?2 AND NOT EXISTS"
        " (SELECT 1 FROM former_ids WHERE former = ?1 AND kind = ?2)"
    )
    found = {row[0] for row in connection.execute(sql, (id, kind))}
    if kind == "site" and ":" in id:
        scheme, _, value = id.partition(":")
        for sql in (
            "SELECT site FROM identifiers WHERE scheme = ?1 AND value = ?2",
            "SELECT record FROM history WHERE table_name = 'identifiers'"
            " AND row_key = json_array(?1, ?2)",
        ):
            found = found or {row[0] for row in connection.execute(sql, (scheme.lower(), value))}
    return [(kind, each) for each in found]


def known_ids(connection: sqlite3.Connection, kind: str, id: str) -> set[str]:
    """Every id that a record has or had, by the tables and by the log."""
    found: set[str] = set()
    waiting = {id}
    table = MAIN[kind].name
    while waiting:
        one = waiting.pop()
        found.add(one)
        rows = connection.execute(
            "SELECT id FROM former_ids WHERE former = ?1 AND kind = ?2"
            " UNION SELECT former FROM former_ids WHERE id = ?1 AND kind = ?2"
            " UNION SELECT json_extract(before, '$.id') FROM history WHERE record = ?1"
            " AND kind = ?2 AND table_name = ?3 AND op = 'update'"
            " UNION SELECT record FROM history WHERE kind = ?2 AND table_name = ?3"
            " AND op = 'update' AND json_extract(before, '$.id') = ?1",
            (one, kind, table),
        )
        waiting |= {each for (each,) in rows if each} - found
    return found


def erase(connection: sqlite3.Connection, wanted: Wanted, change: int) -> Erased:
    """Erase records and texts within an open change; the file is not written anew yet.

    Args:
        connection: Within the transaction of the change, with foreign keys off and
            `secure_delete` on.
        wanted: What is to be erased.
        change: The change, which tells by whom and why.

    Raises:
        UsageError: The reason, or who gives it, holds what is to be erased.
    """
    return _Erasing(connection, wanted, change).run()


class _Erasing:
    """One erasure in progress."""

    def __init__(self, connection: sqlite3.Connection, wanted: Wanted, change: int) -> None:
        self._connection = connection
        self._wanted = wanted
        self._change = change
        self._log = Relogging(connection, change)
        self._pseudonyms: dict[Target, str] = {}
        self._before = 0
        self._first = self._rewriting()
        self._check_reason()
        self._renamed: dict[str, dict[str, str]] = {}

    def run(self) -> Erased:
        """Do all of it."""
        connection = self._connection
        # What others wrote comes first: it is concluded and sealed as it stands.
        write.settle(connection, self._change)
        self._before = self._newest()
        connection.execute("UPDATE _context SET change = ?", (self._change,))
        triggers.remove(connection)
        connection.execute("UPDATE _context SET replaced = NULL")
        self._rewrite()
        self._derive()
        subjects = self._forget()
        triggers.install(connection)
        stays = self._retract()
        reconcluding.conclude(connection, self._first, subjects, self._change)
        done = self._tell()
        self._check_references()
        records = tuple(
            Left(kind=kind, id=id, stays=(kind, id) in stays)
            for (kind, _), id in self._pseudonyms.items()
        )
        return Erased(
            change=self._change if done else None,
            records=records,
            rows={table: len(rows) for table, rows in sorted(self._log.rows.items())},
            entries=len(self._log.entries),
            changes=len(self._log.changes),
            renamed=sum(map(len, self._renamed.values())),
            sought=frozenset(self.sought()),
            pattern=self._first.pattern,
        )

    def _newest(self) -> int:
        found = self._connection.execute("SELECT max(seq) FROM history").fetchone()[0]
        return found or 0

    def sought(self) -> set[str]:
        """Ids and distinctive texts that went, to be looked for; not what others say as well."""
        ids = {id for ids in self._first.ids.values() for id in ids if not PSEUDONYM.fullmatch(id)}
        texts = {text for text in self._first.lost if ERASED not in text}
        ids, texts = (
            {text for text in found if len(text) >= DISTINCTIVE and text not in terms()}
            for found in (ids, texts)
        )
        for table, columns in TEXTS.items():
            for column in columns:
                among = f"{column} IN (SELECT value FROM json_each(?))"
                sql = f"SELECT {column} FROM {table} WHERE {among}"
                texts -= {text for (text,) in self._connection.execute(sql, (dumped([*texts]),))}
        return ids | texts

    def _rewriting(self) -> Rewriting:
        """The first pass: pseudonyms for records, and for ids that hold a text."""
        ids: dict[str, dict[str, str]] = {}
        gone: set[Target] = set()
        for kind, id in self._wanted.targets:
            known = known_ids(self._connection, kind, id)
            kept = next((one for one in sorted(known) if PSEUDONYM.fullmatch(one)), None)
            pseudonym = ids.get(kind, {}).get(id) or kept or _pseudonym()
            self._pseudonyms[kind, id] = pseudonym
            ids.setdefault(kind, {}).update(dict.fromkeys(known, pseudonym))
            gone |= {(kind, one) for one in known}
        found = Rewriting(ids=ids, gone=frozenset(gone), texts=self._wanted.texts)
        if found.pattern is not None:
            if found.pattern.search(ERASED):
                raise UsageError(f"a text that stands in {ERASED!r} cannot be erased")
            found.taken = taken(self._connection)
            for kind, id in self._all_ids():
                if found.matches(id):
                    ids.setdefault(kind, {}).setdefault(id, _pseudonym())
        return found

    def _all_ids(self) -> list[Target]:
        sql = " UNION ".join(
            [
                *(f"SELECT '{kind}', id FROM {table.name}" for kind, table in MAIN.items()),
                "SELECT kind, former FROM former_ids",
                "SELECT kind, record FROM history",
            ]
        )
        return [(kind, id) for kind, id in self._connection.execute(sql) if kind in RECORDS]

    def _check_reason(self) -> None:
        for text in (self._wanted.by, self._wanted.why):
            ids = [id for kind, id in self._first.gone if len(id) >= DISTINCTIVE and id in text]
            if ids or self._first.matches(text):
                raise UsageError(
                    "`by` and `why` stay in the history for good; say them without what is erased"
                )

    def _rewrite(self) -> None:
        touched = self._pass(self._first)
        self._log.rewrite_changes(self._first)
        # A review's id is made of its claim's: only when claims have theirs, reviews can.
        for kinds in (HASHED.keys() - {"review"}, {"review"}):
            ids = self._content_ids({each for each in touched if each[0] in kinds})
            if ids:
                self._renamed |= ids
                touched |= self._pass(Rewriting(ids=ids))

    def _pass(self, rewriting: Rewriting) -> set[Target]:
        """One pass over log and tables; what it touched, by the new ids."""
        found = self._log.rewrite_log(rewriting)
        self._log.rewrite_tables(rewriting)
        return {(kind, rewriting.id((kind,), id)) for kind, id in found}

    def _content_ids(self, touched: set[Target]) -> dict[str, dict[str, str]]:
        """New ids for records whose own would tell those who guess what was said."""
        found: dict[str, dict[str, str]] = {}
        given: set[str] = set()
        for kind, id in sorted(touched):
            letter = HASHED.get(kind)
            if letter is None or not (id[:1] == letter and _HASH.fullmatch(id[1:])):
                continue
            new = self._content_id(kind, id)
            while new is None or new in given or (new != id and self._is_known(kind, new)):
                new = letter + secrets.token_hex(12)[:23]
            given.add(new)
            if new != id:
                found.setdefault(kind, {})[id] = new
        return found

    def _content_id(self, kind: str, id: str) -> str | None:
        """The id that a record would get today; None where there is none."""
        found = read_plain(self._connection, kind, [id]).get(id)
        if found is None:
            return None
        try:
            plain = {name: value for name, value in found[0].items() if name != "id"}
            return codec.from_plain(kind, plain).id
        except InvalidRecordError:
            return None

    def _is_known(self, kind: str, id: str) -> bool:
        return bool(_led(self._connection, kind, id))

    def _current(self, kind: str, id: str) -> str:
        """The id after all passes."""
        return self._log_id(self._renamed, kind, self._first.id((kind,), id))

    @staticmethod
    def _log_id(ids: dict[str, dict[str, str]], kind: str, id: str) -> str:
        return ids.get(kind, {}).get(id, id)

    def _records(self) -> set[Target]:
        return {(kind, self._current(kind, id)) for kind, id in self._log.named}

    def _derive(self) -> None:
        """Build anew what follows from the rows."""
        connection = self._connection
        by_kind: dict[str, list[tuple[str]]] = {}
        for kind, id in sorted(self._records()):
            by_kind.setdefault(kind, []).append((id,))
        for kind, ids in by_kind.items():
            if kind in MAIN and MAIN[kind].search:
                connection.executemany(triggers.refresh(MAIN[kind], "id = ?"), ids)
        connection.execute("DELETE FROM places")
        connection.execute("DELETE FROM _site_countries")
        for kind in ("site", "event", "source"):
            connection.execute(f"DELETE FROM _{kind}_ancestors")
            for sql in derived.set_wise(kind):
                connection.execute(sql, {"before": -(2**63)})
        residue.rebuild_search(connection)
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'").fetchone():
            connection.execute("DELETE FROM sqlite_stat4")

    def _retract(self) -> set[Target]:
        """Take out the stubs that nobody names; those that stay."""
        waiting = {
            (kind, id)
            for (kind, _), id in self._pseudonyms.items()
            if write.version_of(self._connection, kind, id) is not None
        }
        while True:
            free = [each for each in sorted(waiting) if not write.namers(self._connection, *each)]
            if not free:
                return waiting
            for kind, id in free:
                write.retract(self._connection, kind, id)
            waiting -= set(free)

    def _forget(self) -> set[str]:
        """Take what conclusions once said out of the log; events and sites to conclude anew."""
        connection, first = self._connection, self._first
        sought = self.sought()

        def mentions(text: str) -> bool:
            return first.may_match(text) or any(each in text for each in sought)

        subjects = reconcluding.mentioned(connection, mentions)
        subjects |= self._log.subjects
        subjects = {first.id(("event", "site"), subject) for subject in subjects}
        places = {("site", first.id(("site",), place)) for place in self._log.places}
        subjects |= reconcluding.touched(connection, self._records() | places)
        reconcluding.forget_superseded(self._log, first, subjects, mentions)
        return subjects

    def _tell(self) -> bool:
        """Add the entry that tells of the erasure; False where there was nothing to erase."""
        entries, changes = self._log.commitments()
        if not entries and not changes and self._newest() == self._before:
            return False
        self._connection.execute(
            "INSERT INTO history (change, kind, record, version, table_name, row_key, op, after)"
            " VALUES (?, 'erasure', ?, 1, 'history', '', 'erase', ?)",
            (
                self._change,
                " ".join(dict.fromkeys(self._pseudonyms.values())),
                dumped({"entries": entries, "changes": changes}),
            ),
        )
        self._connection.execute("UPDATE _concluded SET seq = ?1, facts = ?1", (self._newest(),))
        counts.build(self._connection)
        site_lists.build(self._connection)
        chain.seal(self._connection)
        self._connection.execute("UPDATE _context SET change = NULL, replaced = NULL")
        residue.mark(self._connection, self._change)
        return True

    def _check_references(self) -> None:
        for table, _, target, _ in self._connection.execute("PRAGMA foreign_key_check"):
            raise sqlite3.IntegrityError(
                f"a row of {table} names one of {target} that is not there"
            )


def _pseudonym() -> str:
    return f"erased-{secrets.token_hex(6)}"


def checked_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts that can be erased, as given.

    Raises:
        UsageError: One is empty, or a single character.
    """
    for text in texts:
        if len(text.strip()) < 2:
            raise UsageError(f"{text!r} is too short to be erased wherever it stands")
    return tuple(texts)
