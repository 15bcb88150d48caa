"""Every question that can be asked of a server: by address, by form and by what is sent."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import attrs

from heritage.web.asked import APPLY
from heritage.web.extending import PROPERTIES
from heritage.web.page import FORMS
from heritage.web.questions import QUESTIONS

ROOMS: Final = ("sites", "events", "sources", "actors")
ENDINGS: Final = ("", *(f".{form}" for form in FORMS))


@attrs.frozen
class Question:
    """One request: an address, and for a POST the form that is sent to it."""

    address: str
    sent: str | None = None

    @property
    def path(self) -> str:
        """The address without what follows its question mark."""
        return self.address.partition("?")[0]


def ask(path: str, **query: object) -> Question:
    """A question with some words after its question mark."""
    return Question(f"{path}?{urlencode(query)}" if query else path)


def send(path: str, **fields: object) -> Question:
    """A question whose fields are posted, each as JSON."""
    return Question(path, urlencode({name: json.dumps(each) for name, each in fields.items()}))


def rows_of(path: Path, sql: str) -> list[tuple[str, ...]]:
    """What some SQL finds in a file, read without our code."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def ours(path: Path) -> Iterator[Question]:
    """Every page of this package on what an edition holds, in every form."""
    for address in ("/", "/?lang=ar", "/-/heritage.json", "/-/", "/sites", "/events", "/sources"):
        yield Question(address)
    for room in ROOMS:
        for (id,) in rows_of(path, f"SELECT id FROM {room}"):
            for ending in ENDINGS:
                yield Question(f"/{room}/{quote(id, safe='')}{ending}")
            yield ask(f"/{room}/{quote(id, safe='')}", lang="ar")
            yield ask("/changes", record=id)
    for day in ("2015-09-01", "nonsense", "'"):
        yield ask("/sites/temple", on=day)
        yield ask("/sites/temple.json", on=day)
    yield from _of_the_log(path)
    yield from _of_terms(path)
    for ending in ENDINGS:
        yield Question(f"/about{ending}")
    for text in ("temple", "tomb", "qx", "person", "٣٨", "38.12", "%", "' or 1=1 --", ""):
        yield from searching(text)
    yield from _filters()
    ids = [id for room in ROOMS for (id,) in rows_of(path, f"SELECT id FROM {room}")]
    yield from _of_the_service(ids)


def _of_the_log(path: Path) -> Iterator[Question]:
    yield Question("/changes.atom")
    for ending in ENDINGS:
        yield Question(f"/changes{ending}")
        for (id,) in rows_of(path, "SELECT id FROM changes"):
            yield Question(f"/changes/{id}{ending}")
    yield ask("/changes", before=2)
    yield ask("/changes/1", after=3)


def _of_terms(path: Path) -> Iterator[Question]:
    terms = rows_of(path, "SELECT vocabulary, min(code) FROM terms GROUP BY vocabulary")
    for ending in ENDINGS:
        yield Question(f"/terms{ending}")
        for vocabulary, code in terms:
            yield Question(f"/terms/{vocabulary}{ending}")
            yield Question(f"/terms/{vocabulary}/{code}{ending}")


def searching(text: str) -> Iterator[Question]:
    """Every list, narrowed to a text."""
    for ending, kind in itertools.product(("", ".json", ".geojson", ".csv"), ("", *APPLY)):
        yield ask(f"/search{ending}", q=text, **({"kind": kind} if kind else {}))


def _filters() -> Iterator[Question]:
    given = {
        "q": "temple", "country": "SY", "register": "national", "cause": "explosives",
        "severity": "destroyed", "status": "agreed", "during": "2015", "within": "38,34,39,35",
    }  # fmt: skip
    for kind, names in APPLY.items():
        for name in names:
            for ending in ("", ".json", ".csv"):
                yield ask(f"/search{ending}", kind=kind, **{name: given[name]})
                yield ask(f"/search{ending}", kind=kind, **{name: "'nonsense"})
        yield ask("/search", kind=kind, page=2)


def _of_the_service(ids: Sequence[str]) -> Iterator[Question]:
    yield Question("/reconcile")
    yield ask("/reconcile", queries="{")
    yield send("/reconcile", queries=5)
    properties = [{"id": id} for id in PROPERTIES]
    yield send("/reconcile", extend={"ids": list(ids), "properties": properties})
    for id in ids:
        yield Question(f"/reconcile/view/{quote(id, safe='')}")
        yield Question(f"/reconcile/preview/{quote(id, safe='')}")
    for kind in ("site", "event", "source", "nonsense"):
        yield ask("/reconcile/properties", type=kind)
    for text in ("temple", "tomb", "qx", "news", "source", ""):
        yield from matching(text)


