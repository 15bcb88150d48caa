"""Migrations to a schema: making a registry, and bringing an older one up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from sqlite_utils import Database, Migrations

from heritage.errors import RegistryExistsError, SchemaTooNewError, SchemaTooOldError
from heritage.store import catching_up, files, triggers
from heritage.store.connection import (
    APPLICATION_ID,
    WAIT_SECONDS,
    connect,
    plain_faults,
    transaction,
)
from heritage.store.folding import LIMIT, folds
from heritage.store.write import settle
from heritage.vocab import VOCABULARIES, vocabulary

SET = "heritage"
"""The name of our migration set in the table that sqlite-utils keeps."""


def _folder() -> Traversable:
    shipped = resources.files("heritage") / "_migrations"
    if shipped.is_dir():
        return shipped
    return Path(str(resources.files("heritage"))).parent / "migrations"


def _upgrades() -> Iterator[tuple[str, Callable[[Database], None]]]:
    """Every migration's name and what it does, in the order of the numbers in the file names."""
    for file in sorted(_folder().iterdir(), key=lambda file: file.name):
        if file.name[:4].isdigit() and file.name.endswith(".py"):
            namespace: dict[str, Callable[[Database], None]] = {}
            exec(compile(file.read_text("utf-8"), file.name, "exec"), namespace)  # noqa: S102 - our own files
            yield file.name.removesuffix(".py"), namespace["upgrade"]


def migrations() -> Migrations:
    """Every migration, in order."""
    steps = Migrations(SET)
    for name, upgrade in _upgrades():
        steps(name=name)(_completed(upgrade))
    return steps


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, indexes and views of a new registry in an empty database, no more."""
    db = Database(connection)
    for _, upgrade in _upgrades():
        upgrade(db)


def _completed(upgrade: Callable[[Database], None]) -> Callable[[Database], None]:
    """A migration followed by what every schema has, so that no step can leave it out."""

    def upgrade_and_complete(db: Database) -> None:
        upgrade(db)
        complete(db.conn)

    return upgrade_and_complete


def complete(connection: sqlite3.Connection) -> None:
    """Bring triggers, folding and vocabularies to those of this version."""
    triggers.install(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for table, rows in filled():
        _fill(connection, table, rows)


def filled() -> Iterator[tuple[str, Sequence[tuple[object, ...]]]]:
    """The tables that the package fills, with the rows that they have to hold."""
    yield "_positions", [(n,) for n in range(1, LIMIT + 1)]
    yield "_folds", list(folds().items())
    terms: list[tuple[object, ...]] = []
    for name in VOCABULARIES:
        for position, term in enumerate(vocabulary(name).terms.values(), start=1):
            labels = (term.label_en, term.label_ar, term.definition)
            terms.append((name, term.code, term.parent, position, *labels))
    yield "terms", terms


def _fill(connection: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    places = ", ".join("?" * len(rows[0]))
    connection.execute(f"DELETE FROM {table}")
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def pending(connection: sqlite3.Connection, path: str) -> list[str]:
    """Names of the migrations to come.

    Raises:
        SchemaTooNewError: The file has had migrations that this version does
            not know.
    """
    steps = migrations()
    db = Database(connection)
    known = {step.name for step in steps.pending(db)} | {
        step.name
        for step in steps._migrations  # noqa: SLF001 - no public list of them
    }
    newer = {step.name for step in steps.applied(db)} - known
    if newer:
        raise SchemaTooNewError(path, ", ".join(sorted(newer)))
    return [step.name for step in steps.pending(db)]


def migrate(connection: sqlite3.Connection, path: str) -> list[str]:
    """Apply what is pending, all of it or nothing; the names of what was applied.

    Triggers that another tool took off are put back, pending or not, and what was
    written without them is logged.
    """
    with plain_faults(path, connection):
        connection.execute("PRAGMA foreign_keys = OFF")
        try:
            # The lock comes before the question what is pending: two processes that
            # migrate at once then come one after the other, and the second finds nothing.
            with transaction(connection):
                names = pending(connection, path)
                tables = [] if _is_new(connection) else catching_up.unwatched(connection)
                if names:
                    migrations().apply(Database(connection))
                    _check_references(connection)
                else:
                    complete(connection)
                catching_up.catch_up(connection, tables)
                settle(connection, _newest_change(connection))
        finally:
            connection.execute("PRAGMA foreign_keys = ON")
        return names


def _is_new(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'history'").fetchone()
    return found is None


def _newest_change(connection: sqlite3.Connection) -> int | None:
    newest: int | None = connection.execute("SELECT max(id) FROM changes").fetchone()[0]
    return newest


def _check_references(connection: sqlite3.Connection) -> None:
    """Foreign keys are off while tables are rebuilt; what they would have said is said here."""
    for table, _, target, _ in connection.execute("PRAGMA foreign_key_check"):
        raise sqlite3.IntegrityError(f"a row of {table} names one of {target} that is not there")


def check_current(connection: sqlite3.Connection, path: str) -> None:
    """Refuse a file that is newer or older than this version."""
    with plain_faults(path, connection):
        names = pending(connection, path)
    if names:
        raise SchemaTooOldError(path, "pending: " + ", ".join(names))


def create(path: Path, *, wait: float = WAIT_SECONDS) -> sqlite3.Connection:
    """Make a new, empty registry.

    It is made under another name and then given its own, so that nobody ever
    meets half a registry, however many make it at once or die on the way.

    Args:
        path: The file.
        wait: Seconds that its connection waits for other programs.

    Raises:
        RegistryExistsError: A file of that name is there already.
    """
    if path.exists():
        raise RegistryExistsError(str(path))
    with plain_faults(str(path)), files.unfinished(path) as beside:
        connection = connect(beside, new=True)
        try:
            migrate(connection, str(path))
        finally:
            connection.close()
        files.give_name(beside, path)
    return connect(path, wait=wait)
