"""Files to reports: what is loaded together, and what became of each file."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TypedDict

import attrs

from heritage.errors import IngestError, UnknownSourceError, UnreadableFileError
from heritage.ingest import Delivery, deliver, is_own
from heritage.loading.loader import Loader, Tally
from heritage.problems import Origin, Problem
from heritage.store import write
from heritage.store.connection import Connection, transaction

NEW_OBJECTS = 200_000
"""After so many, Python looks for cycles among them: a batch or two, and not every few records."""


class Options(TypedDict, total=False):
    """How to load, by name; what each means is told in `Wanted`."""

    source: str | None
    edition: str | None
    by: str | None
    why: str | None
    dry_run: bool
    strict: bool
    progress: Callable[[int], None]


@attrs.frozen(kw_only=True)
class Wanted:
    """How to load."""

    source: str | None = None
    """Whose files they are; None where their content tells."""
    edition: str | None = None
    """The edition, in EDTF."""
    by: str | None = None
    """Who loads."""
    why: str | None = None
    """Why; the files' names where nothing is said."""
    dry_run: bool = False
    """Tell what would happen, and change nothing."""
    strict: bool = False
    """Change nothing if there is any problem."""
    progress: Callable[[int], None] = lambda _rows: None
    """Called with the number of rows read so far."""


@attrs.frozen(kw_only=True)
class LoadReport:
    """What loading one file did."""

    file: str
    source: str | None
    """Whose file it is; None where it could not be told."""
    edition: str | None = None
    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left: tuple[str, ...] = ()
    """Ids of sites that the edition before had and this one no longer has; they are kept."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    change: int | None = None
    """The number of the change; None where nothing changed."""


def load_files(
    connection: Connection, names: Sequence[str], wanted: Wanted
) -> Iterator[LoadReport]:
    """Load files, one change each, except for our own lines: they are one change together.

    So the records of our own files may refer to each other in any order. A file
    that cannot be read is a problem of its report, and the others are loaded.
    """
    own = [name for name in names if _is_own(name, wanted.source)]
    for name in names:
        try:
            if name not in own:
                delivery = deliver(name, source=wanted.source, edition=wanted.edition)
                yield from load_together(connection, {name: delivery}, wanted)
            elif name == own[0]:
                together = {each: deliver(each, source="own") for each in own}
                yield from load_together(connection, together, wanted)
        except IngestError as error:
            yield LoadReport(file=name, source=wanted.source, problems=(_unread(name, error),))


def _is_own(name: str, source: str | None) -> bool:
    try:
        return is_own(name, source=source)
    except IngestError:
        return False


def _unread(name: str, error: IngestError) -> Problem:
    if isinstance(error, UnknownSourceError) and error.asked is not None:
        raise error
    reason = error.reason if isinstance(error, UnreadableFileError) else str(error)
    if isinstance(error, UnknownSourceError):
        reason = "whose file this is cannot be told for certain"
        suggestion = f"name it with --from (known are {', '.join(error.known)})"
        return Problem(
            code="unreadable-file",
            message=reason,
            origin=Origin(file=name),
            suggestion=suggestion,
        )
    return Problem(code="unreadable-file", message=reason, origin=Origin(file=name))


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let Python look for cycles seldom: a load makes very many objects, and no cycles."""
    before = gc.get_threshold()
    gc.set_threshold(before[0] and max(before[0], NEW_OBJECTS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_seldom_collecting()
def load_together(
    connection: Connection, deliveries: dict[str, Delivery], wanted: Wanted
) -> list[LoadReport]:
    """Load deliveries of one dataset as one change; their reports, in the same order."""
    names = ", ".join(_in_text(Path(name).name) for name in deliveries)
    dataset = {delivery.dataset for delivery in deliveries.values()}.pop()
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        with transaction(connection):
            number = write.begin_change(
                connection,
                at=now(),
                by=wanted.by,
                why=wanted.why or f"load {names}",
                origin="load",
                dataset=dataset,
            )
            tallies = _loader(connection, number, deliveries, wanted.progress).run()
            problems = any(tally.problems for tally in tallies.values())
            undone = wanted.dry_run or (wanted.strict and problems)
            undone = not write.end_change(connection, number, checked=True) or undone
            if undone:
                connection.execute("ROLLBACK")
                connection.execute("BEGIN")
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
    reports = []
    for name, delivery in deliveries.items():
        tally = tallies.get(name, Tally())
        had_part = len(deliveries) == 1 or tally.created or tally.changed
        change = number if had_part and not undone else None
        reports.append(_report(name, delivery, tally, change))
    return reports


def _in_text(name: str) -> str:
    """A file's name as text, though a system may allow bytes that are none."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _loader(
    connection: Connection,
    number: int,
    deliveries: dict[str, Delivery],
    progress: Callable[[int], None],
) -> Loader:
    first, delivery = next(iter(deliveries.items()))
    if len(deliveries) == 1:
        return Loader(connection, number, delivery, first, progress)
    each = tuple(deliveries.values())
    joined = Delivery(
        source=delivery.source,
        dataset=delivery.dataset,
        items=chain.from_iterable(one.items for one in each),
    )
    return Loader(
        connection, number, joined, first, lambda _: progress(sum(one.rows for one in each))
    )


def _report(name: str, delivery: Delivery, tally: Tally, change: int | None) -> LoadReport:
    return LoadReport(
        file=name,
        source=delivery.source,
        edition=None if delivery.edition is None else delivery.edition.text,
        rows=delivery.rows,
        created=tally.created,
        changed=tally.changed,
        unchanged=tally.unchanged,
        left=tuple(tally.left),
        problems=tuple(tally.problems),
        notes=(*delivery.notes, *tally.notes),
        change=change,
    )


def now() -> str:
    """This moment in UTC, to the millisecond: `2016-04-01T12:00:00.000Z`."""
    moment = dt.datetime.now(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
