"""A claim and its source to the root whose word it is, and what that root weighs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from heritage.judge.library import Library
from heritage.vocab.vocabulary import fold

__all__ = ["ATTRIBUTED", "Voice", "Voices"]

ATTRIBUTED = "attributed:"
"""How a root begins that is only a name which others quote."""

_SECONDARY = 1
_ASIDE = re.compile(r"\s*\([^()]*\)")


class Voice(NamedTuple):
    """Whose word a statement is."""

    roots: tuple[str, ...]
    weight: int
    """The weight of the root; of several, the lowest."""
    is_direct: bool


class Voices:
    """Who speaks in one case.

    A source speaks for the roots it relies on. Where it relies on none but
    quotes somebody, and weighs no more than secondary media, the word is that
    of the quoted: all who quote the same name are one voice. That voice is a
    root of the case if a name of that root is quoted.

    Args:
        library: The sources.
        cited: For each statement of the case its source and whom that quotes.
    """

    def __init__(self, library: Library, cited: Iterable[tuple[str, str | None]]) -> None:
        self._library = library
        cited = list(cited)
        self._names: dict[str, str] = {}
        if not any(self._only_quotes(source, quoted) for source, quoted in cited):
            return
        roots = {
            root
            for source, quoted in cited
            if not self._only_quotes(source, quoted)
            for root in library.roots(source)
        }
        # Downwards, so that of two roots of one name the first by id is the one meant.
        for root in sorted(roots, reverse=True):
            self._names.update((_folded(name), root) for name in library.names(root))

    def voice(self, source: str, quoted: str | None) -> Voice:
        """Whose word it is when a source says something, quoting somebody or nobody."""
        library = self._library
        if quoted is not None and self._only_quotes(source, quoted):
            return Voice((self._speaker(quoted),), library.weight(source), is_direct=False)
        roots = library.roots(source)
        if len(roots) == 1:
            return Voice(roots, library.weight(roots[0]), roots[0] == source)
        return Voice(roots, min(map(library.weight, roots)), is_direct=False)

    def _only_quotes(self, source: str, quoted: str | None) -> bool:
        if quoted is None or self._library.weight(source) > _SECONDARY:
            return False
        return self._library.roots(source) == (source,)

    def _speaker(self, quoted: str) -> str:
        for name in _names(quoted):
            if name in self._names:
                return self._names[name]
        return ATTRIBUTED + _body(quoted)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    return fold(text)


@lru_cache(maxsize=65536)
def _names(quoted: str) -> tuple[str, ...]:
    """The whole as it stands, then each of its parts: a person and that person's body."""
    bare = _ASIDE.sub("", quoted)
    return tuple(_folded(each) for each in (quoted, bare, *bare.split(",")))


@lru_cache(maxsize=65536)
def _body(quoted: str) -> str:
    """The body that a person speaks for: `Maamoun Abdulkarim, DGAM (AFP)` is `dgam`.

    A part that does not begin with a capital is what somebody is (`activist`)
    and not a body.
    """
    bare = _ASIDE.sub("", quoted).strip() or quoted
    last = bare.rpartition(",")[2].strip()
    return _folded(last if last[:1].isupper() else bare)
