"""A name as somebody wrote it to the records that it may mean, with how surely it does.

What the search finds for all of the words comes first, then what it finds with
one word left out or set right, always a bounded number. How near a candidate
is, its names decide: as whole texts and as bags of words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import attrs

from heritage.errors import RecordNotFoundError
from heritage.store.folding import fold, match_expression
from heritage.store.read import resolve
from heritage.web.queries import Row, of_search
from heritage.web.queries.of_spelling import Spelling
from heritage.web.windows import listed

KINDS = {"site": "sites", "event": "events", "source": "sources"}
"""Kinds of records, each with its table and room."""

SURE = 95.0
"""The score from which a candidate without a near rival is a match."""

AHEAD = 5.0
"""How far the next candidate has to be behind a match."""

OTHERWISE = 30.0
"""What is taken off for each hint that speaks against a candidate."""

WORDS = 6
"""Words of a name of which one may be left out."""

Hints = Sequence[tuple[str, str]]
"""Properties with a value that a candidate should have: `country`, `kind`, `part_of`, a scheme."""


@attrs.frozen(kw_only=True)
class Candidate:
    """A record that a name may mean."""

    kind: str
    id: str
    name: str
    description: str
    score: float
    """From 0 to 100."""
    match: bool = False


def candidates(
    spelling: Spelling, text: str, kinds: Iterable[str], hints: Hints, limit: int
) -> list[Candidate]:
    """What a name may mean in the registry that a spelling is of, the surest first."""
    connection = spelling.connection
    known = list(dict.fromkeys(kind for kind in kinds if kind in KINDS)) or list(KINDS)
    found: dict[tuple[str, str], Candidate] = {}
    for kind in known:
        for id in _named_by_id(connection, kind, text, hints):
            for row in of_search.labelled(connection, KINDS[kind], [id]):
                found[kind, id] = _candidate(kind, row, 100.0)
        if fold(text):
            for row in _hits(spelling, KINDS[kind], text):
                if (kind, row["id"]) not in found:
                    score = _score(connection, kind, row, text, hints)
                    found[kind, row["id"]] = _candidate(kind, row, score)
    ranked = sorted(found.values(), key=lambda each: (-each.score, each.name, each.id))
    if ranked and ranked[0].score >= SURE:
        rival = ranked[1].score if len(ranked) > 1 else 0.0
        if ranked[0].score - rival >= AHEAD:
            ranked[0] = attrs.evolve(ranked[0], match=True)
    return ranked[:limit]


def _named_by_id(
    connection: sqlite3.Connection, kind: str, text: str, hints: Hints
) -> Iterator[str]:
    """The record whose id, former id or identifier this is."""
    given = [text.strip(), *(f"{name}:{value}" for name, value in hints if kind == "site")]
    for id in given:
        try:
            yield resolve(connection, kind, id)
        except RecordNotFoundError:
            continue


def _hits(spelling: Spelling, table: str, text: str) -> list[Row]:
    hits: dict[str, Row] = {}
    for version in _versions(spelling, text):
        if match := match_expression(version):
            for row in of_search.search(spelling.connection, table, match):
                hits.setdefault(row["id"], row)
        if hits:
            break
    return list(hits.values())


def _versions(spelling: Spelling, text: str) -> Iterator[str]:
    """The text, the text set right, and the text with each of its words left out."""
    yield text
    near = spelling.suggestion(text)
    if near:
        yield near
    words = fold(text).split()[:WORDS]
    if len(words) > 1:
        for left in range(len(words) - 1, -1, -1):
            yield " ".join(words[:left] + words[left + 1 :])
        yield max(words, key=len)


def _score(connection: sqlite3.Connection, kind: str, row: Row, text: str, hints: Hints) -> float:
    names = [row["label"] or row["id"]]
    if kind == "site":
        names += [
            each["text"] for each in of_search.names_found(connection, [row["id"]])[row["id"]]
        ]
    score = 100 * max(_nearness(fold(text), fold(name)) for name in names)
    for name, value in hints:
        if not _agrees(row, name, value):
            score -= OTHERWISE
    return round(max(score, 0.0), 1)


def _nearness(one: str, other: str) -> float:
    """How alike two folded texts are, from 0 to 1."""
    if one == other:
        return 1.0
    whole = SequenceMatcher(None, one, other, autojunk=False).ratio()
    words, others = set(one.split()), set(other.split())
    if not words or not others:
        return 0.0
    shared = 2 * len(words & others) / (len(words) + len(others))
    return min(max(whole, shared), 0.99)


def _agrees(row: Row, name: str, value: str) -> bool:
    """Whether a hint speaks for a candidate; one on what we do not know says nothing."""
    wanted = value.strip().casefold()
    if name == "country":
        known = [code.casefold() for code in listed(row.get("countries"))]
        return not known or len(wanted) != 2 or wanted in known
    if name in ("kind", "part_of", "publisher") and row.get(name):
        return fold(str(row[name]).replace("_", " ")) == fold(wanted.replace("_", " "))
    return True


def _candidate(kind: str, row: Row, score: float) -> Candidate:
    about = [row.get("kind") or row.get("context"), *listed(row.get("countries"))]
    about += [row.get("publisher"), row.get("published")]
    return Candidate(
        kind=kind,
        id=row["id"],
        name=row["label"] or row["id"],
        description=" · ".join(str(part).replace("_", " ") for part in about if part),
        score=score,
    )
