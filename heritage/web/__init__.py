"""A registry to pages: the Datasette plugin, found by its entry point.

`datasette registry.db` shows the pages once this package is installed. They
are added to Datasette: its tables, facets, SQL and JSON stay where they were,
and its own home page is at `/-/`. With no registry among the open databases
the plugin stays out of the way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Datasette looks for hooks in this module while it is itself being imported. Whoever
# imports this module first would hand it over half-made, so nothing that imports
# Datasette's application may stand here above the hooks.
from datasette import hookimpl

from heritage.web.passwords import Login

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

__all__ = ["Login", "application", "serve"]


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Any]]:
    """The addresses of the pages; Datasette asks for them before it makes its own."""
    from heritage.web.compat import tell_no_paths
    from heritage.web.replacing import served
    from heritage.web.routes import ROUTES

    if served(datasette).files:
        tell_no_paths(datasette)
    return list(ROUTES)


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Let Datasette's search box find names in any spelling, and put limits on what is asked."""
    from heritage.web.attached import is_registry
    from heritage.web.cells import folded_query
    from heritage.web.limits import bound
    from heritage.web.private import is_private
    from heritage.web.replacing import check_connection

    attached = datasette.databases.get(database)
    if attached is not None and is_registry(attached.path):
        # Datasette calls this function on whatever is typed; last, so that ours is the one.
        conn.create_function("escape_fts", 1, folded_query)
        # Datasette's own connection for writing leaves them off.
        conn.execute("PRAGMA foreign_keys = ON")
        bound(conn)
        if is_private(datasette):
            conn.execute("PRAGMA query_only = ON")
        check_connection(datasette, database)


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Answer each request from one edition and within bounds, where a registry is open.

    What is private is guarded before anything else looks at the request.
    """
    from heritage.web.compat import queue_of, without_origin
    from heritage.web.limits import timely
    from heritage.web.preparing import prepared
    from heritage.web.private import guarded
    from heritage.web.replacing import served, whole
    from heritage.web.turns import at_once, in_turn

    def queue(scope: dict[str, Any]) -> str | None:
        return queue_of(datasette, scope)

    def wrapped(app: Any) -> Any:  # noqa: ANN401 - an ASGI application
        if not served(datasette).files:
            return app
        making = at_once(datasette.setting("num_sql_threads"))
        bounded = timely(in_turn(without_origin(datasette, app), queue, making))
        return prepared(datasette, guarded(datasette, whole(datasette, bounded)))

    return wrapped


@hookimpl
def skip_csrf(datasette: Datasette, scope: dict[str, Any]) -> bool:
    """Take the POST of other sites where it only reads: on the 0.65 line, which alone asks."""
    from heritage.web.compat import is_read_by_post

    return is_read_by_post(datasette, scope)


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Any, None]:
    """Say what cannot be asked, that there is no memory for it, or no edition to answer from.

    Datasette awaits every answer, its own too, which would print a traceback.
    """
    from heritage.web.refusing import instead

    outcome = yield
    answer = instead(datasette, request, exception)
    if answer is not None:
        outcome.force_result([answer])


@hookimpl
def render_cell(
    row: Any,  # noqa: ANN401 - a row of SQLite's or of Datasette's
    value: object,
    column: str,
    table: str,
    database: str,
    datasette: Datasette,
) -> object:
    """Link ids to their pages and put dates into words."""
    from heritage.web.attached import registry_of
    from heritage.web.cells import shown_cell

    if not value:
        return None
    registry = registry_of(datasette)
    if registry is None or registry.name != database:
        return None
    return shown_cell(datasette, registry, (table, column), value, row)


@hookimpl
def get_metadata(datasette: Datasette) -> dict[str, Any]:
    """Hide machinery from Datasette's lists: on the 0.65 line, which alone asks."""
    from heritage.web.hidden import metadata

    return metadata(datasette)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Hide machinery from Datasette's lists and give it questions: on the 1.0 line."""
    from heritage.web.hidden import configure
    from heritage.web.questions import store

    configure(datasette)
    return lambda: store(datasette)


@hookimpl
def canned_queries(datasette: Datasette, database: str) -> dict[str, Any]:
    """Questions that people bring: on the 0.65 line, which alone asks."""
    from heritage.web.questions import canned

    return canned(datasette, database)


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """A way back from Datasette's own pages."""
    from heritage.web.attached import registry_of

    if registry_of(datasette) is None:
        return []
    return [{"href": datasette.urls.path("/"), "label": "Heritage registry"}]


def application(
    path: Path | str, *, private: bool = False, login: Login | None = None
) -> Datasette:
    """Datasette with a public edition open, ready to be run or to be asked by a test.

    Args:
        path: The edition; with `private` a registry.
        private: Show a full registry to those who work on it, read-only.
        login: Who may read what is private; without one, requests to a loopback name.

    Raises:
        StoreError: The file is missing, busy, corrupt, another program's, older
            or newer than this version, or with `private` unset no public edition.
        UsageError: A public edition is for everyone, and takes no login.
    """
    from heritage.web.server import Access
    from heritage.web.server import application as made

    return made(Path(path), Access(private=private, login=login))


def serve(
    path: Path | str,
    host: str = "127.0.0.1",
    port: int = 8001,
    *,
    private: bool = False,
    login: Login | None = None,
    begun: Callable[[int], None] = lambda _port: None,
) -> None:
    """Show a public edition on the web until interrupted; prints nothing.

    Args:
        path: The edition; with `private` a registry.
        host: The address to listen on; a loopback address unless told otherwise.
        port: The port to listen on; 0 for any free one.
        private: Show a full registry to those who work on it, read-only.
        login: Who may read what is private; without one, only a loopback
            address is listened on.
        begun: Called with the port once it is listened on.

    Raises:
        StoreError: The file cannot be served; see `application`.
        UsageError: The address cannot be listened on, most often because
            another program does; or it is no loopback address, and what is
            private has no login.
    """
    from heritage.web.server import Access, run

    run(Path(path), port, Access(host=host, private=private, login=login), begun)
