"""Two lines of Datasette to one: what differs between 0.65 and the 1.0 alphas.

Everything else in this package is written once for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary, WeakSet

from datasette import handle_exception
from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, Request, Response

try:  # The 1.0 line names what a permission is asked about by a class of its own.
    from datasette.resources import DatabaseResource
except ImportError:  # The 0.65 line
    DatabaseResource = None

IS_V1 = DatabaseResource is not None
"""Whether this is the 1.0 line."""


async def require_view(datasette: Datasette, request: Request, database: str) -> None:
    """Refuse whoever Datasette would not show this database.

    Raises:
        Forbidden: Datasette answers it with its own page or login.
    """
    if DatabaseResource is None:
        visible, _ = await datasette.check_visibility(
            request.actor, permissions=[("view-database", database), "view-instance"]
        )
    else:
        visible = await datasette.allowed(
            action="view-database", resource=DatabaseResource(database), actor=request.actor
        )
    if not visible:
        raise Forbidden(f"You do not have permission to view {database}")


def query_address(datasette: Datasette, database: str, sql: str, **values: object) -> str:
    """The address at which Datasette runs some SQL and shows it for editing."""
    query = urlencode({"sql": sql, **values})
    path = "" if DatabaseResource is None else "/-/query"
    return f"{datasette.urls.database(database)}{path}?{query}"


def own_routes(datasette: Datasette) -> Iterator[tuple[Any, Any]]:
    """The addresses of Datasette and other plugins: patterns, each with its view."""
    for pattern, view in datasette._routes():  # noqa: SLF001 - neither line has a public list
        if not _is_ours(view):
            yield pattern, view


def is_page_of_ours(datasette: Datasette, path: str) -> bool:
    """Whether this plugin answers an address."""
    routes = _ROUTES.get(datasette)
    if routes is None:
        # Datasette asks every plugin for them each time, which costs as much as an answer.
        routes = _ROUTES[datasette] = [
            (pattern, _is_ours(view))
            for pattern, view in datasette._routes()  # noqa: SLF001 - as above
            if hasattr(pattern, "match")
        ]
    return next((is_ours for pattern, is_ours in routes if pattern.match(path)), False)


def queue_of(datasette: Datasette, scope: Mapping[str, Any]) -> str | None:
    """Where a request waits for its turn; None where it need not.

    A page of a record takes little, whatever is asked. A search may have to look
    for near spellings, and Datasette's own pages answer whatever SQL is typed.
    """
    path = str(scope.get("path", "/"))
    base = datasette.setting("base_url")
    path = path[len(base) - 1 :] if path.startswith(base) else path
    if path.startswith("/-/static"):
        return None
    if not is_page_of_ours(datasette, path):
        return "datasette"
    return "search" if path.startswith(("/search", "/reconcile")) else None


_ROUTES: WeakKeyDictionary[Datasette, list[tuple[Any, bool]]] = WeakKeyDictionary()
"""The addresses of each Datasette, with whether they are ours."""


def _is_ours(view: object) -> bool:
    return getattr(view, "__module__", "").startswith("heritage.web")


async def pass_on(
    datasette: Datasette,
    request: Request,
    send: Any,  # noqa: ANN401 - what ASGI hands over
    path: str,
) -> Response | None:
    """Answer as Datasette would if this plugin were not there."""
    for pattern, view in own_routes(datasette):
        match = pattern.match(path) if hasattr(pattern, "match") else None
        if match:
            request.scope = dict(request.scope, url_route={"kwargs": match.groupdict()})
            return await view(request, send)
    return None


def keep_terminal_quiet() -> None:
    """Let no traceback of an answer such as 404 reach the terminal.

    Where the package `rich` happens to be installed, both lines print every
    exception that a page answers, and all that its functions held, whatever the
    answer is. There is no setting for it. Faults of the program are printed
    without `rich` too, and stay.
    """
    handle_exception.rich = None


def shown_error(datasette: Datasette, request: Request, exception: Exception) -> object:
    """Datasette's own answer to an exception, as its hook gives it: to be called and awaited."""
    answer: object = handle_exception.handle_exception(datasette, request, exception)
    return answer


def tell_no_paths(datasette: Datasette) -> None:
    """Let Datasette's pages about itself say what is open, and not where it lies.

    Both lines show the path of each database to everybody, and the 0.65 line the
    tasks of the program with the paths of its modules.
    """
    databases, threads = datasette._connected_databases, datasette._threads  # noqa: SLF001

    def named() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = databases()
        return [each | {"path": each["path"] and Path(each["path"]).name} for each in found]

    def without_tasks() -> dict[str, Any]:
        return {name: told for name, told in threads().items() if name != "tasks"}

    if datasette not in _TOLD:
        _TOLD.add(datasette)
        datasette._connected_databases, datasette._threads = named, without_tasks  # noqa: SLF001


_TOLD: WeakSet[Datasette] = WeakSet()


def is_read_by_post(datasette: Datasette, scope: Mapping[str, Any]) -> bool:
    """Whether a request asks an address whose POST only reads, as OpenRefine does."""
    base = datasette.setting("base_url").rstrip("/")
    path = str(scope.get("path", "")).removeprefix(base).rstrip("/")
    return path == "/reconcile"


def without_origin(
    datasette: Datasette,
    application: Any,  # noqa: ANN401 - an ASGI application
) -> Any:  # noqa: ANN401
    """The same application, which takes the POST of other sites where it only reads.

    The 1.0 line refuses what a browser sends from another site, by these
    headers. Whoever asks so is nobody: cookies are taken away as well.
    """
    telling = (b"origin", b"sec-fetch-site", b"cookie")

    async def answered(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
        if scope["type"] == "http" and is_read_by_post(datasette, scope):
            kept = [pair for pair in scope.get("headers") or () if pair[0].lower() not in telling]
            scope = {**scope, "headers": kept}
        await application(scope, receive, send)

    return answered
