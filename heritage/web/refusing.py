"""What Datasette cannot make sense of to a refusal, and not to a fault of the program.

An address may name a column that is not there, or hold half a JSON object.
Datasette answers several of these with 500 and a traceback in the terminal.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request
from datasette.views.base import DatasetteError

from heritage.web.attached import registry_of
from heritage.web.checking import fault
from heritage.web.compat import is_page_of_ours, shown_error
from heritage.web.limits import too_late, too_much
from heritage.web.replacing import ReplacedError, served, unavailable

_ASKED_AMISS = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_READONLY,
}
"""Results of SQLite that are the statement's fault, and not the file's or the machine's."""


def instead(datasette: Datasette, request: Request, exception: Exception) -> object:
    """What answers an exception in place of Datasette; None where Datasette does."""
    if isinstance(exception, ReplacedError):
        return unavailable()
    if isinstance(exception, MemoryError):
        # What others ask takes of the same memory; a page of ours asks for little.
        return too_late() if is_page_of_ours(datasette, _path(request)) else too_much()
    if _is_interrupted(exception) and is_page_of_ours(datasette, _path(request)):
        return too_late()
    if isinstance(exception, sqlite3.OperationalError):
        reason = _reason(datasette, request)
        if reason is not None:
            return unavailable(reason)
    refused = refusal(datasette, request, exception) if served(datasette).files else None
    return refused and shown_error(datasette, request, refused)


def refusal(datasette: Datasette, request: Request, exception: Exception) -> Exception | None:
    """What to answer in place of a fault, where whoever asked is at fault; None elsewhere.

    Faults of our own pages, of the file and of the machine stay what they are.
    """
    sentence = _sentence(exception)
    if sentence is None or is_page_of_ours(datasette, _path(request)):
        return None
    refused: Exception = DatasetteError(sentence, title="This cannot be asked", status=400)
    return refused


def _reason(datasette: Datasette, request: Request) -> str | None:
    """Why pages of ours cannot be made: `datasette` opens a file of any version."""
    database = registry_of(datasette)
    if database is None or not is_page_of_ours(datasette, _path(request)):
        return None
    return database.path and fault(Path(database.path))


def _path(request: Request) -> str:
    found: str = request.scope.get("route_path", request.path)
    return found


def _is_interrupted(exception: Exception) -> bool:
    return getattr(exception, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def _sentence(exception: Exception) -> str | None:
    if isinstance(exception, DatasetteError):
        return str(exception.message) if exception.status >= 500 else None
    if isinstance(exception, sqlite3.Error | sqlite3.Warning):
        code = getattr(exception, "sqlite_errorcode", None)
        return str(exception) if code is None or code & 0xFF in _ASKED_AMISS else None
    if isinstance(exception, QueryInterrupted):
        return "the query took too long"
    if isinstance(exception, ValueError | LookupError | TypeError | AssertionError):
        return f"a part of the address cannot be read ({exception})"
    return None
