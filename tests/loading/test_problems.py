"""Records that cannot be used: each a problem at its row, and the rest loaded whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import heritage
from heritage import (
    Claim,
    Event,
    Identifier,
    Listing,
    Name,
    Observation,
    Registry,
    Review,
    Site,
    Source,
    loading,
)
from heritage.model import Record

Write = Callable[..., Path]
S = Source(id="s", title="S")
A = Site(id="a")


def told(report: heritage.LoadReport) -> list[tuple[str, int | None, str | None]]:
    return [(each.code, each.origin.row, each.origin.column) for each in report.problems]


def in_history(registry: Registry, text: str) -> bool:
    connection = sqlite3.connect(registry.path)
    found = connection.execute(
        "SELECT 1 FROM history WHERE record = ?1 OR instr(coalesce(after, ''), ?1)", (text,)
    ).fetchone()
    connection.close()
    return found is not None


DANGLING: list[tuple[Record, str]] = [
    (Site(id="odd", part_of="gone", names=(Name(text="Odd"),)), "part_of"),
    (Site(id="odd", source="gone", identifiers=(Identifier(scheme="x", value="1"),)), "source"),
    (Event(id="odd", label="Odd", sites=("a", "gone")), "site"),
    (Event(id="odd", label="Odd", sites=("a",), part_of="gone"), "part_of"),
    (Source(id="odd", title="Odd", relies_on=("s", "gone")), "relies_on"),
    (Claim(id="odd", subject="gone", property="date", value="2015", source="s"), "subject"),
    (Claim(id="odd", subject="a", site="gone", property="date", value="2015", source="s"), "site"),
    (Claim(id="odd", subject="a", property="date", value="2015", source="gone"), "source"),
    (Observation(id="odd", site="gone", observed="2015", state="intact", source="s"), "site"),
    (Listing(id="odd", site="a", register="national", status="inscribed", source="gone"), "source"),
    (
        Review(
            id="odd", claim="gone", reviewer="r", date="2020", decision="refuted", reason="absent"
        ),
        "claim",
    ),
]


@pytest.mark.parametrize(("odd", "column"), DANGLING)
@pytest.mark.parametrize("before", [False, True])
def test_a_record_that_names_what_is_not_there_is_left_out_whole(
    registry: Registry,
    own: Write,
    sound: Callable[[Path], None],
    odd: Record,
    column: str,
    before: bool,
) -> None:
    if before:
        registry.load(own(Site(id="z"), Source(id="z-source", title="Z")))

    report = registry.load(own(S, A, odd, Site(id="b", part_of="a")))

    assert [("unknown-reference", 3, column)] == told(report)
    assert "gone" in report.problems[0].message or "gone" == report.problems[0].value
    assert 3 == report.created
    assert ["a", "b"] == [site.id for site in registry.sites() if site.id != "z"]
    assert not in_history(registry, "odd")
    sound(registry.path)


def test_what_names_a_refused_record_is_refused_as_well(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    report = registry.load(
        own(
            S,
            Claim(subject="event-2", property="date", value="2015", source="s"),
            Event(id="event-2", label="Two", sites=("site-3",)),
            Site(id="site-3", part_of="site-4"),
            Site(id="site-4", part_of="gone"),
            A,
        )
    )

    assert [2, 3, 4, 5] == sorted(row for _, row, _ in told(report) if row)
    assert (2, ["a"]) == (report.created, [site.id for site in registry.sites()])
    sound(registry.path)


def test_a_changed_record_that_comes_to_name_a_refused_one_is_not_changed(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    registry.load(own(S, A, Site(id="b"), Event(id="e", label="E", sites=("b",))))

    report = registry.load(
        own(
            Site(id="a", part_of="new"),
            Site(id="new", part_of="gone"),
            Event(id="e", label="Changed", sites=("b", "new")),
            Site(id="b", kind="temple"),
        )
    )

    assert [1, 2, 3] == sorted(row for _, row, _ in told(report) if row)
    assert (0, 1) == (report.created, report.changed)
    assert (None, "E", "temple") == (
        registry.site("a").part_of,
        registry.event("e").label,
        registry.site("b").kind,
    )
    sound(registry.path)


@pytest.mark.parametrize("batch", [1, 2, 5_000])
def test_records_refer_forwards_and_backwards_in_a_file_of_any_length(
    registry: Registry,
    own: Write,
    sound: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
) -> None:
    monkeypatch.setattr(loading.loader, "BATCH", batch)
    registry.load(own(Site(id="old")))

    report = registry.load(
        own(
            Claim(subject="e", site="b", property="date", value="2015", source="s"),
            Site(id="old", part_of="b", source="s"),
            Event(id="e", label="E", sites=("b", "old")),
            Site(id="b", part_of="a"),
            A,
            Source(id="t", title="T", relies_on=("s",)),
            S,
        )
    )

    assert ([], 6, 1) == (told(report), report.created, report.changed)
    assert ("b", "s") == (registry.site("old").part_of, registry.site("old").source)
    sound(registry.path)


@pytest.mark.parametrize("batch", [1, 2, 5_000])
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize(
    "pair",
    [
        (Site(id="x", kind="temple"), Site(id="x", kind="tell")),
        (Source(id="x", title="One"), Source(id="x", title="Two")),
        (
            Claim(id="x", subject="a", property="date", value="2015", source="s"),
            Claim(id="x", subject="a", property="date", value="2016", source="s"),
        ),
        (
            Site(id="x", identifiers=(Identifier(scheme="i", value="1"),)),
            Site(id="y", identifiers=(Identifier(scheme="i", value="1"),)),
        ),
    ],
)
def test_of_two_rows_about_one_thing_the_first_is_kept(
    registry: Registry,
    own: Write,
    sound: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
    pair: tuple[Record, Record],
    is_known: bool,
) -> None:
    monkeypatch.setattr(loading.loader, "BATCH", batch)
    first, second = pair
    kind = heritage.codec.kind_of(first)
    registry.load(own(S, A))
    if is_known:
        zero: dict[str, Record] = {
            "site": Site(id="x"),
            "source": Source(id="x", title="Zero"),
            "claim": Claim(id="x", subject="a", property="date", value="2014", source="s"),
        }
        registry.load(own(zero[kind]))

    report = registry.load(own(first, first, second, Site(id="z")))

    assert [("duplicate-row", 3, None)] == told(report)
    assert first == registry.record(kind, "x")
    assert (2, 1) == (report.created + report.changed, report.unchanged)
    assert "z" == registry.site("z").id
    sound(registry.path)


def test_circles_are_refused_and_the_rest_is_loaded(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    report = registry.load(
        own(
            Site(id="p", part_of="q"),
            Site(id="q", part_of="p"),
            Site(id="r", part_of="q"),
            Source(id="t", title="T", relies_on=("u",)),
            Source(id="u", title="U", relies_on=("t",)),
            A,
        )
    )

    assert {1, 2, 3, 4, 5} == {row for _, row, _ in told(report)}
    assert (1, ["a"], []) == (
        report.created,
        [site.id for site in registry.sites()],
        list(registry.sources()),
    )
    sound(registry.path)


def test_a_circle_through_what_is_there_is_refused(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    registry.load(own(A, Site(id="b", part_of="a"), Site(id="c", part_of="b")))

    report = registry.load(
        own(Site(id="a", part_of="new"), Site(id="new", part_of="c"), Site(id="z"))
    )

    assert [("invalid-record", 1)] == [(code, row) for code, row, _ in told(report)]
    assert (2, None) == (report.created, registry.site("a").part_of)
    assert "circle" in report.problems[0].message
    sound(registry.path)


def test_lines_that_are_no_records_are_problems_among_records(
    registry: Registry, own: Write
) -> None:
    report = registry.load(
        own(A, "{", '{"kind": "sight", "record": {}}', '{"kind": "site", "record": {"id": "ü"}}', S)
    )

    assert [2, 3, 4] == [row for _, row, _ in told(report)]
    assert (2, 5) == (report.created, report.rows)


def test_a_rule_across_rows_takes_out_the_row_that_breaks_it(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    listed = partial(Listing, site="a", register="world-heritage", source="s")
    report = registry.load(
        own(
            S,
            Site(id="a", category="cultural"),
            listed(status="inscribed", begin="1990", criteria=("i",)),
            listed(status="in-danger", begin="1985"),
            listed(status="extended", begin="1995", criteria=("vii",)),
        )
    )

    assert [("danger-before-inscription", 4), ("category-contradicts-criteria", 5)] == [
        (code, row) for code, row, _ in sorted(told(report), key=lambda each: each[1] or 0)
    ]
    assert ["inscribed"] == [listing.status for listing in registry.listings()]
    sound(registry.path)
