"""Small editions, own files, and what a registry holds after them."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

import heritage
from heritage import Registry, codec
from heritage.model import Record

Row = Mapping[str, object]
Tables = dict[str, list[tuple[Any, ...]]]

SILENT = {
    "history",
    "changes",
    "seals",
    "_sqlite_migrations",
    "_context",
    "_concluded",
    "_counts",
    "sqlite_stat1",
}
"""Tables that tell how a registry came to be, not what it holds."""

NUMBERED = {"_event_bits", "_event_cells", "_event_facts"}
"""Tables that name each other by numbers, which follow the order of coming."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder whenever it is asked for one, also within one test."""
    return lambda: tmp_path_factory.mktemp("loading")


@pytest.fixture(scope="session")
def row() -> Callable[..., dict[str, object]]:
    """A row of UNESCO's spreadsheet about the property of a number."""

    def make(number: int, **given: object) -> dict[str, object]:
        return {
            "id_no": number,
            "name_en": f"Property {number}",
            "date_inscribed": 1980,
            "secondary_dates": "",
            "danger_list": "",
            "longitude": 30 + number / 100,
            "latitude": 20 + number / 100,
            "area_hectares": 10 * number,
            "criteria_txt": "(i)(iv)",
            "category": "Cultural",
            "iso_code": "sy",
        } | given

    return make


@pytest.fixture(scope="session")
def edition(folder: Callable[[], Path]) -> Callable[..., Path]:
    """Write rows as an edition of the spreadsheet."""

    def write(*rows: Row) -> Path:
        out = io.StringIO()
        writer = csv.DictWriter(out, list(dict.fromkeys(itertools.chain(*rows))))
        writer.writeheader()
        writer.writerows(rows)
        path = folder() / "edition.csv"
        path.write_text(out.getvalue(), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def syndication(folder: Callable[[], Path]) -> Callable[..., Path]:
    """Write rows as UNESCO's XML syndication."""
    renamed = {"id_no": "id_number", "name_en": "site", "danger_list": "danger"}

    def write(*rows: Row) -> Path:
        inside = "".join(
            "<row>"
            + "".join(
                f"<{renamed.get(key, key)}>{escape(str(value))}</{renamed.get(key, key)}>"
                for key, value in {**row, "http_url": "https://whc.unesco.org/en/list/1"}.items()
            )
            + "</row>"
            for row in rows
        )
        path = folder() / "syndication.xml"
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><query>{inside}</query>', "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def own(folder: Callable[[], Path]) -> Callable[..., Path]:
    """Write records, or texts as they are, as our own lines."""

    def line(each: Record | str) -> str:
        if isinstance(each, str):
            return each
        found = {"kind": codec.kind_of(each), "record": codec.to_plain(each)}
        return json.dumps(found, ensure_ascii=False)

    def write(*records: Record | str) -> Path:
        path = folder() / "own.jsonl"
        path.write_text("".join(f"{line(each)}\n" for each in records), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def empty(folder: Callable[[], Path]) -> Callable[[], Path]:
    """A new registry without records; copied, since making one takes a while."""
    original = folder() / "registry.db"
    heritage.open(original, create=True).close()
    return lambda: Path(shutil.copy(original, folder() / "registry.db"))


@pytest.fixture
def registry(empty: Callable[[], Path]) -> Iterator[Registry]:
    with heritage.open(empty()) as registry:
        yield registry


@pytest.fixture(scope="session")
def whole() -> Callable[[Path], str]:
    """Everything in a file, to the last entry of its history, as SQL."""

    def dump(path: Path) -> str:
        connection = sqlite3.connect(path)
        found = "\n".join(connection.iterdump())
        connection.close()
        return found

    return dump


@pytest.fixture(scope="session")
def content() -> Callable[[Path], Tables]:
    """What a registry holds, whatever the way on which it came there."""

    def read(path: Path) -> Tables:
        connection = sqlite3.connect(path)
        found: Tables = {}
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            if (
                name in SILENT | NUMBERED
                or "VIRTUAL" in sql
                or "_fts_" in name
                or name[:7] == "places_"
            ):
                continue
            columns = [
                column
                for (column,) in connection.execute(
                    "SELECT name FROM pragma_table_info(?)", (name,)
                )
                if column not in {"version", "change", "as_of"}
            ]
            rows = connection.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()
            found[name] = sorted(rows, key=repr)
        found["places"] = connection.execute(
            "SELECT s.id, p.west, p.east, p.south, p.north FROM places p"
            " JOIN sites s ON s.rowid = p.id ORDER BY 1"
        ).fetchall()
        found["facts"] = connection.execute(
            "SELECT f.event, f.earliest, f.latest, c.countries, c.registers, c.causes,"
            " c.severities, c.status, c.first, c.last, c.n FROM _event_facts f"
            " JOIN _event_cells c ON c.id = f.cell ORDER BY 1"
        ).fetchall()
        connection.close()
        return found

    return read


@pytest.fixture(scope="session")
def sound() -> Callable[[Path], None]:
    """Require that every structure of a file agrees with every other."""

    def check(path: Path) -> None:
        connection = sqlite3.connect(path)
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
        for table in ("sites", "events", "claims", "sources", "actors"):
            connection.execute(
                f"INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('integrity-check', 1)"
            )
        for kind in ("site", "event", "source"):
            stored = connection.execute(f"SELECT * FROM _{kind}_ancestors ORDER BY 1, 2").fetchall()
            now = connection.execute(
                f"SELECT * FROM _{kind}_ancestors_now ORDER BY 1, 2"
            ).fetchall()
            assert now == stored, kind
        countries = "SELECT c.value, s.id FROM sites s, json_each(s.countries) c ORDER BY 1, 2"
        assert (
            connection.execute(countries).fetchall()
            == connection.execute(
                "SELECT country, site FROM _site_countries ORDER BY 1, 2"
            ).fetchall()
        )
        placed = "SELECT rowid FROM sites WHERE longitude IS NOT NULL OR geometry IS NOT NULL"
        assert (
            connection.execute(placed + " ORDER BY 1").fetchall()
            == connection.execute("SELECT id FROM places ORDER BY 1").fetchall()
        )
        assert [(None,)] == connection.execute("SELECT change FROM _context").fetchall()
        connection.rollback()
        connection.close()

    return check
