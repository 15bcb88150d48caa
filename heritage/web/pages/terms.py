"""Vocabularies to pages: what each term means, where it stands, and which records use it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from heritage.vocab import VOCABULARIES, Term, Vocabulary, schemes, vocabulary
from heritage.web import linked, queries
from heritage.web.page import Page
from heritage.web.queries import Row, of_terms
from heritage.web.words import Words

UNKNOWN = 100
"""Words in use that are no terms, that are shown."""


def vocabularies(connection: sqlite3.Connection, words: Words) -> Page:
    """The page of all vocabularies."""
    return Page(
        template="terms",
        found={
            "vocabularies": [
                {"name": name, "terms": len(vocabulary(name))} for name in VOCABULARIES
            ]
        },
        as_of=queries.as_of(connection),
        address="/terms",
        title=words("terms"),
    )


def terms(connection: sqlite3.Connection, name: str, words: Words) -> Page | None:
    """The page of one vocabulary, each term with its uses; None where there is none."""
    if name not in VOCABULARIES:
        return None
    known = vocabulary(name)
    counted: dict[str, int] = {}
    uses = of_terms.USES.get(name, ())
    for use in uses:
        for code, count in of_terms.counts(connection, use).items():
            counted[code] = counted.get(code, 0) + count
    unknown = sorted(code for code in counted if code not in known)
    title = words(f"vocabulary_{name}")
    return Page(
        template="vocabulary",
        found={
            "vocabulary": name,
            "terms": [
                {**_plain(term), "uses": counted.get(code, 0)} for code, term in known.terms.items()
            ],
            "unknown": [{"code": code, "uses": counted[code]} for code in unknown[:UNKNOWN]],
            "is_whole": all(of_terms.is_whole(connection, use) for use in uses),
        },
        context={
            "title": title,
            "is_counted": bool(uses),
            "tree": _tree(known, counted),
            "schemes": [each for each in schemes() if each.vocabulary == name],
        },
        as_of=queries.as_of(connection),
        address=f"/terms/{name}",
        title=title,
        linked=linked.vocabulary(name, title, list(known)),
    )


def _plain(term: Term) -> Row:
    return attrs.asdict(term)


def _tree(known: Vocabulary, counted: Mapping[str, int]) -> list[Row]:
    """Terms as a tree, each with its narrower ones under `narrower`."""
    nodes: dict[str, Row] = {
        code: {"term": term, "uses": counted.get(code, 0), "narrower": []}
        for code, term in known.terms.items()
    }
    top: list[Row] = []
    for node in nodes.values():
        parent = node["term"].parent
        (nodes[parent]["narrower"] if parent else top).append(node)
    return top


def term(connection: sqlite3.Connection, name: str, code: str, words: Words) -> Page | None:
    """The page of one term; None where the vocabulary has none of this code."""
    if name not in VOCABULARIES or code not in vocabulary(name):
        return None
    known = vocabulary(name)
    entry = known[code]
    uses = [_used(connection, use, code) for use in of_terms.USES.get(name, ())]
    return Page(
        template="term",
        found={
            "vocabulary": name,
            "term": _plain(entry),
            "broader": list(known.ancestors(code)),
            "narrower": [each.code for each in known.terms.values() if each.parent == code],
            "matches": _matches(name, entry),
            "uses": uses,
        },
        context={"shown_rows": of_terms.SHOWN},
        as_of=queries.as_of(connection),
        address=f"/terms/{name}/{code}",
        title=f"{words.term(name, code)} ({words(f'vocabulary_{name}')})",
        linked=linked.term(name, entry),
    )


def _used(connection: sqlite3.Connection, use: of_terms.Use, code: str) -> Row:
    return {
        "table": use.table,
        "column": use.column,
        "property": use.claimed,
        "count": of_terms.counts(connection, use).get(code, 0),
        "is_whole": of_terms.is_whole(connection, use),
        "records": of_terms.records(connection, use, code),
    }


def _matches(name: str, entry: Term) -> list[Row]:
    """Terms of other systems, each with whose list it is of."""
    lists: dict[str, Any] = {each.scheme: each for each in schemes() if each.vocabulary == name}
    return [
        {
            "scheme": scheme,
            "term": word,
            "is_exact": is_exact,
            "title": lists[scheme].title if scheme in lists else scheme,
            "list": lists[scheme].list if scheme in lists else None,
        }
        for is_exact, matches in ((True, entry.exact_match), (False, entry.close_match))
        for scheme, word in _parted(matches)
    ]


def _parted(matches: Sequence[str]) -> list[tuple[str, str]]:
    return [(scheme, word) for scheme, _, word in (match.partition(":") for match in matches)]
