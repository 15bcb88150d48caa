"""Questions to lists: `heritage list`, `heritage search` and `heritage history`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click

from heritage.cli import columns
from heritage.cli.group import asked, counted, say
from heritage.cli.parameters import (
    as_of_option,
    box,
    country,
    date,
    format_option,
    registry_argument,
    term_of,
    tiers_option,
)
from heritage.cli.table import print_csv, print_table
from heritage.errors import UsageError
from heritage.model import PROPERTIES, Record

if TYPE_CHECKING:
    from heritage.judge import Tiers
    from heritage.reading import Reading

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "jsonl", "csv")

KINDS: dict[str, str] = {
    "sites": "site",
    "listings": "listing",
    "events": "event",
    "observations": "observation",
    "claims": "claim",
    "sources": "source",
    "interventions": "intervention",
    "actors": "actor",
    "evidence": "evidence",
    "reviews": "review",
    "conclusions": "conclusion",
    "changes": "change",
}
"""What can be listed, by the word for many of it."""

CONCLUSION = ("subject", "site", "property", "value", "status", "margin")
CONCLUSION_WHOLE = (
    *("subject", "site", "property", "value", "earliest", "latest", "status", "weight", "margin"),
    *("flags", "sentence"),
)
LOGGED = ("id", "at", "by", "why", "origin", "dataset", "entries")
ENTRY = ("seq", "change", "at", "record", "version", "table", "op", "columns")


FILTERS = (
    click.option("--country", type=country, metavar="SY", help="In this country (ISO 3166-1)."),
    click.option(
        "--within",
        type=box,
        metavar="W,S,E,N",
        help="Inside west,south,east,north in degrees.",
    ),
    click.option("--part-of", metavar="ID", help="Part of this site or event, at any depth."),
    click.option(
        "--register", type=term_of("register"), metavar="REGISTER", help="On this register."
    ),
    click.option(
        "--status",
        type=term_of("listing_status"),
        metavar="STATUS",
        help="With a listing of this status; `left` for sites no longer in the list.",
    ),
    click.option("--in-danger", is_flag=True, help="In danger: now, or at any time of --during."),
    click.option(
        "--during", type=date, metavar="DATE", help="What possibly happened or held then (EDTF)."
    ),
    click.option("--certainly", is_flag=True, help="Only what certainly did, with --during."),
    click.option("--site", metavar="ID", help="About this site and its parts."),
    click.option("--event", metavar="ID", help="About this event."),
    click.option("--source", metavar="ID", help="Said by this source."),
    click.option(
        "--property", type=click.Choice(tuple(PROPERTIES)), metavar="P", help="Of this property."
    ),
    click.option("--conflicting", is_flag=True, help="Only what sources disagree about."),
    click.option("--all", is_flag=True, help="Also sites that have left their register."),
)
"""The options that narrow a list, in the order of the help."""


def filter_options(command: F) -> F:
    """Give a command the options that narrow a list."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


def given_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """The filters that were given.

    Raises:
        UsageError: Two of them contradict each other.
    """
    if filters["certainly"] and filters["during"] is None:
        raise UsageError("--certainly narrows --during, which was not given")
    return {name: value for name, value in filters.items() if value not in (None, False)}


@click.command("list")
@registry_argument
@click.argument("kind", type=click.Choice(tuple(KINDS)), metavar="KIND")
@filter_options
@click.option("--limit", type=click.IntRange(0), metavar="N", help="At most so many.")
@tiers_option
@as_of_option
@format_option(*FORMATS)
def list_(
    registry: Path,
    kind: str,
    limit: int | None,
    tiers: Tiers | None,
    as_of: str | None,
    format: str,
    **filters: Any,  # noqa: ANN401 - as `Filtering` has them
) -> None:
    """List records of a kind.

    KIND is sites, listings, events, observations, claims, sources, interventions,
    actors, evidence, reviews, conclusions or changes. All filters have to hold.
    With `--format jsonl` one JSON object is printed for each record and nothing
    else; with `--format csv` a value that a spreadsheet would take for a formula
    has a `'` before it.
    """
    given = given_filters(filters)
    if tiers is not None and kind != "conclusions":
        raise UsageError("--tiers weighs conclusions; list those")
    with asked(registry, as_of) as opened_registry:
        if kind in ("conclusions", "changes"):
            rows = _plain_rows(opened_registry, kind, given, limit, tiers)
            header: tuple[str, ...] = LOGGED
            if kind == "conclusions":
                header = CONCLUSION if format == "table" else CONCLUSION_WHOLE
            number = print_plain(header, rows, format)
        else:
            records = opened_registry.records(KINDS[kind], limit=limit, **given)
            number = print_records(opened_registry, KINDS[kind], records, format)
    if format == "table":
        say(counted(number, KINDS[kind], kind))


