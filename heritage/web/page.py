"""What a page found to what it sends: HTML through a template, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from weakref import WeakKeyDictionary

import attrs
import datasette_leaflet
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Request, Response

from heritage.web import compat, headers
from heritage.web.citing import Citation
from heritage.web.linked import Linked
from heritage.web.queries import Row
from heritage.web.rendering import rendered
from heritage.web.spreadsheet import as_csv
from heritage.web.windows import listed
from heritage.web.words import LANGUAGES, Words, direction, shown, web_address

PLUGIN = "heritage"
"""Our name in the configuration of plugins."""

DISTRIBUTION = "heritage-registry"
"""The name under which Datasette serves our static files."""

FORMS = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "bib": "application/x-bibtex",
}
"""The forms in which an address can ask for its page, beside HTML, each with its media type."""

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
    address: str | None = None
    """The path under which the page stays; None for what has none, such as a search."""
    title: str = ""
    """What the page is called where it is cited."""
    logged: str | None = None
    """The id of the record that the page is of, where the log tells of it."""
    linked: Linked | None = None
    """What the page is, in schema.org's terms."""
    shape: Mapping[str, Any] | None = None
    """Where it is, as GeoJSON."""
    cells: Sequence[Mapping[str, Any]] | None = None
    """Its rows for a spreadsheet."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which this page can be had, beside HTML."""
        shape = ("geojson",) if self.shape is not None else ()
        table = ("csv",) if self.cells is not None else ()
        return ("json", *shape, *table, *(("csl.json", "bib") if self.address else ()))


@attrs.frozen
class Visit:
    """One request to one registry, and how to write addresses for it."""

    datasette: Datasette
    request: Request
    database: Database
    words: Words
    origin: str
    """How absolute addresses begin: scheme, host and port."""

    @classmethod
    def of(cls, datasette: Datasette, request: Request, database: Database) -> Visit:
        """The visit of a request; an unknown language is English."""
        language = request.args.get("lang")
        words = Words(language if language in LANGUAGES else "en")
        return cls(datasette, request, database, words, origin_of(datasette, request))

    _base: str = attrs.field(init=False)

    @_base.default
    def _find_base(self) -> str:
        # Datasette's own text for an address is slow to join, and pages hold thousands.
        base: str = self.datasette.setting("base_url")
        return base.rstrip("/")

    def link(self, path: str, **query: object) -> str:
        """The address of a page of ours, in the language of the visit."""
        if self.words.language != "en":
            query["lang"] = self.words.language
        address = f"{self._base}{path}"
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

    def absolute(self, path: str) -> str:
        """The permanent address of a page of ours, with its host and in no language."""
        return f"{self.origin}{self.datasette.urls.path(path)}"

    def cited(self, page: Page) -> Citation | None:
        """How a page is cited; None where it has no address that stays."""
        if page.address is None:
            return None
        moment = page.as_of["at"] if page.as_of else None
        return Citation(
            title=page.title,
            registry=self.words("title"),
            url=self.absolute(page.address),
            moment=moment,
        )

    def here(self, *, language: str | None = None, form: str | None = None) -> str:
        """The address of this page in another language or form."""
        path = unquote(self.request.scope.get("route_path", self.request.path))
        asked = self.request.url_vars.get("form")
        path = quote(path.removesuffix(f".{asked}") if asked else path, safe="/:~")
        query = [pair for pair in parse_qsl(self.request.query_string) if pair[0] != "lang"]
        wanted = self.words.language if language is None else language
        if wanted != "en":
            query.append(("lang", wanted))
        if form:
            path = "/-/heritage.json" if path == "/" else f"{path}.{form}"
        address: str = self.datasette.urls.path(path)
        return address + (f"?{urlencode(query)}" if query else "")


def origin_of(datasette: Datasette, request: Request) -> str:
    """How the absolute addresses begin that a request is told; harmless in any form."""
    parts = urlsplit(datasette.absolute_url(request, "/"))
    return f"{parts.scheme}://{quote(parts.netloc, safe=':[]')}"


