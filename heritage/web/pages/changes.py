"""The log to pages: the changes there were, and what one of them did, field by field."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from heritage.web import linked, queries
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.queries import Row, of_log
from heritage.web.queries.of_log import CHANGES, COUNTED, ENTRIES
from heritage.web.words import Words, shown

LONGEST = 300
"""Characters of a value that are shown; JSON has all of them."""

HIDDEN = ("version", "change", "search_text")
"""Columns of bookkeeping."""


def changes(
    connection: sqlite3.Connection, words: Words, before: int | None, record: str | None
) -> Page:
    """Changes, the newest first, a page of them at a time.

    Args:
        connection: The registry.
        words: The language.
        before: Only changes with a smaller number.
        record: Only changes that touched the record of this id.
    """
    found = of_log.changes(connection, before, record)
    shown_now = found[:CHANGES]
    return Page(
        template="changes",
        found={
            "changes": shown_now,
            "record": record,
            "next": shown_now[-1]["id"] if len(found) > CHANGES else None,
        },
        context={"counted": COUNTED},
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: datasette.urls.table(name, "changes"),
        address="/changes" if before is None and record is None else None,
        title=words("changes"),
    )


def change(connection: sqlite3.Connection, number: int, words: Words, after: int) -> Page | None:
    """The page of one change; None where there is none of this number.

    Args:
        connection: The registry.
        number: Its number.
        words: The language.
        after: Only what stands behind this entry; 0 for all.
    """
    record = of_log.change(connection, number)
    if record is None:
        return None
    is_edition = of_log.is_edition(connection)
    ask = of_log.released if is_edition else of_log.entries
    after = min(after, COUNTED) if is_edition else after
    entries = ask(connection, number, after)
    kept = entries[:ENTRIES]
    following = after + ENTRIES if is_edition else kept[-1]["seq"] if kept else None
    # What an edition skips has to be passed over: who wants more takes the table.
    has_more = len(entries) > ENTRIES and not (is_edition and after >= COUNTED)
    labels = of_log.labelled(connection, {entry["record"] for entry in kept})
    title = words("change_title", n=words.number(number))
    return Page(
        template="change",
        found={
            "change": record,
            "is_edition": is_edition,
            "entries": kept,
            "next": following if has_more else None,
        },
        context={
            "records": grouped(kept, labels),
            "counted": COUNTED,
            "neighbours": of_log.neighbours(connection, number),
            "title": title,
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: query_address(
            datasette, name, f"SELECT * FROM {_log(is_edition)} = :id", id=str(number)
        ),
        address=f"/changes/{number}",
        title=title,
        linked=linked.change(record, title),
    )


def _log(is_edition: bool) -> str:  # noqa: FBT001 - a truth and nothing else
    return "released WHERE number" if is_edition else "history WHERE change"


def grouped(entries: Sequence[Row], labels: Mapping[str, Row]) -> list[Row]:
    """Entries by the record that they are about, in the order in which it was first touched."""
    groups: dict[tuple[str, str], Row] = {}
    for entry in entries:
        key = entry["kind"], entry["record"]
        label = labels.get(entry["record"])
        group = groups.setdefault(
            key, {"kind": entry["kind"], "record": entry["record"], "page": label, "entries": []}
        )
        group["entries"].append({**entry, "fields": _fields(entry)})
    return list(groups.values())


def _fields(entry: Row) -> list[Row]:
    """What became of each field of one entry."""
    if "fields" in entry:
        return [{"name": name, "before": None, "after": None} for name in entry["fields"]]
    before, after = entry["before"] or {}, entry["after"] or {}
    return [
        {"name": name, "before": _brief(before.get(name)), "after": _brief(after.get(name))}
        for name in dict.fromkeys([*before, *after])
        if name not in HIDDEN and not (before.get(name) is None and after.get(name) is None)
    ]


def _brief(value: Any) -> str | None:  # noqa: ANN401 - whatever a column held
    if value is None:
        return None
    text = shown(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
