"""A file with free pages to one that holds nothing but its rows, and a look at what is left.

SQLite overwrites what an erasure deletes, and still leaves copies in pages that
it freed or rearranged before. So the file is written anew after the erasure. A
mark, set within the erasure itself, says that this is still to be done: a
process that dies in between is made good by whoever writes next.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from hashlib import blake2b

import attrs

from heritage.store import derived, triggers
from heritage.store.connection import transaction
from heritage.store.tables import MAIN, TABLES

SHOWN = 5
"""Places that are told of each text."""


@attrs.frozen(kw_only=True)
class Mention:
    """A place where something that was erased, or looks like it, still stands."""

    text: str
    table: str
    """The table; empty where it stands in no row, but in the bytes of the file."""
    column: str
    record: str
    """The id of the record, or the key of the row."""


def mark(connection: sqlite3.Connection, change: int) -> None:
    """Say, within an erasure, that the file has to be written anew."""
    connection.execute("INSERT INTO _residue VALUES (?, ?)", (change, _numbers(connection)))


def is_marked(connection: sqlite3.Connection) -> bool:
    """Whether something erased may still stand in free pages of the file."""
    return connection.execute("SELECT 1 FROM _residue LIMIT 1").fetchone() is not None


def finish(connection: sqlite3.Connection) -> bool:
    """Write the file anew, if a mark asks for it; False where that could not be done.

    The mark then stays, and whoever writes next tries again.

    Args:
        connection: Outside any transaction.
    """
    if not is_marked(connection):
        return True
    (secure,) = connection.execute("PRAGMA secure_delete").fetchone()
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    try:
        _write_anew(connection)
    except sqlite3.OperationalError:  # no room, or others are reading
        return False
    finally:
        connection.execute(f"PRAGMA secure_delete = {secure}").fetchall()
    return True


def _write_anew(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")
    with transaction(connection):
        known = connection.execute("SELECT numbers FROM _residue").fetchall()
        if known != [(_numbers(connection),)]:
            renumber(connection)
        # Writing a file anew counts as a change of its schema.
        triggers.install(connection)
        connection.execute("DELETE FROM _residue")
    # Where somebody has set a write-ahead log, it holds the old pages until then.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _numbers(connection: sqlite3.Connection) -> str:
    """A hash of the rowids, to which search and places refer and which may be given anew."""
    digest = blake2b(digest_size=16)
    for kind, table in MAIN.items():
        if table.search:
            for rowid, id in connection.execute(f"SELECT rowid, id FROM {table.name} ORDER BY 1"):
                digest.update(f"{kind} {rowid} {id}\n".encode())
    return digest.hexdigest()


def renumber(connection: sqlite3.Connection) -> None:
    """Build anew what refers to rows by their numbers: search and places."""
    rebuild_search(connection)
    connection.execute("DELETE FROM places")
    places, *_ = derived.set_wise("site")
    connection.execute(places, {"before": -(2**63)})


def rebuild_search(connection: sqlite3.Connection) -> None:
    """Build the full-text indexes anew, without words of rows that are no more."""
    for table in MAIN.values():
        if table.search:
            connection.execute(
                f"INSERT INTO {table.name}_fts ({table.name}_fts) VALUES ('rebuild')"
            )
    # The index goes on reading until it is flushed, and no function can be defined meanwhile.
    connection.execute("SAVEPOINT rebuilt")
    connection.execute("RELEASE rebuilt")


def in_bytes(connection: sqlite3.Connection, texts: Collection[str]) -> list[str]:
    """Those of some texts that stand anywhere in the file, in used pages or free ones.

    SQLite is asked for the bytes: a program that opens the file itself and closes
    it lets go of every lock that its other connections hold on it.
    """
    content = connection.serialize() if texts else b""
    return [text for text in texts if any(form in content for form in _forms(text))]


def _forms(text: str) -> set[bytes]:
    """A text as SQLite may have written it: plain, in JSON, in JSON within JSON."""
    once = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return {form.encode() for form in (text, once, once.replace("\\", "\\\\"))}


def mentions(
    connection: sqlite3.Connection, texts: Collection[str], pattern: re.Pattern[str] | None
) -> Iterator[Mention]:
    """Where texts, or what matches a pattern, stand in rows; at most `SHOWN` of each text."""
    ordered = sorted(texts, key=len, reverse=True)
    parts = [re.escape(text) for text in ordered] + ([pattern.pattern] if pattern else [])
    if not parts:
        return
    flags = pattern.flags if pattern else re.UNICODE
    sought = re.compile("|".join(parts), flags)
    shown: dict[str, int] = {}
    for table, key, column in _columns(connection):
        connection.create_function(
            "sought", 1, lambda value: isinstance(value, str) and sought.search(value) is not None
        )
        rows = connection.execute(
            f'SELECT {key}, "{column}" FROM "{table}" WHERE sought("{column}")'
        ).fetchall()
        connection.create_function("sought", 1, None)
        for record, value in rows:
            for text in {match[0] for match in sought.finditer(value)}:
                shown[text] = shown.get(text, 0) + 1
                if shown[text] <= SHOWN:
                    yield Mention(text=text, table=table, column=column, record=str(record))


_NOT_OURS_TO_TELL = re.compile(r"_positions|_folds|terms|_residue|_sqlite_migrations|sqlite_.*")


def _columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Every column of text in the file: its table, SQL for what tells the row, its name."""
    owners = {table.name: table.owner for table in TABLES} | {
        "history": "seq",
        "changes": "id",
        "conclusions": "subject",
    }
    for name, kind in connection.execute(
        "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    ).fetchall():
        if _NOT_OURS_TO_TELL.fullmatch(name) or kind != "table":
            continue
        columns = connection.execute(
            "SELECT name, type FROM pragma_table_info(?)", (name,)
        ).fetchall()
        key = owners.get(name) or f'"{columns[0][0]}"'
        for column, type in columns:
            if type in ("TEXT", "") and column != "search_text":
                yield name, key, column
