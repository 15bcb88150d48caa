"""The registry: the object that users hold."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, Unpack

import attrs

from heritage import erasing
from heritage.asking import Filtering
from heritage.changing import Change, known_kind
from heritage.comparing import Diff, ListDiff, Lists, compared, compared_lists, in_order
from heritage.dates.moment import Moment
from heritage.errors import CheckFailedError, RecordNotFoundError, StoreError, UsageError
from heritage.ingest import deliver
from heritage.loading import LoadReport, Options, Wanted, load_files, load_together, now
from heritage.problems import Problem
from heritage.publish import Policy, default_policy
from heritage.publishing import Edition, Progress, publish
from heritage.reading import Reading
from heritage.scripting import Applied, Line, run, understood
from heritage.store import copying, remaking, schema, write
from heritage.store.connection import WAIT_SECONDS, connect, plain_faults, transaction
from heritage.store.erasing import residue
from heritage.store.then import moments
from heritage.store.verify import Verification, verify
from heritage.then import Then
from heritage.undoing import Reverted, undo

__all__ = [
    "Applied",
    "Change",
    "Diff",
    "Filtering",
    "ListDiff",
    "LoadReport",
    "Registry",
    "Reverted",
    "Verification",
]


class _UndoneError(Exception):
    """A dry run has come to its end, and everything is to be undone."""


def _undo_if(dry_run: bool) -> None:  # noqa: FBT001 - reads as it is meant
    if dry_run:
        raise _UndoneError


def _check_reason(by: str, why: str) -> None:
    for name, text in (("by", by), ("why", why)):
        if not isinstance(text, str) or not text.strip():
            raise UsageError(f"a change needs `{name}`: it stands in the history for good")


class Registry(Reading):
    """One registry file.

    Args:
        path: The file.
        create: Make a new registry if there is no file.
        readonly: Open it without being able to change it.
        wait: Seconds to wait for other programs that hold the file.

    Raises:
        StoreError: One of its branches, saying what is wrong with the file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        create: bool = False,
        readonly: bool = False,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self.path = Path(path)
        self._thread = threading.get_ident()
        self._is_open = True
        self._is_changing = False
        self._wait = wait
        if create and readonly:
            raise UsageError("a registry that is to be created cannot be read-only")
        if create and not self.path.exists():
            self._connection = schema.create(self.path, wait=wait)
            return
        self._connection = connect(self.path, readonly=readonly, wait=wait)
        try:
            schema.check_current(self._connection, str(self.path))
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Self:
        """Make a new, empty registry, and open it.

        Raises:
            RegistryExistsError: There is a file of that name.
        """
        schema.create(Path(path)).close()
        return cls(path)

    @staticmethod
    def migrate(path: str | os.PathLike[str], *, wait: float = WAIT_SECONDS) -> list[str]:
        """Bring an older registry up to date; the names of the steps that it lacked.

        Raises:
            SchemaTooNewError: A newer version of this package wrote it.
        """
        connection = connect(Path(path), wait=wait)
        try:
            return schema.migrate(connection, str(path))
        finally:
            connection.close()

    def close(self) -> None:
        """Close the file; what is read or written afterwards is refused."""
        if self._is_open and self._is_changing:
            self._check_usable()
            raise UsageError("a change is open; end it before closing the registry")
        super().close()

    @contextmanager
    def _writing(self, *, finishing: bool = True) -> Iterator[None]:
        if self._is_changing:
            raise UsageError("a change is open already; edit in it, or end it first")
        self._is_changing = True
        try:
            if finishing:  # what an erasure began, and did not live to finish
                residue.finish(self._connection)
            yield
        finally:
            self._is_changing = False

    def _undo(self) -> None:
        """Go back to the beginning of the transaction, and stay in it."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")

    def at(self, moment: str | dt.date) -> Then:
        """The registry as it was known at a moment: the same questions, other answers.

        Args:
            moment: ISO 8601 with a zone, such as `2016-04-01T12:00:00Z`; a day, which means
                its end in UTC; `change:12` for right after that change; or a date or a
                datetime with its zone. Before the first change nothing was known.

        Raises:
            MomentParseError: The moment is none, or its zone is missing.
            RecordNotFoundError: It names a change that there is not.
        """
        self._check_usable()
        return Then(self.path, moment, wait=self._wait)

    # Writing.

    @contextmanager
    def change(self, *, by: str, why: str) -> Iterator[Change]:
        """Edit the registry: one transaction, with who and why.

        Everything in the block is committed at its end; an exception inside
        undoes all of it. A block that changes nothing leaves no trace.

        Args:
            by: Who makes the change.
            why: What a reader of the history should know.

        Raises:
            RegistryBusyError: Another program held the file for too long.
            BrokenReferenceError: A record names one that does not exist.
        """
        _check_reason(by, why)
        theirs: BaseException | None = None
        with self._faults(), self._writing(), transaction(self._connection):
            number = write.begin_change(self._connection, at=now(), by=by, why=why)
            change = Change(self._connection, number, str(self.path))
            try:
                yield change
            except BaseException as error:  # noqa: BLE001 - raised again below, as it was
                theirs = error
            change.end()
            if theirs is None and not self._connection.in_transaction:
                raise StoreError(f"{self.path}: the change was undone by a fault; begin it again")
            if theirs is not None or not write.end_change(self._connection, number):
                self._undo()
        if theirs is not None:
            raise theirs

    @contextmanager
    def _tried(self, *, by: str, why: str, dry_run: bool) -> Iterator[Change]:
        """A change that a dry run undoes at its end."""
        with suppress(_UndoneError), self.change(by=by, why=why) as change, self._faults():
            yield change
            _undo_if(dry_run)

    def apply(
        self,
        lines: Iterable[Line],
        *,
        by: str,
        why: str,
        dry_run: bool = False,
        name: str = "<lines>",
    ) -> Applied:
        """Make scripted edits as one change, all of them or none.

        Args:
            lines: JSON, or objects, as `heritage apply` takes them; all are read
                before anything is written.
            by: Who makes the change.
            why: What a reader of the history should know.
            dry_run: Tell what would happen, and change nothing.
            name: What the lines are called in problems.

        Raises:
            CheckFailedError: There are problems, of which each names its line.
        """
        read = understood(lines, name)
        with self._tried(by=by, why=why, dry_run=dry_run) as change:
            applied = run(self._connection, change, read, name)
        return attrs.evolve(applied, change=None) if dry_run else applied

    def diff(self, since: str | dt.date, until: str | dt.date) -> Diff:
        """What became other between two moments, and by which changes.

        Args:
            since: A moment, as `at` takes it.
            until: A later one.

        Raises:
            UsageError: The first moment comes after the second.
        """
        first, last = self._moments(since, until)
        with self._reading():
            return compared(self._connection, first, last)

    def diff_list(
        self,
        since: str | dt.date,
        until: str | dt.date,
        kind: str,
        **filters: Unpack[Filtering],
    ) -> ListDiff:
        """Which records came into a list between two moments or left it, and by which changes.

        Args:
            since: A moment, as `at` takes it.
            until: A later one.
            kind: The kind of record.
            filters: As `records` takes them.

        Raises:
            UsageError: The first moment comes after the second.
        """
        first, last = self._moments(since, until)

        def ids_at(change: int) -> list[str]:
            with self.at(f"change:{change}") as then:
                try:
                    return then.ids(kind, **filters)
                except RecordNotFoundError:
                    self._filters(filters)  # refused unless it is known today
                    return []

        with self._faults():
            lists = Lists(self._connection, known_kind(kind), ids_at)
            return compared_lists(self._connection, lists, kind, first, last)

    def _moments(self, since: str | dt.date, until: str | dt.date) -> tuple[int, int]:
        with self._reading():
            first, last = (
                moments.change_at(self._connection, Moment.of(each)) for each in (since, until)
            )
        in_order(first, last)
        return first, last

    def revert(self, change: int, *, by: str, why: str, dry_run: bool = False) -> Reverted:
        """Undo a change, also a whole load, by a new one; what came later stands.

        Args:
            change: The number of the change to undo.
            by: Who undoes it.
            why: What a reader of the history should know.
            dry_run: Tell what would happen, and change nothing.

        Raises:
            CheckFailedError: Later changes stand on it; each problem names them.
            RecordNotFoundError: There is no such change.
        """
        if type(change) is not int:
            raise UsageError(f"a change is told by its number, not by {change!r:.80}")
        with self._tried(by=by, why=why, dry_run=dry_run) as own:
            reverted = undo(self._connection, own.number, change, whole=dry_run)
        return attrs.evolve(reverted, change=None) if dry_run else reverted

    def load(self, path: str | os.PathLike[str], **options: Unpack[Options]) -> LoadReport:
        """Load a file: all of it in one change, except what becomes a problem.

        Args:
            path: The file.
            options: `source`, `edition`, `by`, `why`, `dry_run`, `strict` and `progress`,
                as `heritage.loading.Wanted` tells them.

        Raises:
            IngestError: The file cannot be read at all.
            CheckFailedError: `strict`, and there are problems.
        """
        name, wanted = os.fspath(path), Wanted(**options)
        self._check_usable()
        delivery = deliver(name, source=wanted.source, edition=wanted.edition)
        with self._faults(), self._writing():
            (report,) = load_together(self._connection, {name: delivery}, wanted)
        if wanted.strict and report.problems:
            raise CheckFailedError(report.problems)
        return report

    def load_all(
        self, paths: Iterable[str | os.PathLike[str]], **options: Unpack[Options]
    ) -> Iterator[LoadReport]:
        """Load files, each as it is done; records of our own may refer to each other anyhow.

        Files of our own lines are one change together, each other file is one. A
        file that cannot be read, and one refused by `strict`, say so in their report.

        Args:
            paths: The files.
            options: As for `load`.
        """
        names = list(dict.fromkeys(os.fspath(path) for path in paths))
        with self._faults(), self._writing():
            yield from load_files(self._connection, names, Wanted(**options))

    def backup(self, path: str | os.PathLike[str]) -> Verification:
        """Make a copy of the registry as it is now, while others go on writing.

        The copy is verified before it gets its name.

        Args:
            path: The copy; its folder has to exist.

        Returns:
            What `verify` finds in the copy: its head, and what is wrong with it.

        Raises:
            UsageError: It is the registry itself.
            RegistryExistsError: There is a file of that name.
            RegistryCorruptError: The registry is damaged; no copy was made.
        """
        with self._faults(), self._writing():
            return copying.copy(self._connection, self.path, Path(path))

    def erase(
        self,
        *ids: str,
        by: str,
        why: str,
        kind: str | None = None,
        texts: Sequence[str] = (),
        dry_run: bool = False,
    ) -> erasing.Erasure:
        """Take records, or a text wherever it stands, out of the file for good.

        Tables, history, search and free pages lose it. The log keeps that it was
        there, and the change says by whom it was erased and why.

        Args:
            ids: Records by any id that leads or ever led to them.
            by: Who erases.
            why: What a reader of the history should know; without what is erased.
            kind: The kind of the records, where ids alone could mean several.
            texts: Texts that go wherever they stand, in either case.
            dry_run: Only tell what would go.

        Raises:
            RecordNotFoundError: No record ever had such an id.
            UsageError: Nothing is named, or `by` and `why` tell what is erased.
        """
        _check_reason(by, why)
        with self._faults(), self._writing():
            wanted = erasing.wanted(
                self._connection,
                ids,
                None if kind is None else known_kind(kind),
                texts,
                by=by,
                why=why,
            )
            return erasing.erase(self._connection, wanted, at=now(), dry_run=dry_run)

    def finish_erasures(self) -> bool:
        """Write the file anew where an erasure was stopped before it did; whether all is done."""
        with self._faults(), self._writing():
            return residue.finish(self._connection)

    def publish(
        self,
        path: str | os.PathLike[str],
        policy: Policy | None = None,
        *,
        progress: Progress | None = None,
    ) -> Edition:
        """Write the public edition: a new file that holds only what anyone may read.

        Args:
            path: The file; an older edition of that name is replaced as a whole.
            policy: What becomes public; the default policy where none is given.
            progress: Told what is being done, and of how many records so far.

        Raises:
            UsageError: It is the registry itself.
            RegistryExistsError: It is a file of another kind.
            RegistryCorruptError: The registry does not verify; nothing is written.
        """
        target = Path(path)
        if target.exists() and target.samefile(self.path):
            raise UsageError(f"{target} is the registry itself; name another file")
        with self._faults(), self._writing():
            return publish(
                self._connection, str(self.path), target, policy or default_policy(), progress
            )

    # Proving.

    def verify(self, *, head: str | None = None) -> Verification:
        """Examine the whole file: is it what was written to it, and nothing else?

        SQLite's own check, the schema, the chain of hashes, the log replayed
        against the tables, and conclusions worked out anew. Nothing is written.

        Args:
            head: A head that was published earlier, or its first 16 digits at least.

        Raises:
            UsageError: The head is none, or a change is open.
        """
        with self._faults(), self._writing(finishing=False):
            return verify(self._connection, head)

    def seal(self) -> str:
        """Conclude and seal what other programs wrote since the last change; the head.

        Returns:
            The hash of the last entry of the log, in hexadecimal.

        Raises:
            RegistryReadOnlyError: The file cannot be written.
        """
        with self._faults(), self._writing(), transaction(self._connection):
            return write.seal(self._connection)

    def replay(self, path: str | os.PathLike[str]) -> list[Problem]:
        """Make a new registry of what the log says; where this one differs from it.

        Args:
            path: The new file.

        Raises:
            RegistryExistsError: There is a file of that name.
        """
        with self._faults(), self._writing():
            return remaking.remake(self._connection, Path(path))


def backup(registry: Path, path: Path, *, wait: float = WAIT_SECONDS) -> Verification:
    """Make a copy of a registry of any version: before it is migrated, too.

    Returns:
        What is found in the copy; the head is empty where the log has none yet.
    """
    connection = connect(registry, wait=wait)
    try:
        with plain_faults(str(registry), connection):
            return copying.copy(connection, registry, path)
    finally:
        connection.close()
