"""One edition is one set of records, in whatever shape it is found.

The rows are those of UNESCO's own files where they are at hand, and two rows
with every kind of letter where they are not.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from heritage.dates import FuzzyDate
from heritage.ingest import deliver
from heritage.ingest.formats import format_of, tables_of
from heritage.model import Listing, Record, Source

Writer = Callable[..., Path]
Reader = Callable[..., Any]
Row = dict[str, Any]

KEPT = 120
"""Rows of a real file that are written anew; all of them would be the same again, slower."""
UNREAD = ("short_description", "justification")


@pytest.fixture(params=["made", "whc-sites-2019.xls", "whc-sites-2024.xlsx"])
def rows(request: pytest.FixtureRequest, palmyra: Row, aleppo: Row) -> Sequence[Row]:
    """The rows of one edition, without the long texts that nobody reads."""
    if request.param == "made":
        return [{**row, "name_ar": "تدمر", "name_ru": "Пальмира"} for row in (palmyra, aleppo)]
    path: Path = request.getfixturevalue("shared_data") / "unesco" / request.param
    (table,) = tables_of(str(path), format_of(str(path)))
    # Those with danger stints and extensions first: there is most to lose in them.
    ranked = sorted(table.rows, key=lambda row: not row.values["danger_list"])
    return [
        {name: value for name, value in row.values.items() if not name.startswith(UNREAD)}
        for row in ranked[:KEPT]
    ]


@pytest.fixture
def records(rows: Sequence[Row], write: Writer, read: Reader) -> list[Record]:
    """The records of the edition, as read from plain CSV."""
    found: list[Record] = read(write(rows), edition="2024").records
    assert len(found) > 2 * len(rows)
    return found


def as_floats(row: Mapping[str, Any]) -> Row:
    """A row as a program leaves it that takes every number for a float."""
    return {k: float(v) if isinstance(v, int) else v for k, v in row.items()}


@pytest.mark.parametrize("format", ["xlsx", "json", "jsonl", "xml"])
def test_every_format_says_the_same(
    format: str, rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    assert records == read(write(rows, format), edition="2024").records


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_says_the_same(
    encoding: str,
    delimiter: str,
    rows: Sequence[Row],
    records: list[Record],
    write: Writer,
    read: Reader,
) -> None:
    path = write(rows, encoding=encoding, delimiter=delimiter)

    assert records == read(path, edition="2024").records


def in_latin(rows: Sequence[Row]) -> list[Row]:
    """Rows cut down to what Latin-1 can write."""
    kept = []
    for row in rows:
        try:
            "".join(str(v) for k, v in row.items() if k in {"name_en", "name_fr"}).encode("latin-1")
        except UnicodeEncodeError:
            continue
        others = {"name_es", "name_ru", "name_ar", "name_zh"}
        states = ("states_name", "region")
        kept.append({k: v for k, v in row.items() if k not in others and not k.startswith(states)})
    return kept


def test_latin_1_says_the_same_and_that_it_was_read(
    rows: Sequence[Row], write: Writer, read: Reader
) -> None:
    latin = in_latin(rows)
    found = read(write(latin, encoding="latin-1"), edition="2024")

    assert read(write(latin), edition="2024").records == found.records
    assert "repaired-text" not in found.codes
    foreign = not all(str(row["name_fr"]).isascii() for row in latin)
    assert foreign == any("Windows-1252" in note for note in found.delivery.notes)


def test_a_copy_in_two_encodings_says_the_same_and_is_told(
    rows: Sequence[Row], write: Writer, read: Reader
) -> None:
    latin = [{**row, "name_fr": f"Île, {row['name_fr']}"} for row in in_latin(rows)]
    lines = write(latin).read_bytes().splitlines(keepends=True)
    mixed = [
        line.decode("utf-8").encode("latin-1") if number % 2 else line
        for number, line in enumerate(lines)
    ]
    found = read(write(b"".join(mixed)), edition="2024")

    assert read(write(latin), edition="2024").records == found.records
    assert ["repaired-text"] == found.codes


def test_numbers_that_became_floats_say_the_same(
    rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    for format in ("csv", "json", "xlsx"):
        assert records == read(write([as_floats(r) for r in rows], format), edition="2024").records


def test_the_order_of_columns_and_their_letters_do_not_matter(
    rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    names = list(rows[0])
    random.Random(7).shuffle(names)  # noqa: S311 - any order will do
    shuffled = [{name.upper(): row[name] for name in names} for row in rows]

    assert records == read(write(shuffled), edition="2024").records


def test_numbers_that_unesco_gives_anew_do_not_matter(
    rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    moved = [{**row, "unique_number": number} for number, row in enumerate(rows)]

    assert records == read(write(moved), edition="2024").records


def test_words_for_nothing_are_nothing(
    rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    for word in ("NULL", "nan", "None", "N/A", "  "):
        filled = [{k: word if v in {None, ""} else v for k, v in row.items()} for row in rows]

        assert records == read(write(filled), edition="2024").records


def test_a_copy_through_a_spreadsheet_says_the_same(
    rows: Sequence[Row], records: list[Record], tmp_path: Path, read: Reader
) -> None:
    """With an empty sheet before it, a title above it and no name that tells anything."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Data")
    sheet.append(["The World Heritage List"])
    sheet.append([])
    sheet.append([name.replace("_", " ").title() for name in rows[0]])
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "copy.csv"
    path.write_bytes(out.getvalue())

    assert records == read(path, edition="2024").records


