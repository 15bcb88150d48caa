"""Requests of OpenRefine to answers: the Reconciliation Service API, version 0.2.

https://reconciliation-api.github.io/specs/0.2/ is what is answered here. A POST
only reads; nothing here writes, and cookies play no part.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.errors import RecordNotFoundError, UsageError
from heritage.store.read import resolve_any
from heritage.web import compat, headers, matching
from heritage.web.answering import View, path_of, visit_of
from heritage.web.attached import read
from heritage.web.extending import PROPERTIES, extended
from heritage.web.page import Visit, version
from heritage.web.queries import of_search
from heritage.web.queries.of_spelling import Spelling
from heritage.web.rendering import rendered
from heritage.web.words import shown

PATH = "/reconcile"

BATCH = 50
"""Queries of one request."""

LIMIT = 25
"""Candidates of one query."""

BODY = 1_000_000
"""Bytes of one request."""

LONGEST = 300
"""Characters of one name."""

TYPES = {"site": "Heritage site", "event": "Event", "source": "Source"}

SHARED = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "content-type",
    "x-content-type-options": "nosniff",
}
"""What lets pages of any other site read the answers, as the specification wants."""

Plain = dict[str, Any]


class RefusedRequestError(UsageError):
    """A request that cannot be answered, with a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def manifest(visit: Visit) -> Plain:
    """What the service is and can do."""
    here = visit.absolute(PATH).rstrip("/")

    def at(path: str) -> Plain:
        return {"service_url": here, "service_path": path}

    return {
        "versions": ["0.2"],
        "name": visit.words("title"),
        "identifierSpace": visit.absolute("/"),
        "schemaSpace": "https://schema.org/Thing",
        "serviceVersion": version(),
        "defaultTypes": [{"id": id, "name": name} for id, name in TYPES.items()],
        "documentation": visit.absolute("/about"),
        "view": {"url": f"{here}/view/{{{{id}}}}"},
        "preview": {"url": f"{here}/preview/{{{{id}}}}", "width": 400, "height": 160},
        "suggest": {name: at(f"/suggest/{name}") for name in ("entity", "property", "type")},
        "extend": {"propose_properties": at("/properties"), "property_settings": []},
        "batchSize": BATCH,
    }


def _json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    kind = "application/json; charset=utf-8"
    return Response(text, status=status, headers=SHARED, content_type=kind)


async def _given(request: Request) -> Mapping[str, str]:
    """The fields of a request: of a form that was posted, else of the address."""
    if request.method != "POST":
        return {name: request.args[name] for name in request.args}
    body, more = b"", True
    while more:
        message = await request.receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY:
            raise RefusedRequestError(413, f"A request may hold {BODY} bytes.")
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
    return {name: values[0] for name, values in fields.items()}


def _loaded(text: str, what: str) -> Plain:
    try:
        found = json.loads(text)
        # Half a character, which JSON can escape, is in no answer.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RefusedRequestError(400, f"{what} is no JSON.") from None
    if not isinstance(found, dict):
        raise RefusedRequestError(400, f"{what} is no JSON object.")
    return found


def reconciled(connection: sqlite3.Connection, batch: Plain) -> Plain:
    """The candidates for each query of a batch.

    Raises:
        RefusedRequestError: The batch is too large, or a query is none.
    """
    if len(batch) > BATCH:
        raise RefusedRequestError(413, f"A batch may hold {BATCH} queries.")
    spelling = Spelling(connection)
    return {key: {"result": _candidates(spelling, query)} for key, query in batch.items()}


def _candidates(spelling: Spelling, query: Any) -> list[Plain]:  # noqa: ANN401 - JSON
    if not isinstance(query, dict):
        raise RefusedRequestError(400, "A query is an object.")
    text, types, limit = query.get("query", ""), query.get("type", []), query.get("limit", 10)
    properties = query.get("properties", [])
    if not isinstance(text, str) or not isinstance(properties, list) or not (text or properties):
        raise RefusedRequestError(400, "A query has a text `query` or a list `properties`.")
    kinds = [types] if isinstance(types, str) else types
    if not isinstance(kinds, list) or isinstance(limit, bool) or not isinstance(limit, int | float):
        raise RefusedRequestError(400, "`type` is a text or a list of texts, `limit` a number.")
    kinds = [kind.get("id") if isinstance(kind, dict) else kind for kind in kinds]
    wanted = [kind for kind in kinds if isinstance(kind, str) and kind in TYPES]
    if kinds and not wanted:
        return []
    hints = [hint for each in properties for hint in _hint(each)]
    most = int(max(1, min(limit, LIMIT)))
    found = matching.candidates(spelling, text[:LONGEST], wanted, hints, most)
    return [
        {
            "id": _id(spelling.connection, each.kind, each.id),
            "name": shown(each.name),
            "description": shown(each.description),
            "score": each.score,
            "match": each.match,
            "type": [{"id": each.kind, "name": TYPES[each.kind]}],
        }
        for each in found
    ]


