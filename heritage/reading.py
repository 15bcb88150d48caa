"""Questions to answers: the reading verbs of a registry."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

import attrs

from heritage.asking import Asking, Filtering
from heritage.changing import known_kind
from heritage.dates import FuzzyDate
from heritage.errors import RecordNotFoundError, UsageError
from heritage.judge import Conclusion, StateOn, Tiers
from heritage.model import (
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
from heritage.store import check, conclusions, history, lists, log, read, search
from heritage.store.connection import Connection, plain_faults
from heritage.store.facts import histories

__all__ = ["Reading"]

R = TypeVar("R", bound=Record)

UNFILTERED = frozenset({"actor", "evidence", "review"})
"""Kinds that no filter applies to."""


def _date(date: FuzzyDate | str) -> FuzzyDate:
    return FuzzyDate.parse(date) if isinstance(date, str) else date


class Reading:
    """What can be asked of a registry file, however it was opened."""

    path: Path
    _connection: Connection
    _thread: int
    _is_open: bool
    _then: int | None = None
    """The change after which it reads; None for now."""

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
        """Close the file; what is read afterwards is refused."""
        if self._is_open:
            self._check_usable()
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
        with plain_faults(str(self.path), self._connection):
            yield

    def _reading(self) -> AbstractContextManager[None]:
        """What every question is asked within."""
        return self._faults()

    def _resolve(self, kind: str, id: str) -> str:
        return read.resolve(self._connection, kind, id)

    def _resolve_any(self, kinds: Sequence[str], id: str) -> tuple[str, str]:
        for kind in kinds:
            with suppress(RecordNotFoundError):
                return kind, self._resolve(kind, id)
        raise RecordNotFoundError(f"{', '.join(kinds[:-1])} or {kinds[-1]}", id)

    def record(self, kind: str, id: str) -> Record:
        """One record by its id, a former id or, for sites, `scheme:value`.

        Raises:
            RecordNotFoundError: The id leads nowhere.
        """
        with self._reading():
            id = self._resolve(known_kind(kind), id)
            return read.read_one(self._connection, kind, id).record

    def version(self, kind: str, id: str) -> int:
        """The version of a record: to be given as `expect` when changing it."""
        with self._reading():
            id = self._resolve(known_kind(kind), id)
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
        with self._reading():
            kind, id = self._resolve_any(("site", "event", "source"), id)
            return kind, read.read_one(self._connection, kind, id).record

    def records(
        self, kind: str, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> Iterator[Record]:
        """Records of a kind that pass every filter (`heritage.store.lists.Filters`).

        Dates may be given as EDTF text, and the sites, events and sources of
        filters as any id that leads to them.
        """
        return self._read(kind, self.ids(kind, limit=limit, **filters))

    def ids(
        self, kind: str, *, limit: int | None = None, **filters: Unpack[Filtering]
    ) -> list[str]:
        """The ids of the records that `records` gives, in the same order."""
        if limit is not None and (not isinstance(limit, int) or limit < 0):
            raise UsageError(f"limit: {limit!r} is not a number of records")
        with self._reading():
            wanted = self._filters(filters)
            if known_kind(kind) in UNFILTERED and not filters.keys() - {"all"}:
                return read.all_ids(self._connection, kind)[:limit]
            return list(lists.ids(self._connection, kind, wanted, limit))

    def _read(self, kind: str, ids: list[str]) -> Iterator[Record]:
        with self._reading():
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
                values[name] = self._resolve(name, value)
            elif name == "part_of" and value is not None:
                _, values[name] = self._resolve_any(("site", "event"), value)
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

    def search(self, text: str, *, limit: int = 50) -> list[search.Hit]:
        """Records that a text in any script may mean, best first within each kind."""
        with self._reading():
            return search.search(
                self._connection, text.replace("\0", " "), limit, change=self._then
            )

    def former_ids(self, kind: str, id: str) -> tuple[str, ...]:
        """Every id that a record had before the one that it has now."""
        with self._reading():
            id = self._resolve(known_kind(kind), id)
            return tuple(sorted(history.ids_of(self._connection, kind, id)[1:]))

    def changes(self, *, limit: int | None = None) -> list[log.LoggedChange]:
        """The log's changes, the newest first."""
        with self._reading():
            return list(log.changes(self._connection, limit))

    def history(self, id: str, *, limit: int | None = None) -> list[log.Entry]:
        """The log's entries about a record, the newest first, even of one that was retracted.

        Raises:
            RecordNotFoundError: No record ever had this id.
        """
        with self._reading():
            if ":" in id:
                id = self._resolve("site", id)
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
        with self._reading():
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
        with self._reading():
            _, subject = self._resolve_any(("event", "site"), id)
            place = None if site is None else self._resolve("site", site)
            return conclusions.of_subject(self._connection, subject, property, place, tiers)

    def state(self, site: str, date: FuzzyDate | str) -> StateOn:
        """The state of a site on a date: from events, observations and interventions.

        Of its parts, and of what it is part of, nothing is taken over.

        Raises:
            RecordNotFoundError: There is no such site.
            DateParseError: The date is none.
        """
        with self._reading():
            place = self._resolve("site", site)
            return histories.state(self._connection, place, _date(date))

    def states_of_parts(self, site: str, date: FuzzyDate | str) -> tuple[StateOn, ...]:
        """The states on a date of a site's parts, those that have no parts themselves.

        `heritage.judge.condition_of_parts` counts them: how many are in which
        state, and never the worst of them.
        """
        with self._reading():
            place = self._resolve("site", site)
            return histories.states_of_parts(self._connection, place, _date(date))

    def check(self) -> Iterator[Problem]:
        """Everything doubtful in the data."""
        with self._reading():
            yield from check.problems(self._connection)
