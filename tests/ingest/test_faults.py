"""A fault in UNESCO's list is told where it stands, and costs no more than it must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from heritage.ingest import deliver
from heritage.ingest.sources.whc.values import latest_year
from heritage.model import Site

Writer = Callable[..., Path]
Reader = Callable[..., Any]
Row = dict[str, Any]


@pytest.mark.parametrize(
    "fault",
    [
        ("date_inscribed", "2O19", "invalid-value", "2019"),
        ("date_inscribed", "1890", "listing-before-convention", ""),
        ("date_inscribed", latest_year() + 1, "invalid-date", ""),
        ("secondary_dates", "20052014", "repaired-value", ""),
        ("secondary_dates", "1979", "invalid-date", ""),
        ("secondary_dates", "soon", "invalid-value", ""),
        ("danger_list", "in danger", "invalid-value", ""),
        ("danger_list", "Y 1975", "danger-before-inscription", ""),
        ("danger_list", "P 2005-1997 Y 2013", "ends-before-it-begins", ""),
        ("danger", 0, "danger-columns-disagree", ""),
        ("date_end", 2005, "danger-columns-disagree", ""),
        ("danger", "perhaps", "invalid-value", ""),
        ("longitude", "east", "invalid-coordinates", ""),
        ("longitude", None, "invalid-coordinates", ""),
        ("longitude", 381.5, "invalid-coordinates", ""),
        ("latitude", 134.5, "invalid-coordinates", "exchanged"),
        ("longitude", "38°16′00″E", "repaired-value", ""),
        ("area_hectares", "large", "invalid-value", ""),
        ("area_hectares", -3, "invalid-value", ""),
        ("area_hectares", "1,640", "repaired-value", ""),
        ("criteria_txt", "(xi)", "invalid-value", ""),
        ("criteria_txt", "(i)(ii)", "criteria-columns-disagree", ""),
        ("C1", "?", "invalid-value", ""),
        ("category", "Natural", "category-contradicts-criteria", ""),
        ("category", "Intangible", "invalid-value", ""),
        ("iso_code", "syr", "invalid-value", ""),
        ("name_fr", "#REF!", "invalid-value", ""),
        ("name_fr", "1 640", "invalid-value", ""),
        ("secondary_dates", "9" * 400, "invalid-value", ""),
        ("area_hectares", "9" * 400, "invalid-value", ""),
        ("name_fr", "S????? de Palmyre", "wrong-letters", ""),
        ("name_fr", "Palmyre, site protÃ©gÃ©", "repaired-text", ""),
        ("id_no", "1,023", "repaired-value", ""),
    ],
)
def test_a_fault_in_one_value_is_told_and_the_rest_is_read(
    fault: tuple[str, object, str, str], palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    column, value, code, hint = fault
    row = {**palmyra, column: value}
    path = write([aleppo, row])
    found = read(path)
    problem = next(problem for problem in found.problems if problem.code == code)

    assert {"whc-21", "whc-1023" if column == "id_no" else "whc-23"} == set(found.sites)
    assert (str(path), 3) == (problem.origin.file, problem.origin.row)
    assert problem.origin.column in {column, "longitude", "criteria_txt", "category"}
    assert hint in (problem.suggestion or "")
    assert found.delivery.complete


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("id_no", None, "missing-value"),
        ("id_no", "none of this", "invalid-value"),
        ("id_no", "0", "invalid-value"),
    ],
)
def test_a_row_without_its_number_is_left_out(
    column: str, value: object, code: str, palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    found = read(write([{**palmyra, column: value}, aleppo]))

    assert ({"whc-21"}, [code], False) == (
        set(found.sites),
        found.codes,
        found.delivery.complete,
    )


def test_a_row_without_a_name_is_left_out_and_mentioned(
    palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    found = read(write([{**palmyra, "name_en": " ", "name_fr": "NULL"}, aleppo]))

    assert (["missing-value"], {"whc-21"}) == (found.codes, set(found.sites))
    assert {"whc:21", "whc:23"} == found.delivery.mentioned
    assert not found.delivery.complete


def test_a_row_whose_cells_moved_is_left_out(
    palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    cells = list(palmyra.values())
    moved = [*cells[:3], "stray", *cells[3:-1]]
    found = read(write([aleppo, dict(zip(palmyra, moved, strict=True))]))

    assert (["unreadable-row"], {"whc-21"}) == (found.codes, set(found.sites))


def test_the_same_row_twice_is_one_and_a_different_one_is_told(
    palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    again = {**palmyra, "unique_number": 99, "id_no": "23.0"}
    other = {**palmyra, "name_en": "Palmyra"}
    found = read(write([palmyra, again, aleppo, other]))

    assert [("duplicate-row", 5)] == [(p.code, p.origin.row) for p in found.problems]
    assert "Site of Palmyra" == found.sites["whc-23"].name
    assert 2 == len(found.sites)


def test_repairs_are_told_once_for_a_column(palmyra: Row, write: Writer, read: Reader) -> None:
    rows = [{**palmyra, "id_no": n, "name_fr": "Palmyre, protÃ©gÃ©"} for n in range(1, 400)]
    found = read(write(rows))
    (problem,) = found.problems

    assert ("repaired-text", 2, "name_fr") == (
        problem.code,
        problem.origin.row,
        problem.origin.column,
    )
    assert "399" in problem.message
    assert "2-400" in problem.message
    assert {"Palmyre, protégé"} == {site.names[1].text for site in found.sites.values()}


def test_markup_is_noted_and_no_problem(
    palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    found = read(write([aleppo, {**palmyra, "name_en": "Ulu<U>r</U>u"}]))

    assert [] == found.codes
    assert any("markup" in note and "3" in note for note in found.delivery.notes)


def test_rows_are_delivered_in_the_order_of_the_file(
    palmyra: Row, write: Writer, read: Reader
) -> None:
    rows = [{**palmyra, "id_no": number, "category": "?"} for number in (9, 3, 7)]
    rows_of_items = [
        each.origin.row for each in read(write(rows)).items if each.origin.row is not None
    ]

    assert sorted(rows_of_items) == rows_of_items


def test_an_unusual_row_costs_no_other(write: Writer) -> None:
    """A lone half of a surrogate pair cannot be stored; its row is told and left out."""
    path = write('[{"id_no": 1, "name_en": "a\\ud800"}, {"id_no": 2, "name_en": "b"}]')
    items = list(deliver(path, edition="2019").items)

    assert "invalid-record" in {getattr(item, "code", None) for item in items}
    assert "\ud800" not in "".join(str(getattr(item, "value", "")) for item in items)
    assert 1 == sum(isinstance(getattr(item, "record", None), Site) for item in items)
