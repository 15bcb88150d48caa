"""What a page found to what it sends: HTML through a template, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import attrs
import datasette_leaflet
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Request, Response

from heritage.web import compat
from heritage.web.queries import Row
from heritage.web.rendering import rendered
from heritage.web.windows import listed
from heritage.web.words import LANGUAGES, Words, direction, shown, web_address

PLUGIN = "heritage"
"""Our name in the configuration of plugins."""

DISTRIBUTION = "heritage-registry"
"""The name under which Datasette serves our static files."""

FORMS = ("json",)
"""The forms in which an address can ask for its page, beside HTML."""

_INTERNAL = ("search_text", "change", "is_null_island")
_JSON_COLUMNS = ("countries", "criteria")


@cache
def version() -> str:
    """Our version, which tells browsers when the static files are new."""
    return metadata.version(DISTRIBUTION)


@attrs.frozen(kw_only=True)
class Page:
    """An answer, before it is known in which form it is wanted."""

    template: str
    found: Mapping[str, Any]
    """What JSON shows: rows as they stand in the registry."""
    context: Mapping[str, Any] = attrs.field(factory=dict)
    """What the template needs beside it."""
    as_of: Row | None = None
    rows: Callable[[Datasette, str], str] | None = None
    """The address of the rows behind the page."""
    status: int = 200

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which this page can be had, beside HTML."""
        return ("json",)


@attrs.frozen
class Visit:
    """One request to one registry, and how to write addresses for it."""

    datasette: Datasette
    request: Request
    database: Database
    words: Words

    @classmethod
    def of(cls, datasette: Datasette, request: Request, database: Database) -> Visit:
        """The visit of a request; an unknown language is English."""
        language = request.args.get("lang")
        return cls(datasette, request, database, Words(language if language in LANGUAGES else "en"))

    def link(self, path: str, **query: object) -> str:
        """The address of a page of ours, in the language of the visit."""
        if self.words.language != "en":
            query["lang"] = self.words.language
        address: str = self.datasette.urls.path(path)
        return address + (f"?{urlencode(query)}" if query else "")

    def moved(self, path: str, form: str | None) -> str:
        """The address of another page, in the form and with the words of this one."""
        address: str = self.datasette.urls.path(f"{path}.{form}" if form else path)
        query = self.request.query_string
        return f"{address}?{query}" if query else address

    def table(self, name: str, **query: object) -> str:
        """The address of Datasette's own page of a table, filtered by columns."""
        address: str = self.datasette.urls.table(self.database.name, name)
        return address + (f"?{urlencode(query)}" if query else "")

    def sql(self, sql: str, **values: object) -> str:
        """The address of Datasette's own page of a query."""
        return compat.query_address(self.datasette, self.database.name, sql, **values)

    def static(self, path: str) -> str:
        """The address of a static file of ours."""
        found: str = self.datasette.urls.static_plugins(DISTRIBUTION, path)
        return f"{found}?v={version()}"

    def here(self, *, language: str | None = None, json: bool = False) -> str:
        """The address of this page in another language or form."""
        path = unquote(self.request.scope.get("route_path", self.request.path))
        path = quote(path.removesuffix(".json"), safe="/:~")
        query = [pair for pair in parse_qsl(self.request.query_string) if pair[0] != "lang"]
        wanted = self.words.language if language is None else language
        if wanted != "en":
            query.append(("lang", wanted))
        if json:
            path = "/-/heritage.json" if path == "/" else f"{path}.json"
        address: str = self.datasette.urls.path(path)
        return address + (f"?{urlencode(query)}" if query else "")


def leaflet(datasette: Datasette) -> dict[str, str]:
    """Addresses of Leaflet's own files, as the package that ships them names them."""
    return {
        "js": datasette.urls.static_plugins("datasette-leaflet", datasette_leaflet.JS_FILE),
        "css": datasette.urls.static_plugins("datasette-leaflet", datasette_leaflet.CSS_FILE),
    }


def tiles(datasette: Datasette) -> dict[str, str]:
    """The tile server that the configuration names; empty where it names none."""
    config = datasette.plugin_config(PLUGIN) or {}
    url = web_address(config.get("tile_url"))
    return {"url": url, "credit": str(config.get("tile_attribution") or "")} if url else {}


def sent(visit: Visit, page: Page, form: str | None) -> Response:
    """The page in one of its forms; as HTML where none is named."""
    return as_json(visit, page) if form == "json" else html(visit, page)


def html(visit: Visit, page: Page) -> Response:
    """The page as HTML."""
    other = next(code for code in LANGUAGES if code != visit.words.language)
    context = {
        "w": visit.words,
        "link": visit.link,
        "table": visit.table,
        "query": "",
        "search_address": visit.datasette.urls.path("/search"),
        "static": visit.static,
        "sql": visit.sql,
        "leaflet": leaflet(visit.datasette),
        "tiles": tiles(visit.datasette),
        "shown": shown,
        "direction": direction,
        "web_address": web_address,
        "listed": listed,
        "as_of": page.as_of,
        "other_language": other,
        "here_other": visit.here(language=other),
        "here_json": visit.here(json=True),
        "rows_address": page.rows(visit.datasette, visit.database.name) if page.rows else None,
        "datasette_home": visit.datasette.urls.path("/-/"),
        "database_home": visit.datasette.urls.database(visit.database.name),
        **page.found,
        **page.context,
    }
    return Response.html(rendered(visit.datasette, page.template, context), status=page.status)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a page found
    """What a page found as JSON shows it: arrays as arrays, and no column of our own."""
    if isinstance(value, Mapping):
        return {
            key: listed(entry) if key in _JSON_COLUMNS else plain(entry)
            for key, entry in value.items()
            if key not in _INTERNAL
        }
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def as_json(visit: Visit, page: Page) -> Response:
    """The page as JSON: what was found, and as of when."""
    body = {"as_of": page.as_of["at"] if page.as_of else None, **plain(page.found)}
    headers = {"access-control-allow-origin": "*"} if visit.datasette.cors else {}
    return Response(
        json.dumps(body, ensure_ascii=False, default=str),
        status=page.status,
        headers=headers,
        content_type="application/json; charset=utf-8",
    )