def matching(text: str) -> Iterator[Question]:
    """Every way in which the reconciliation service is asked for a name."""
    hints = [{"pid": id, "v": text} for id in PROPERTIES]
    for kind in ("site", "event", "source"):
        query = {"query": text or "temple", "type": kind, "limit": 25, "properties": hints}
        yield send("/reconcile", queries={"q0": query, "q1": {"query": text or "-"}})
    yield ask("/reconcile", queries=json.dumps({"q0": {"query": text or "-"}}))
    for what in ("entity", "property", "type"):
        yield ask(f"/reconcile/suggest/{what}", prefix=text)


@cache
def tables(path: Path) -> dict[str, list[str]]:
    """Every table and view of a file with its columns; they are asked for once."""
    names = rows_of(path, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return {
        name: [column for _, column, *_ in rows_of(path, f"PRAGMA table_info([{name}])")]
        for (name,) in names
    }


def datasettes(path: Path, patterns: Sequence[str]) -> Iterator[Question]:
    """Every address of Datasette's own, and its tables, rows and queries in every form."""
    base = f"/{path.stem}"
    for name, columns in tables(path).items():
        yield ask(f"{base}/{quote(name, safe='_')}.json", _shape="objects", _size="max")
        is_machinery = name.startswith(("_", "places", "sqlite", "terms")) or "_fts" in name
        if not is_machinery:
            yield from _of_a_table(f"{base}/{quote(name, safe='_')}", columns)
    yield from _of_sql(base)
    for each in QUESTIONS:
        for ending in ("", ".json", ".csv"):
            yield ask(f"{base}/{each.name}{ending}", year="2015")
            yield ask(f"{base}/{each.name}{ending}", year="' union select * from history --")
    yield ask(f"{base}/changes/1.blob", _blob_column="salt")
    values = _values(path)
    for pattern in patterns:
        yield from map(Question, filled(pattern, values))
        if "/-/" in pattern:
            yield from (Question(address, "{}") for address in filled(pattern, values))


def _of_a_table(table: str, columns: Sequence[str]) -> Iterator[Question]:
    first, last = columns[0], columns[-1]
    yield ask(f"{table}.csv", _size="max")
    yield ask(f"{table}.csv", _stream="on", _labels="on")
    yield ask(table, _size="max")
    for each in ("arrays", "array", "object", "arrayfirst"):
        yield ask(f"{table}.json", _shape=each, _labels="on")
    yield ask(f"{table}.json", _nl="on", _shape="array")
    yield ask(f"{table}.json", _facet=[first, last])
    yield ask(f"{table}.json", _facet_array=last, _facet_date=last, _facet_size="max")
    yield ask(f"{table}.json", _extra="count,columns,query,facet_results,suggested_facets,request")
    yield ask(f"{table}.json", _sort=first)
    yield ask(table, _sort_desc=last, _facet=first)
    yield ask(table, _search="qx*", _searchmode="raw")
    yield ask(f"{table}.json", _search="qx*", _searchmode="raw")
    yield ask(f"{table}.json", **{f"{first}__startswith": "q"})
    yield ask(f"{table}.json", _col=first, _json=last)
    wrong = {"_sort": "nonsense", "_facet": "nonsense", "_through": "{", "_next": "qx"}
    wrong |= {"_where": "id in (select record from history)", "_blob_column": last}
    wrong |= {f"{first}__nonsense": "q"}
    for name, value in (*wrong.items(), ("_where", "nonsense")):
        yield ask(table, **{name: value})
        yield ask(f"{table}.json", **{name: value})
    for ending in ("", ".json", ".blob"):
        yield Question(f"{table}/none{ending}")


SQL: Final = (
    "select name, sql from sqlite_master",
    "select * from history",
    "select * from claims join sources on sources.id = claims.source",
    "select group_concat(search_text) from sites_fts",
    "select hex(search_text) from claims",
    "select nonsense from claims",
    "select * from nonsense",
    "select abs(-9223372036854775808)",
    "select json('{')",
    "select printf('%s', zeroblob(1000000000))",
    "select",
    "insert into sites values ('x')",
    "pragma table_info(history)",
    "explain query plan select * from claims",
    "attach database 'registry.db' as r",
    "vacuum into 'copy.db'",
    "select * from pragma_database_list",
    "select readfile('registry.db')",
    "select load_extension('x')",
)


def _of_sql(base: str) -> Iterator[Question]:
    for sql, page, form in itertools.product(SQL, (base, f"{base}/-/query"), ("", ".json", ".csv")):
        yield ask(f"{page}{form}", sql=sql)


def _values(path: Path) -> Mapping[str, Sequence[str]]:
    """What may stand for each named part of an address of Datasette's."""
    return {
        "database": (path.stem, "_internal"),
        "table": ("sites", "sources"),
        "pks": ("temple", "news"),
        "query": (QUESTIONS[0].name,),
        "format": ("json", "csv", "blob", "none"),
        "path": ("app.css", "heritage.css", "../../routes.py", "none"),
        "rest": ("", ".json"),
    }


_PART: Final = re.compile(r"\(\?P<(\w+)>((?:[^()\[]|\[[^\]]*\])*)\)")


def filled(pattern: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    r"""Every address that a pattern stands for, its named parts filled with some values.

    >>> sorted(filled(r"/-/(?P<what>a|b)(\.(?P<format>json))?$", {}))
    ['/-/a', '/-/a.json', '/-/b', '/-/b.json']
    """
    optional = re.search(r"\(([^()]*\([^()]*\)[^()]*|[^()]+)\)\?", pattern)
    if optional:
        before, after = pattern[: optional.start()], pattern[optional.end() :]
        yield from filled(before + after, values)
        yield from filled(before + optional.group(1) + after, values)
        return
    part = _PART.search(pattern)
    if part is None:
        yield pattern.removesuffix("$").replace("/?", "/").replace("\\", "")
        return
    name, inside = part.groups()
    is_list = re.fullmatch(r"[\w.\\?|-]+", inside) and "|" in inside
    choices = inside.replace("\\", "").split("|") if is_list else values.get(name, ())
    if not choices and re.fullmatch(r"\w+", inside):
        choices = [inside]
    for choice in choices:
        yield from filled(pattern[: part.start()] + choice + pattern[part.end() :], values)


def after(text: str, path: Path) -> Iterator[Question]:
    """Ways to look for a text wherever it may stand: a name, a date or words."""
    base = f"/{path.stem}"
    for kind in ("", *APPLY):
        yield ask("/search", q=text, **({"kind": kind} if kind else {}))
    yield send("/reconcile", queries={"q0": {"query": text}})
    yield ask("/reconcile/suggest/entity", prefix=text)
    yield ask("/changes.json", record=text)
    yield ask(f"{base}/claims.json", _search=text)
    yield ask(f"{base}.json", sql=_anywhere(path), text=text)
    yield ask(f"{base}/-/query.json", sql=_anywhere(path), text=text)


def about(id: str, path: Path) -> Iterator[Question]:
    """Every way to ask whether there is a record of some id, or anything called so."""
    base, written = f"/{path.stem}", quote(id, safe="")
    yield from after(id, path)
    for room in ROOMS:
        yield from (Question(f"/{room}/{written}{ending}") for ending in ("", ".json", ".bib"))
    yield Question(f"/terms/cause/{written}")
    yield Question(f"/reconcile/view/{written}")
    yield Question(f"/reconcile/preview/{written}")
    yield send("/reconcile", extend={"ids": [id], "properties": [{"id": "name"}]})
    yield ask("/sites/temple.json", on=id)
    yield from searching(id)
    yield from matching(id)
    for name in APPLY["events"]:
        yield ask("/search.json", kind="events", **{name: id})
    for name, columns in tables(path).items():
        if name in ("sites", "events", "claims", "sources", "actors"):
            yield ask(f"{base}/{name}.json", _search=id)
            yield ask(f"{base}/{name}", id=id)
        if "id" in columns:
            yield Question(f"{base}/{name}/{written}.json")


def _anywhere(path: Path) -> str:
    """SQL that counts the rows of each table in which a text stands."""
    counted = [
        f"SELECT '{name}', count(*) FROM [{name}] WHERE "
        + " OR ".join(f"instr(lower([{column}]), lower(:text))" for column in columns)
        for name, columns in tables(path).items()
        if columns and "_fts" not in name and not name.startswith(("places", "_", "sqlite"))
    ]
    return " UNION ALL ".join(counted)
