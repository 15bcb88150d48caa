"""The files themselves: what a curator may write in them, and what not."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib import resources

import pytest

from heritage.vocab import VOCABULARIES, schemes, vocabulary
from heritage.vocab.vocabulary import fold

HEADER = [
    "code",
    "parent",
    "label_en",
    "label_ar",
    "definition",
    "also",
    "exact_match",
    "close_match",
    "rank",
]
HYPHENATED = {"listing_status", "register"}
ARABIC = re.compile(r"[\u0621-\u064a]")

each_vocabulary = pytest.mark.parametrize("name", VOCABULARIES)


def text_of(name: str) -> str:
    return resources.files("heritage.vocab").joinpath(f"{name}.csv").read_bytes().decode("utf-8")


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_the_list_of_vocabularies_is_sorted_and_names_every_file() -> None:
    files = resources.files("heritage.vocab").iterdir()
    assert [f[:-4] for f in sorted(f.name for f in files) if f.endswith(".csv")] == list(
        VOCABULARIES
    )


@each_vocabulary
def test_a_file_has_the_agreed_columns_and_plain_line_ends(name: str) -> None:
    text = text_of(name)
    rows = list(csv.reader(text.splitlines()))
    assert HEADER == rows[0]
    assert {len(HEADER)} == {len(row) for row in rows}
    assert "\r" not in text
    assert text.endswith("\n")


@each_vocabulary
def test_cells_have_no_stray_blanks_or_empty_parts(name: str) -> None:
    cells = [cell for row in csv.reader(text_of(name).splitlines()) for cell in row]
    parts = [part for cell in cells if cell for part in cell.split("|")]
    assert [] == [part for part in parts if part != part.strip() or not part]


@each_vocabulary
def test_codes_are_unique_and_keep_to_the_rule_of_their_vocabulary(name: str) -> None:
    rows = list(csv.DictReader(text_of(name).splitlines()))
    gap = "-" if name in HYPHENATED else "_"
    pattern = re.compile(rf"[a-z]+({gap}[a-z]+)*")
    assert [] == repeated([row["code"] for row in rows])
    assert [] == [row["code"] for row in rows if not pattern.fullmatch(row["code"])]


@each_vocabulary
def test_a_parent_stands_in_the_file_before_its_children(name: str) -> None:
    """Which also keeps the tree free of cycles."""
    seen: set[str] = set()
    for term in vocabulary(name).terms.values():
        assert term.parent is None or term.parent in seen, term.code
        seen.add(term.code)


@each_vocabulary
def test_every_term_has_two_labels_in_their_scripts_and_a_definition(name: str) -> None:
    for term in vocabulary(name).terms.values():
        assert term.label_en, term.code
        assert not ARABIC.search(term.label_en), term.code
        assert ARABIC.search(term.label_ar), term.code
        assert re.fullmatch(r"[A-Z][^.]*\.", term.definition), term.code
        assert "simply" not in term.definition.split(), term.code


@each_vocabulary
def test_no_name_stands_for_two_terms_and_none_is_said_twice(name: str) -> None:
    """Codes, labels and other words share one space, or `find` would have to guess."""
    names = [
        folded
        for term in vocabulary(name).terms.values()
        for folded in {fold(term.code), fold(term.label_en), fold(term.label_ar)}
    ]
    also = [fold(word) for term in vocabulary(name).terms.values() for word in term.also]
    assert [] == repeated(names + also)


@each_vocabulary
def test_ranks_are_consecutive_from_one(name: str) -> None:
    ranks = [term.rank for term in vocabulary(name).terms.values() if term.rank is not None]
    assert list(range(1, len(ranks) + 1)) == sorted(ranks)


@each_vocabulary
def test_a_foreign_term_has_one_exact_match_at_most(name: str) -> None:
    """Two terms of one vocabulary that both equal a third would equal each other."""
    matches = [fold(m) for term in vocabulary(name).terms.values() for m in term.exact_match]
    assert [] == repeated(matches)


@each_vocabulary
def test_a_term_names_a_match_once_and_either_as_exact_or_as_close(name: str) -> None:
    for term in vocabulary(name).terms.values():
        assert [] == repeated([*term.exact_match, *term.close_match]), term.code


@each_vocabulary
def test_every_scheme_that_is_matched_is_described(name: str) -> None:
    described = {scheme.scheme for scheme in schemes() if scheme.vocabulary == name}
    used = {
        match.partition(":")[0]
        for term in vocabulary(name).terms.values()
        for match in (*term.exact_match, *term.close_match)
    }
    assert described == used
