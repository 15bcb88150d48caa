"""Our own lines come in one by one, and a bad one costs only itself."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from heritage.codec import kind_of, to_plain
from heritage.errors import UnknownSourceError, UnreadableFileError, UsageError
from heritage.ingest import deliver, is_own
from heritage.model import Claim, Event, Listing, Name, Site, Source
from heritage.problems import Problem

Writer = Callable[..., Path]
Reader = Callable[..., Any]

RECORDS = (
    Source(id="s1", title="A report"),
    Site(id="palmyra", names=[Name(text="تدمر", language="ar")], countries=["SY"]),
    Event(id="e1", label="Bel blown up", sites=["palmyra"]),
    Claim(subject="e1", property="date", value="2015-08-30~", source="s1"),
    Listing(site="palmyra", register="national", status="inscribed", begin="1935", source="s1"),
)
SITE = '{"kind": "site", "record": {"id": "a", %s}}'


def line(kind: str, record: object) -> str:
    return json.dumps({"kind": kind, "record": record}, ensure_ascii=False) + "\n"


LINES = "".join(line(kind_of(record), to_plain(record)) for record in RECORDS)


def test_what_is_written_is_read_again(write: Writer, read: Reader) -> None:
    found = read(write(LINES))

    assert list(RECORDS) == found.records
    assert [1, 2, 3, 4, 5] == [each.origin.row for each in found.statements]
    assert ("own", "own", 5, True) == (
        found.delivery.source, found.delivery.dataset, found.delivery.rows, found.delivery.complete,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "code", "words"),
    [
        ("not json at all", "unreadable-row", "not JSON"),
        ('{"kind": "site", "record": {"id": "a"', "unreadable-row", "not JSON at character"),
        ("[1, 2]", "unreadable-row", "no object"),
        ('{"kind": "site"}', "unreadable-row", "'record' is missing"),
        ('{"kind": "site", "record": {}, "x": 1}', "unreadable-row", "nothing is known of 'x'"),
        ('{"kind": 5, "record": {}}', "unreadable-row", "'kind' is no text"),
        ('{"kind": "castle", "record": {}}', "unknown-kind", "'castle'"),
        ('{"kind": "site", "kind": "site", "record": {}}', "unreadable-row", "'kind' stands twice"),
        (SITE % '"id": "b"', "unreadable-row", "'id' stands twice"),
        (SITE % '"location": {"longitude": NaN}', "unreadable-row", "NaN"),
        (SITE % '"built": -Infinity', "unreadable-row", "Infinity"),
        (SITE % '"color": 1', "invalid-record", "color"),
        ('{"kind": "site", "record": "a text"}', "invalid-record", "not a valid site"),
        (SITE % '"names": [{"text": 5}]', "invalid-record", "names"),
        (SITE % '"built": "August"', "invalid-record", "built"),
        (SITE % '"location": {"longitude": 1e999, "latitude": 1}', "invalid-record", "longitude"),
        ("[" * 50_000, "unreadable-row", "nested"),
        (SITE % ('"n": ' + "9" * 5000), "unreadable-row", "too long"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_read(
    bad: str, code: str, words: str, write: Writer, read: Reader
) -> None:
    found = read(write(LINES + bad + "\n" + line("site", {"id": "last"})))

    assert [*RECORDS, Site(id="last")] == found.records
    assert [(code, 6)] == [(problem.code, problem.origin.row) for problem in found.problems]
    assert words in found.problems[0].message
    assert not found.delivery.complete


def test_all_faults_of_a_record_are_told_at_once(write: Writer, read: Reader) -> None:
    bad = {"id": "a b", "category": "odd", "countries": ["Syria"], "colour": 1}
    (problem,) = read(write(LINES + line("site", bad))).problems

    for field in ("id", "category", "countries", "colour"):
        assert field in problem.message


def test_bytes_that_are_no_utf_8_cost_one_line(write: Writer, read: Reader) -> None:
    found = read(write(LINES.encode() + b'{"kind": "site", "record": {"id": "\xe9"}}\n'))

    assert (5, ["unreadable-row"]) == (len(found.records), found.codes)


def test_blank_lines_and_a_mark_are_nothing(write: Writer, read: Reader) -> None:
    found = read(write("\ufeff" + LINES.replace("\n", "\r\n\r\n")))

    assert (list(RECORDS), []) == (found.records, found.codes)


def test_a_file_with_a_bad_first_line_is_ours_all_the_same(write: Writer, read: Reader) -> None:
    found = read(write('{"kind": "site", "rec\n' + LINES))

    assert (5, ["unreadable-row"]) == (len(found.records), found.codes)


def test_an_empty_file_is_ours_where_that_is_said(write: Writer, read: Reader) -> None:
    path = write("")

    assert [] == read(path, source="own").items
    with pytest.raises(UnreadableFileError, match="empty"):
        deliver(path)


def test_a_workbook_is_not_our_lines(write: Writer) -> None:
    path = write([{"id_no": 1, "name_en": "a"}], "xlsx")

    with pytest.raises(UnreadableFileError, match="XLSX"):
        deliver(path, source="own")
    with pytest.raises(UnreadableFileError, match="no such file"):
        deliver(path.with_name("missing"), source="own")


def test_a_source_that_is_not_known_or_cannot_be_told_is_refused(write: Writer) -> None:
    with pytest.raises(UnknownSourceError, match="'eu'"):
        deliver(write(LINES), source="eu")
    with pytest.raises(UnknownSourceError, match="--from"):
        deliver(write("town,people\nTadmur,50000\n"))
    with pytest.raises(UnknownSourceError):
        deliver(write('{"a": 1}\n{"a": 2}\n'))
    with pytest.raises(ValueError, match="August"):
        deliver(write(LINES), edition="August")
    with pytest.raises(UsageError):
        deliver(write(LINES), edition="2019/..")


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(20_000):
            file.write(line("site", {"id": f"site-{number}", "names": [{"text": "x" * 200}]}))
    items = deliver(path).items
    next(items)
    tracemalloc.start()
    rest = sum(not isinstance(item, Problem) for item in items)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert 19_999 == rest
    assert peak < path.stat().st_size / 5


def test_our_own_lines_are_known_before_they_are_read(write: Writer) -> None:
    table = write([{"id_no": 23, "name_en": "Palmyra"}])

    assert is_own(write(LINES))
    assert not is_own(table)
    assert not is_own(write('{"id_no": 23, "name_en": "a"}\n{"id_no": 24, "name_en": "b"}\n'))
    assert is_own(table, source="own")
    assert not is_own(write(LINES), source="whc")
    with pytest.raises(UnreadableFileError):
        is_own(table.with_name("missing"))