def leaflet(datasette: Datasette) -> dict[str, str]:
    """Addresses of Leaflet's own files, as the package that ships them names them."""
    return {
        "js": datasette.urls.static_plugins("datasette-leaflet", datasette_leaflet.JS_FILE),
        "css": datasette.urls.static_plugins("datasette-leaflet", datasette_leaflet.CSS_FILE),
    }


_TILES: WeakKeyDictionary[Datasette, dict[str, str]] = WeakKeyDictionary()


def tiles(datasette: Datasette) -> dict[str, str]:
    """The tile server that the configuration names; empty where it names none."""
    known = _TILES.get(datasette)
    if known is None:
        # Datasette puts all its configuration together for each question about it.
        config = datasette.plugin_config(PLUGIN) or {}
        url = web_address(config.get("tile_url"))
        credit = str(config.get("tile_attribution") or "")
        known = _TILES[datasette] = {"url": url, "credit": credit} if url else {}
    return known


def sent(visit: Visit, page: Page, form: str | None) -> Response:
    """The page in one of its forms; as HTML where none is named."""
    if form is None:
        return html(visit, page)
    if form == "json":
        return as_json(visit, page)
    if form == "csv":
        sent_as = f"{FORMS[form]}; charset=utf-8"
        body = as_csv(page.cells or ())
        return Response(body, page.status, headers.secured(), content_type=sent_as)
    cited = visit.cited(page)
    if form == "bib" and cited:
        sent_as = f"{FORMS[form]}; charset=utf-8"
        return Response(cited.bibtex(), headers=headers.secured(), content_type=sent_as)
    return _data(visit, page, page.shape if form == "geojson" else cited and cited.csl(), form)


def _data(visit: Visit, page: Page, body: object, form: str) -> Response:
    """Something as JSON; to be read by other sites too where Datasette allows it."""
    shared = {"access-control-allow-origin": "*"} if visit.datasette.cors else {}
    return Response(
        json.dumps(body, ensure_ascii=False, default=str),
        status=page.status,
        headers={**headers.secured(), **shared},
        content_type=f"{FORMS[form]}; charset=utf-8",
    )


def html(visit: Visit, page: Page) -> Response:
    """The page as HTML, with headers that say what it may load and what else there is."""
    alternates = [
        {"form": form, "href": visit.here(form=form), "type": FORMS[form]} for form in page.forms
    ]
    cited = visit.cited(page)
    body = rendered(
        visit.datasette, page.template, {**_context(visit, page, cited), "alternates": alternates}
    )
    sent_with = headers.secured(tiles(visit.datasette).get("url"))
    sent_with["link"] = headers.links(cited.url if cited else None, alternates)
    return Response.html(body, status=page.status, headers=sent_with)


def _context(visit: Visit, page: Page, cited: Citation | None) -> dict[str, Any]:
    """Everything that a template may name."""
    other = next(code for code in LANGUAGES if code != visit.words.language)
    return {
        "w": visit.words,
        "link": visit.link,
        "table": visit.table,
        "query": "",
        "logged": page.logged,
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
        "is_private": not (page.as_of and page.as_of["is_edition"]),
        "other_language": other,
        "here_other": visit.here(language=other),
        "here_json": visit.here(form="json"),
        "cited": cited,
        "linked": page.linked(visit.absolute) if page.linked else None,
        "rows_address": page.rows(visit.datasette, visit.database.name) if page.rows else None,
        "datasette_home": visit.datasette.urls.path("/-/"),
        "database_home": visit.datasette.urls.database(visit.database.name),
        **page.found,
        **page.context,
    }


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
    """The page as JSON: what was found, as of when, and how it is cited."""
    body = {"as_of": page.as_of["at"] if page.as_of else None}
    body |= {key: plain(value) for key, value in page.found.items()}
    if cited := visit.cited(page):
        body["citation"] = {"text": cited.text(visit.words), "url": cited.url}
    return _data(visit, page, body, "json")