def _plain_rows(
    registry: Reading, kind: str, given: dict[str, Any], limit: int | None, tiers: Tiers | None
) -> list[dict[str, Any]]:
    takes = (
        {"site", "event", "property", "status", "conflicting"} if kind == "conclusions" else set()
    )
    for name in given.keys() - takes:
        raise UsageError(f"the filter {name} does not apply to {kind}")
    if kind == "changes":
        return [attrs.asdict(change) for change in registry.changes(limit=limit)]
    for name in ("site", "event"):
        if name in given:
            given[name] = registry.record(name, given[name]).id
    if "event" in given:
        given["subject"] = given.pop("event")
    return registry.conclusions(limit=limit, tiers=tiers, **given)


def print_records(registry: Reading, kind: str, records: Iterable[Record], format: str) -> int:
    """Print records in one of `FORMATS`; how many there were."""
    from heritage.codec import to_plain

    number = 0

    def passing() -> Iterator[Record]:
        nonlocal number
        for number, record in enumerate(records, 1):  # noqa: B007 - read by the caller
            yield record

    if format == "jsonl":
        for record in passing():
            # Not click.echo, which empties its buffer at every line.
            sys.stdout.write(json.dumps(to_plain(record), ensure_ascii=False) + "\n")
    elif format == "csv":
        print_csv(columns.csv_header(kind), map(columns.csv_cells, passing()))
    else:
        header, cells = columns.TABLES[kind]
        names = columns.Names(registry)
        print_table(header, (cells(names, record) for record in passing()))
    return number


def print_plain(header: Iterable[str], rows: list[dict[str, Any]], format: str) -> int:
    """Print plain rows in one of `FORMATS`; how many there were."""
    names = tuple(header)
    if format == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return len(rows)
    cells = (tuple(columns.text(row[name]) for name in names) for row in rows)
    (print_csv if format == "csv" else print_table)(names, cells)
    return len(rows)


@click.command()
@registry_argument
@click.argument("text", nargs=-1, required=True, metavar="TEXT")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    metavar="N",
    help="At most so many.",
)
@as_of_option
@format_option(*FORMATS)
def search(
    registry: Path, text: tuple[str, ...], limit: int, as_of: str | None, format: str
) -> None:
    """Find records by names and texts, in any script and spelling.

    All words have to be found; the last one may be the beginning of a word.
    """
    with asked(registry, as_of) as opened_registry:
        hits = opened_registry.search(" ".join(text), limit=limit)
    number = print_plain(("kind", "id", "label"), [attrs.asdict(hit) for hit in hits], format)
    if format == "table":
        say(counted(number, "record"))


@click.command()
@registry_argument
@click.argument("id", required=False, metavar="[ID]")
@click.option("--limit", type=click.IntRange(0), metavar="N", help="At most so many.")
@as_of_option
@format_option(*FORMATS)
def history(
    registry: Path, id: str | None, limit: int | None, as_of: str | None, format: str
) -> None:
    """List what was changed, the newest first.

    Without ID the changes: by whom, when and why. With ID the entries of the
    log about one record, each with the values before and after.
    """
    with asked(registry, as_of) as opened_registry:
        if id is None:
            changes = opened_registry.changes(limit=limit)
            rows, noun = [attrs.asdict(each) for each in changes], "change"
        else:
            entries = opened_registry.history(id, limit=limit)
            rows, noun = [attrs.asdict(each) for each in entries], "entry"
    if format != "jsonl" and id is not None:
        rows = [row | {"columns": _changed(row)} for row in rows]
    number = print_plain(LOGGED if id is None else ENTRY, rows, format)
    if format == "table":
        say(counted(number, noun, "entries" if noun == "entry" else None))


def _changed(row: dict[str, Any]) -> str:
    """The columns that an entry concerns, and for an update their values."""
    before, after = row["before"] or {}, row["after"] or {}
    if row["op"] != "update":
        return ", ".join(chain(after or before))
    return "; ".join(f"{name}: {before.get(name)} → {value}" for name, value in after.items())
