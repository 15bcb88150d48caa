"""The registry: the object that users hold."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

import attrs

from heritage.asking import Asking, Filtering
from heritage.changing import Change, known_kind
from heritage.dates import FuzzyDate
from heritage.errors import (
    CheckFailedError,
    StoreError,
    UsageError,
)
from heritage.ingest import deliver
from heritage.judge import Conclusion, StateOn, Tiers
from heritage.loading import LoadReport, Options, Wanted, load_files, load_together, now
from heritage.model import (
    RECORDS,
    Actor,
    Claim,
    Event,
    Intervention,
    Listing,
    Observation,
    Record,
    Site,
    Source,
)
from heritage.problems import Problem
from heritage.publish import Policy, without
from heritage.store import (
    check,
    conclusions,
    history,
    lists,
    log,
    public,
    read,
    schema,
    search,
    write,
)
from heritage.store.connection import WAIT_SECONDS, connect, plain_faults, snapshot, transaction

__all__ = ["Change", "Filtering", "LoadReport", "Registry"]


R = TypeVar("R", bound=Record)

UNFILTERED = frozenset({"actor", "evidence", "review"})
"""Kinds that no filter applies to."""


def _date(date: FuzzyDate | str) -> FuzzyDate:
    return FuzzyDate.parse(date) if isinstance(date, str) else date


class Registry:
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
        if create and readonly:
            raise UsageError("a registry that is to be created cannot be read-only")
        if create and not self.path.exists():
            self._connection = schema.create(self.path)
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what is read or written afterwards is refused."""
        if self._is_open:
            self._check_usable()
            if self._is_changing:
                raise UsageError("a change is open; end it before closing the registry")
            self._is_open = False
            self._connection.close()

    def _check_usable(self) -> None:
        if not self._is_open:
            raise UsageError(f"{self.path} was closed; open it again")
        if threading.get_ident() != self._thread:
            raise UsageError(f"{self.path} was opened by another thread; open it in this one too")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        self._check_usable()
        with plain_faults(str(self.path)):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._is_changing:
            raise UsageError("a change is open already; edit in it, or end it first")
        self._is_changing = True
        try:
            yield
        finally:
            self._is_changing = False

    def _undo(self) -> None:
        """Go back to the beginning of the transaction, and stay in it."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")

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
        for name, text in (("by", by), ("why", why)):
            if not isinstance(text, str) or not text.strip():
                raise UsageError(f"a change needs `{name}`: it stands in the history for good")
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

    # Reading.

    def record(self, kind: str, id: str) -> Record:
        """One record by its id, a former id or, for sites, `scheme:value`.

        Raises:
            RecordNotFoundError: The id leads nowhere.
        """
        with self._faults():
            id = read.resolve(self._connection, known_kind(kind), id)
            return read.read_one(self._connection, kind, id).record

    def version(self, kind: str, id: str) -> int:
        """The version of a record: to be given as `expect` when changing it."""
        with self._faults():
            id = read.resolve(self._connection, known_kind(kind), id)
            return read.read_one(self._connection, kind, id).version

    def _one(self, kind: str, _cls: type[R], id: str) -> R:
        return cast("R", self.record(kind, id))

    def site(self, id: str) -> Site:
        """One site, by its id, a former id or `whc:23`."""
        return self._one("site", Site, id)

    def event(self, id: str) -> Event:
        """One event."""
        return self._one("event", Event, id)

    def source(self, id: str) -> Source:
        """One source."""
        return self._one("source", Source, id)

    def claim(self, id: str) -> Claim:
        """One claim."""
        return self._one("claim", Claim, id)

    def actor(self, id: str) -> Actor:
        """One actor."""
        return self._one("actor", Actor, id)

    def find(self, id: str) -> tuple[str, Record]:
        """The site, event or source that an id leads to, and its kind.

        Raises:
            RecordNotFoundError: It leads to none.
        """
        with self._faults():
            kind, id = read.resolve_any(self._connection, ("site", "event", "source"), id)
            return kind, read.read_one(self._connection, kind, id).record

    def records(
        self, kind: str, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> Iterator[Record]:
        """Records of a kind that pass every filter (`heritage.store.lists.Filters`).

        Dates may be given as EDTF text, and the sites, events and sources of
        filters as any id that leads to them.
        """
        if limit is not None and (not isinstance(limit, int) or limit < 0):
            raise UsageError(f"limit: {limit!r} is not a number of records")
        with self._faults():
            wanted = self._filters(filters)
            if known_kind(kind) in UNFILTERED and not filters.keys() - {"all"}:
                found = read.all_ids(self._connection, kind)[:limit]
            else:
                found = list(lists.ids(self._connection, kind, wanted, limit))
        return self._read(kind, found)

    def _read(self, kind: str, ids: list[str]) -> Iterator[Record]:
        with self._faults():
            for versioned in read.read_many(self._connection, kind, ids):
                yield versioned.record

    def _filters(self, given: Mapping[str, Any]) -> lists.Filters:
        known = attrs.fields_dict(lists.Filters)
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                raise UsageError(f"no filter is called {name}; known are {', '.join(known)}")
            if name == "during" and isinstance(value, str):
                values[name] = FuzzyDate.parse(value)
            elif name in ("site", "event", "source") and value is not None:
                values[name] = read.resolve(self._connection, name, value)
            elif name == "part_of" and value is not None:
                _, values[name] = read.resolve_any(self._connection, ("site", "event"), value)
            else:
                values[name] = value
        return lists.Filters(**values)

    def _typed(
        self, kind: str, _cls: type[R], limit: int | None, filters: Filtering
    ) -> Iterator[R]:
        return cast("Iterator[R]", self.records(kind, limit=limit, **filters))

    def sites(self, *, limit: int | None = None, **filters: Unpack[Filtering]) -> Iterator[Site]:
        """Sites; those that have left their register only with `all` or their status."""
        return self._typed("site", Site, limit, filters)

    def listings(
        self, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> Iterator[Listing]:
        """Listings, by site and beginning."""
        return self._typed("listing", Listing, limit, filters)

    def events(self, *, limit: int | None = None, **filters: Unpack[Filtering]) -> Iterator[Event]:
        """Events; with `during`, those that possibly happened then."""
        return self._typed("event", Event, limit, filters)

    def claims(self, *, limit: int | None = None, **filters: Unpack[Filtering]) -> Iterator[Claim]:
        """Claims, by subject and property."""
        return self._typed("claim", Claim, limit, filters)

    def observations(
        self, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> Iterator[Observation]:
        """Observations, by site and date."""
        return self._typed("observation", Observation, limit, filters)

    def interventions(
        self, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> Iterator[Intervention]:
        """Interventions, by site and date."""
        return self._typed("intervention", Intervention, limit, filters)

    def sources(
        self, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> Iterator[Source]:
        """Sources."""
        return self._typed("source", Source, limit, filters)

    def publish(self, path: str | os.PathLike[str]) -> None:
        """Write the public edition: a new file that holds only what anyone may read.

        Args:
            path: The file; an older edition of that name is replaced as a whole.

        Raises:
            UsageError: It is the registry itself.
            RegistryExistsError: It is a file of another kind.
        """
        target = Path(path)
        if target.exists() and target.samefile(self.path):
            raise UsageError(f"{target} is the registry itself; name another file")
        policy = Policy()
        with self._faults(), snapshot(self._connection):
            shown = {kind: list(policy.public(self.records(kind, all=True))) for kind in RECORDS}
            shown["source"] = [
                without(source, policy.hidden_sources)
                for source in shown["source"]
                if isinstance(source, Source)
            ]
            public.write_public(target, self._connection, shown)

    def search(self, text: str, *, limit: int = 50) -> list[search.Hit]:
        """Records that a text in any script may mean, best first within each kind."""
        with self._faults():
            return search.search(self._connection, text.replace("\0", " "), limit)

    def former_ids(self, kind: str, id: str) -> tuple[str, ...]:
        """Every id that a record had before the one that it has now."""
        with self._faults():
            id = read.resolve(self._connection, known_kind(kind), id)
            return tuple(sorted(history.ids_of(self._connection, kind, id)[1:]))

    def changes(self, *, limit: int | None = None) -> list[log.LoggedChange]:
        """The log's changes, the newest first."""
        with self._faults():
            return list(log.changes(self._connection, limit))

    def history(self, id: str, *, limit: int | None = None) -> list[log.Entry]:
        """The log's entries about a record, the newest first, even of one that was retracted.

        Raises:
            RecordNotFoundError: No record ever had this id.
        """
        with self._faults():
            if ":" in id:
                id = read.resolve(self._connection, "site", id)
            return list(log.entries(self._connection, id, limit))

    def conclusions(
        self, *, limit: int | None = None, tiers: Tiers | None = None, **wanted: Unpack[Asking]
    ) -> list[dict[str, Any]]:
        """Conclusions in plain form, by subject, site and property.

        Args:
            limit: At most so many.
            tiers: A reader's own weights; nothing is written.
            wanted: As in `heritage.store.conclusions.Wanted`.
        """
        with self._faults():
            asked = conclusions.Wanted(**wanted)
            return list(conclusions.listed(self._connection, asked, limit, tiers))

    def explain(
        self, id: str, property: str, *, site: str | None = None, tiers: Tiers | None = None
    ) -> Conclusion:
        """One conclusion with its whole argument, from what is claimed and seen now.

        Args:
            id: The event or site.
            property: One of `heritage.model.PROPERTIES`.
            site: Of an event with several sites: the one that is meant.
            tiers: A reader's own weights; nothing is written.

        Raises:
            RecordNotFoundError: There is no such event or site.
            UsageError: There is no such property.
        """
        with self._faults():
            _, subject = read.resolve_any(self._connection, ("event", "site"), id)
            place = None if site is None else read.resolve(self._connection, "site", site)
            return conclusions.of_subject(self._connection, subject, property, place, tiers)

    def state(self, site: str, date: FuzzyDate | str) -> StateOn:
        """The state of a site on a date: from events, observations and interventions.

        Of its parts, and of what it is part of, nothing is taken over.

        Raises:
            RecordNotFoundError: There is no such site.
            DateParseError: The date is none.
        """
        with self._faults():
            place = read.resolve(self._connection, "site", site)
            return conclusions.state(self._connection, place, _date(date))

    def states_of_parts(self, site: str, date: FuzzyDate | str) -> tuple[StateOn, ...]:
        """The states on a date of a site's parts, those that have no parts themselves.

        `heritage.judge.condition_of_parts` counts them: how many are in which
        state, and never the worst of them.
        """
        with self._faults():
            place = read.resolve(self._connection, "site", site)
            return conclusions.states_of_parts(self._connection, place, _date(date))

    def check(self) -> Iterator[Problem]:
        """Everything doubtful in the data."""
        with self._faults():
            yield from check.problems(self._connection)
