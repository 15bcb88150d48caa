"""Names of a site or an actor to the one at the head of its page, and to their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from heritage.model.site import NAME_KINDS
from heritage.web.queries import Row
from heritage.web.words import Words


def in_order(names: Iterable[Row]) -> list[Row]:
    """Names in the order of the model: by kind, English first, then by language."""
    return sorted(names, key=_rank)


def _rank(name: Row) -> tuple[int, bool, str, str]:
    kind, language = name["kind"], name["language"]
    rank = NAME_KINDS.index(kind) if kind in NAME_KINDS else len(NAME_KINDS)
    return rank, language != "en", language, name["text"]


def heading(record: Row, names: Sequence[Row], words: Words) -> Row:
    """The name at the head of the page: in its language, else the one shown everywhere."""
    for name in names:
        if name["language"] == words.language and name["kind"] in NAME_KINDS[:2]:
            return name
    shown = next((name for name in names if name["text"] == record["name"]), None)
    return shown or {"text": record["name"] or record["id"], "language": "und"}
