"""Files in every shape, made where they are needed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import escape

import pytest

from heritage.ingest import Statement, deliver
from heritage.model import Listing, Record, Site
from heritage.problems import Problem

Rows = Sequence[Mapping[str, Any]]
Lines = Sequence[Sequence[str]]
Writer = Callable[..., Path]


class Read:
    """A delivery taken to its end."""

    def __init__(self, path: Path, **asked: str | None) -> None:
        self.delivery = deliver(path, **asked)
        self.items = list(self.delivery.items)
        self.statements = [each for each in self.items if isinstance(each, Statement)]
        self.problems = [each for each in self.items if isinstance(each, Problem)]
        self.records: list[Record] = [each.record for each in self.statements]
        self.codes = [problem.code for problem in self.problems]
        self.sites = {record.id: record for record in self.records if isinstance(record, Site)}
        self.listings = [record for record in self.records if isinstance(record, Listing)]

    def stints(self, site: str) -> list[tuple[str | None, str | None]]:
        """Begin and end of each danger stint of a site."""
        return [
            (each.begin.text if each.begin else None, each.end.text if each.end else None)
            for each in self.listings
            if each.site == site and each.status == "in-danger"
        ]


@pytest.fixture(scope="session")
def read() -> Callable[..., Read]:
    """Take a file's delivery to its end."""
    return Read


@pytest.fixture
def palmyra() -> dict[str, Any]:
    """A row of UNESCO's list, cut down to what is taken."""
    return {
        "unique_number": 27,
        "id_no": 23,
        "rev_bis": "Bis",
        "name_en": "Site of Palmyra",
        "name_fr": "Site de Palmyre",
        "date_inscribed": 1980,
        "secondary_dates": "2017",
        "danger": 1,
        "date_end": None,
        "danger_list": "Y 2013",
        "longitude": 38.26667,
        "latitude": 34.55417,
        "area_hectares": 1640.5,
        "C1": 1, "C2": 1, "C3": 0, "C4": 1, "C5": 0, "C6": 0,
        "N7": 0, "N8": 0, "N9": 0, "N10": 0,
        "criteria_txt": "(i)(ii)(iv)",
        "category": "Cultural",
        "iso_code": "sy",
        "transboundary": 0,
    }  # fmt: skip


@pytest.fixture
def aleppo() -> dict[str, Any]:
    """Another row of the same columns."""
    return {
        "unique_number": 24, "id_no": 21, "rev_bis": None, "name_en": "Ancient City of Aleppo",
        "name_fr": "Ancienne ville d'Alep", "date_inscribed": 1986, "secondary_dates": None,
        "danger": 1, "date_end": None, "danger_list": "Y 2013", "longitude": 37.16278,
        "latitude": 36.23333, "area_hectares": 364, "C1": 0, "C2": 0, "C3": 1, "C4": 1, "C5": 0,
        "C6": 0, "N7": 0, "N8": 0, "N9": 0, "N10": 0, "criteria_txt": "(iii)(iv)",
        "category": "Cultural", "iso_code": "sy", "transboundary": 0,
    }  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value)


def csv_text(rows: Rows, delimiter: str = ",") -> str:
    """Rows as delimited text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows({key: _text(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def xlsx_bytes(rows: Rows, above: Lines = ()) -> bytes:
    """Rows as a workbook, below lines of anything else."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in above:
        sheet.append(list(line))
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xml_text(rows: Rows) -> str:
    """Rows as a syndication."""
    inside = "".join(
        "<row>" + "".join(f"<{k}>{escape(_text(v))}</{k}>" for k, v in row.items()) + "</row>"
        for row in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<query rows="{len(rows)}">{inside}</query>'


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write rows in a format, or bytes or a text as they are, and give the path."""

    def write_file(
        content: Rows | bytes | str, format: str = "csv", encoding: str = "utf-8", **options: object
    ) -> Path:
        path = tmp_path / f"file-{len(list(tmp_path.iterdir()))}"
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_bytes(content.encode(encoding))
        elif format == "xlsx":
            path.write_bytes(xlsx_bytes(content, cast(Lines, options.get("above", ()))))
        else:
            text = {
                "csv": lambda: csv_text(content, str(options.get("delimiter", ","))),
                "xml": lambda: xml_text(content),
                "json": lambda: json.dumps(list(content), ensure_ascii=False),
                "jsonl": lambda: "".join(f"{json.dumps(row)}\n" for row in content),
            }[format]()
            path.write_bytes(text.encode(encoding))
        return path

    return write_file
