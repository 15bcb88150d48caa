"""A moment to a registry that can be asked as it was known then."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from heritage.dates.moment import Moment
from heritage.errors import RecordNotFoundError
from heritage.model import Record
from heritage.problems import Problem
from heritage.reading import Reading
from heritage.store import check, read
from heritage.store.connection import connect
from heritage.store.then import Past, id_then, moments

__all__ = ["Then"]


class Then(Reading):
    """A registry as it was known at a moment, for the same questions.

    Whatever is written meanwhile, by this program or others, it goes on
    answering as of its moment. It never holds up those who write: nothing is
    locked between two questions. Ids that records were given later lead to
    them as well.

    Args:
        path: The file.
        moment: As in `Registry.at`.
        wait: Seconds to wait for other programs that hold the file.

    Raises:
        MomentParseError: The moment is none.
        RecordNotFoundError: It names a change that there is not.
    """

    def __init__(self, path: Path, moment: str | dt.date, *, wait: float) -> None:
        asked = Moment.of(moment)
        self.path = path
        self._thread = threading.get_ident()
        self._is_open = True
        self._connection = connect(path, readonly=True, wait=wait)
        try:
            with self._faults():
                self.change = moments.change_at(self._connection, asked)
                self._past = Past(self._connection, self.change)
        except BaseException:
            self._connection.close()
            raise
        self._then = self.change

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._faults():
            self._connection.execute("BEGIN")
            try:
                self._past.refresh()
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            try:
                yield
            finally:
                # Not undone: what was found out about then is kept in temporary tables.
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")

    def _resolve(self, kind: str, id: str) -> str:
        try:
            return super()._resolve(kind, id)
        except RecordNotFoundError:
            return id_then(self._connection, kind, id)

    def _read(self, kind: str, ids: list[str]) -> Iterator[Record]:
        wanted = iter(ids)
        while chunk := list(islice(wanted, read.CHUNK)):
            with self._reading():
                found = [each.record for each in read.read_many(self._connection, kind, chunk)]
            yield from found

    def check(self) -> Iterator[Problem]:
        """Everything doubtful in the data."""
        with self._reading():
            found = list(check.problems(self._connection))
        yield from found