def _hint(given: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - JSON
    if not isinstance(given, dict) or not isinstance(given.get("pid"), str):
        raise RefusedRequestError(400, "A property is an object with `pid` and `v`.")
    values = given.get("v")
    value = values[0] if isinstance(values, list) and values else values
    if isinstance(value, dict):
        value = value.get("id")
    return [] if value in (None, "", []) else [(given["pid"][:LONGEST], str(value)[:LONGEST])]


def _id(connection: sqlite3.Connection, kind: str, id: str) -> str:
    """The id of a record; with its kind before it where another kind has the same id."""
    try:
        first, _ = resolve_any(connection, list(TYPES), id)
    except RecordNotFoundError:
        return id
    return id if first == kind else f"{kind}:{id}"


def _record(connection: sqlite3.Connection, id: str) -> tuple[str, str]:
    """The kind and the current id of what an answer of ours called by some id.

    Raises:
        RefusedRequestError: There is none.
    """
    kind, _, rest = id.partition(":")
    try:
        if kind in TYPES and rest:
            return resolve_any(connection, [kind], rest)
        return resolve_any(connection, list(TYPES), id)
    except RecordNotFoundError:
        raise RefusedRequestError(404, f"{id[:LONGEST]} is not in this registry.") from None


@attrs.frozen
class Call:
    """One request: who asks, of what, and the fields that were given."""

    connection: sqlite3.Connection
    visit: Visit
    given: Mapping[str, str]


Answer = Callable[[Call], object]
"""What answers a call: with a response, or with what is to be sent as JSON."""


def _service(call: Call) -> object:
    if "queries" in call.given:
        return reconciled(call.connection, _loaded(call.given["queries"], "`queries`"))
    if "extend" in call.given:
        wanted = _loaded(call.given["extend"], "`extend`")
        asked = wanted.get("ids")
        ids = [id for id in asked if isinstance(id, str)] if isinstance(asked, list) else []
        if len(ids) > 10 * BATCH:
            raise RefusedRequestError(413, f"{10 * BATCH} records can be extended at once.")
        known: dict[str, tuple[str, str] | None] = {}
        for id in ids:
            try:
                known[id] = _record(call.connection, id)
            except RefusedRequestError:
                known[id] = None
        return extended(call.connection, known, wanted.get("properties", []))
    if call.visit.request.method == "POST":
        raise RefusedRequestError(400, "A POST has a field `queries` or `extend`.")
    return manifest(call.visit)


def _suggested(call: Call) -> object:
    prefix, what = call.given.get("prefix", "")[:LONGEST], call.visit.request.url_vars["what"]
    if what == "type":
        return {"result": _named(prefix, TYPES)}
    if what == "property":
        names = {id: each.name for id, each in PROPERTIES.items()}
        return {"result": _named(prefix, names)}
    found = matching.candidates(Spelling(call.connection), prefix, (), (), LIMIT)
    return {
        "result": [
            {
                "id": _id(call.connection, each.kind, each.id),
                "name": shown(each.name),
                "description": shown(each.description),
                "notable": [{"id": each.kind, "name": TYPES[each.kind]}],
            }
            for each in found
        ]
    }


def _named(prefix: str, names: Mapping[str, str]) -> list[Plain]:
    wanted = prefix.casefold()
    return [
        {"id": id, "name": name}
        for id, name in names.items()
        if wanted in id.casefold() or wanted in name.casefold()
    ]


def _proposed(call: Call) -> object:
    kind = call.given.get("type", "site")
    proposed = [
        {"id": id, "name": each.name} for id, each in PROPERTIES.items() if kind in each.sql
    ]
    limit = call.given.get("limit", "")
    most = int(limit) if limit.isdecimal() and len(limit) < 5 else len(proposed)
    return {"type": kind, "limit": most, "properties": proposed[:most]}


def _viewed(call: Call) -> object:
    kind, id = _record(call.connection, unquote(call.visit.request.url_vars["id"]))
    return Response.redirect(call.visit.link(f"/{matching.KINDS[kind]}/{id}"))


def _previewed(call: Call) -> object:
    kind, id = _record(call.connection, unquote(call.visit.request.url_vars["id"]))
    rows = of_search.labelled(call.connection, matching.KINDS[kind], [id])
    names = of_search.names_found(call.connection, [id])[id] if kind == "site" else []
    told = {
        "w": call.visit.words,
        "row": rows[0],
        "kind": TYPES[kind],
        "kind_of_site": rows[0].get("kind"),
        "names": names[:8],
        "shown": shown,
        "link": call.visit.absolute(f"/{matching.KINDS[kind]}/{id}"),
        "style": call.visit.static("heritage.css"),
    }
    page = rendered(call.visit.datasette, "preview", told)
    policy = headers.policy().replace("frame-ancestors 'self'", "frame-ancestors *")
    return Response.html(page, headers={**SHARED, "content-security-policy": policy})


def _answering(answer: Answer) -> View:
    async def answered(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
        if request.method == "OPTIONS":
            return Response("", status=204, headers=SHARED)
        visit = await visit_of(datasette, request)
        if visit is None:
            return await compat.pass_on(datasette, request, send, path_of(request))
        try:
            given = await _given(request)
            found = await read(
                datasette, visit.database, lambda connection: answer(Call(connection, visit, given))
            )
        except RefusedRequestError as refused:
            return _json({"error": str(refused)}, refused.status)
        except ValueError:
            return _json({"error": "The fields cannot be read."}, 400)
        return found if isinstance(found, Response) else _json(found)

    return answered


def is_service(path: str) -> bool:
    """Whether a path below that of Datasette is one of ours; they only read."""
    return path == PATH or path.startswith(f"{PATH}/")


ROUTES: list[tuple[str, View]] = [
    (rf"{PATH}/?$", _answering(_service)),
    (rf"{PATH}/suggest/(?P<what>entity|property|type)$", _answering(_suggested)),
    (rf"{PATH}/properties$", _answering(_proposed)),
    (rf"{PATH}/view/(?P<id>[^/]+)$", _answering(_viewed)),
    (rf"{PATH}/preview/(?P<id>[^/]+)$", _answering(_previewed)),
]
"""Patterns of addresses, each with what answers them."""
