"""The schema and the vocabularies to a page about the data."""

from __future__ import annotations

import csv
import sqlite3
from functools import cache
from importlib import resources
from typing import Any

from heritage.vocab import VOCABULARIES, vocabulary
from heritage.web import queries
from heritage.web.hidden import MACHINERY
from heritage.web.page import Page
from heritage.web.queries import Row, of_home, one, rows
from heritage.web.questions import QUESTIONS
from heritage.web.words import Words

FIRST = (
    "sites", "names", "identifiers", "listings", "events", "event_sites", "claims", "sources",
    "source_relies_on", "observations", "interventions", "conclusions", "actors",
)  # fmt: skip
"""Tables that come first, in the order in which they explain each other."""


@cache
def meanings() -> dict[tuple[str, str], str]:
    """What tables (with an empty column) and columns mean; `*` is any table."""
    text = resources.files("heritage.web").joinpath("columns.csv").read_text("utf-8")
    return {
        (row["table"], row["column"]): row["meaning"] for row in csv.DictReader(text.splitlines())
    }


def meaning(table: str, column: str) -> str:
    """What a column means; empty for one that nobody described.

    >>> meaning("claims", "date_latest")
    'The last day that `date` may mean.'
    """
    known = meanings()
    found = known.get((table, column)) or known.get(("*", column))
    if found:
        return found
    for end, words in (("_earliest", "first"), ("_latest", "last")):
        if column.endswith(end):
            return f"The {words} day that `{column.removesuffix(end)}` may mean."
    return ""


def about(connection: sqlite3.Connection, words: Words) -> Page:
    """What the data is: as of when, tables, columns, terms, questions, how to cite it."""
    tables = _tables(connection)
    release = one(connection, "SELECT * FROM releases")
    found: dict[str, Any] = {
        "release": release,
        "figures": of_home.figures(connection),
        "tables": tables,
        "vocabularies": [_vocabulary(name) for name in VOCABULARIES],
        "questions": [
            {"name": each.name, "title": each.title, "about": each.about} for each in QUESTIONS
        ],
    }
    return Page(
        template="about",
        found=found,
        as_of=queries.as_of(connection),
        address="/about",
        title=words("about_data"),
    )


def _tables(connection: sqlite3.Connection) -> list[Row]:
    found: dict[str, list[Row]] = {}
    for row in rows(
        connection,
        """SELECT m.name AS "table", c.name AS "column", c.type AS type
        FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite^_%' ESCAPE '^'
        AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND instr(m.name, '_fts_') = 0
        AND m.name NOT LIKE 'places^_%' ESCAPE '^' ORDER BY m.name, c.cid""",
    ):
        if row["table"] not in MACHINERY:
            told = meaning(row["table"], row["column"])
            found.setdefault(row["table"], []).append(
                {"name": row["column"], "type": row["type"], "about": told}
            )
    order = {name: place for place, name in enumerate(FIRST)}
    names = sorted(found, key=lambda name: (order.get(name, len(order)), name))
    known = meanings()
    return [
        {"name": name, "about": known.get((name, ""), ""), "columns": found[name]} for name in names
    ]


def _vocabulary(name: str) -> Row:
    terms = vocabulary(name).terms.values()
    return {
        "name": name,
        "terms": [
            {"code": term.code, "label_en": term.label_en, "label_ar": term.label_ar,
             "definition": term.definition}
            for term in terms
        ],
    }  # fmt: skip