def test_the_portal_s_shape_says_the_same_of_places_and_criteria(
    rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    """Flags as words, a point of two numbers, and the inscription among the later dates."""
    flags = ("C1", "C2", "C3", "C4", "C5", "C6", "N7", "N8", "N9", "N10")
    shaped = []
    for row in rows:
        plain = {k: v for k, v in row.items() if k not in {*flags, "longitude", "latitude"}}
        criteria = [flag.lower() for flag in flags if row[flag]]
        place = {"lon": row["longitude"], "lat": row["latitude"]}
        later = str(row["secondary_dates"] or "").replace(".0", "")
        plain |= {
            "coordinates": None if row["longitude"] is None else place,
            "danger": str(bool(row["danger"])),
            "iso_codes": (row["iso_code"] or "").upper().replace(",", ", ") or None,
            "secondary_dates": ", ".join(filter(None, [str(int(row["date_inscribed"])), later])),
            "date_inscribed": str(int(row["date_inscribed"])),
            "id_no": str(int(row["id_no"])),
            "cultural_criteria": ", ".join(c for c in criteria if c[0] == "c") or None,
            "natural_criteria": ", ".join(c for c in criteria if c[0] == "n") or None,
        }
        del plain["iso_code"]
        shaped.append(plain)
    found = read(write(json.dumps({"results": shaped})), edition="2024")

    assert records == found.records


def test_editions_differ_in_nothing_but_their_edition(
    rows: Sequence[Row], records: list[Record], write: Writer, read: Reader
) -> None:
    later = read(write(rows), edition="2025-07-16").records

    assert [r.id for r in records] == [r.id for r in later]
    assert {FuzzyDate.parse("2025-07-16")} == {r.edition for r in later if isinstance(r, Listing)}


def real(name: str, shared_data: Path) -> Path:
    return shared_data / "unesco" / name


@pytest.mark.parametrize(
    ("name", "dataset", "edition", "sites"),
    [
        ("whc-sites-2019.xls", "whc", "2019", 1121),
        ("whc-sites-2024.xlsx", "whc", "2024", 1223),
        ("whc-en-2019.xml", "whc-xml", "2019", 1121),
    ],
)
def test_every_site_of_a_real_file_is_found(
    name: str, dataset: str, edition: str, sites: int, shared_data: Path, read: Reader
) -> None:
    found = read(real(name, shared_data))

    assert (dataset, edition, sites, True) == (
        found.delivery.dataset,
        found.delivery.edition.text,
        found.delivery.rows,
        found.delivery.complete,
    )
    assert sites == len(found.sites) == len(found.delivery.mentioned)
    assert sites == sum(listing.status == "inscribed" for listing in found.listings)
    assert 1 == sum(isinstance(record, Source) for record in found.records)
    assert len({record.id for record in found.records}) == len(found.records)


@pytest.mark.parametrize("name", ["whc-sites-2019.xls", "whc-sites-2024.xlsx"])
def test_what_a_real_file_calls_in_danger_is_in_danger(
    name: str, shared_data: Path, read: Reader
) -> None:
    path = real(name, shared_data)
    (table,) = tables_of(str(path), format_of(str(path)))
    flagged = {f"whc-{int(r.values['id_no'])}" for r in table.rows if r.values["danger"] == 1}  # type: ignore[arg-type]  # a number in these files
    found = read(path)

    assert flagged == {
        listing.site
        for listing in found.listings
        if listing.status == "in-danger" and listing.end is None
    }


@pytest.mark.parametrize("name", ["whc-sites-2019.xls", "whc-sites-2024.xlsx", "whc-en-2019.xml"])
def test_of_a_real_file_nothing_is_doubted_without_need(
    name: str, shared_data: Path, read: Reader
) -> None:
    """What is left: a place at 0 0, the frozen danger field, names in the wrong letters."""
    known = {"invalid-coordinates", "danger-column-frozen", "repaired-text", "wrong-letters"}

    assert set(read(real(name, shared_data)).codes) <= known


def test_the_spreadsheet_and_the_syndication_disagree_and_both_are_kept(
    shared_data: Path, read: Reader
) -> None:
    sheet = read(real("whc-sites-2019.xls", shared_data))
    feed = read(real("whc-en-2019.xml", shared_data))

    assert [("2013", None)] == sheet.stints("whc-23")
    assert [] == feed.stints("whc-23")
    assert {i: s.countries for i, s in sheet.sites.items()} == {
        i: s.countries for i, s in feed.sites.items()
    }
    assert not {r.id for r in sheet.listings} & {r.id for r in feed.listings}


def test_a_part_of_a_delivery_can_be_taken(shared_data: Path) -> None:
    first = next(deliver(real("whc-sites-2019.xls", shared_data)).items)

    assert "whc-list" == getattr(first, "record").id  # noqa: B009 - an item may be a problem
