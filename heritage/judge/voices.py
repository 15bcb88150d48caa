"""A claim and its source to the root whose word it is, and what that root weighs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from heritage.judge.library import Library
from heritage.vocab.vocabulary import fold

__all__ = ["ATTRIBUTED", "Voice", "Voices"]

ATTRIBUTED: Final = "attributed:"
"""How a root begins that is only a name which others quote."""

_SECONDARY: Final = 1
_ASIDE: Final = re.compile(r"\s*\([^()]*\)")
_WORD: Final = re.compile(r"[^\W_]+")
_EMPTY_WORDS: Final = frozenset({"src", "the", "of", "and", "for", "on", "in", "by", "via", "an"})


class Voice(NamedTuple):
    """Whose word a statement is."""

    root: str
    """The root as it is shown: ids of sources, or `attributed:` and a name."""
    roots: tuple[str, ...]
    """What is counted once: roots, those of one body under the first of their ids."""
    weight: int
    """The weight of the root; of several, the lowest."""
    is_direct: bool
    """Whether the root speaks itself."""
    is_quoted: bool
    """Whether a sentence may call it the word of whom the source quotes."""


class Voices:
    """Who speaks in one case.

    * A source that relies on others speaks for their roots, unless it quotes
      somebody who is none of them.
    * A source of secondary media or less that relies on nobody and quotes
      somebody passes on a word that is not its own.
    * Whoever is quoted is one voice, however many quote; it is a root of the case
      where it has the name of one.
    * Roots of one body (publisher; on platforms, author) are one voice.

    Args:
        library: The sources.
        cited: For each statement of the case its source and whom that quotes.
    """

    def __init__(self, library: Library, cited: Iterable[tuple[str, str | None]]) -> None:
        self._library = library
        cited = list(cited)
        self._cited = {(source, _folded(quoted)) for source, quoted in cited if quoted}
        self._bodies: dict[str, str] = {}
        self._names: dict[str, str] = {}
        roots = {root for source, _ in cited for root in library.roots(source)}
        # Downwards, so that among several the first by id is the one meant.
        for root in sorted(roots, reverse=True):
            body = library.body(root)
            if body is not None:
                self._bodies[body] = root
        if not self._cited:
            return
        own = {
            root
            for source, quoted in cited
            if quoted is None or not self._is_passed_on(source, quoted)
            for root in library.roots(source)
        }
        for root in sorted(own, reverse=True):
            for name in library.names(root):
                self._names[_folded(name)] = root
                self._names.update((short, root) for short in _initials(name))

    def voice(self, source: str, quoted: str | None) -> Voice:
        """Whose word it is when a source says something, quoting somebody or nobody."""
        library = self._library
        if quoted is not None:
            first = self._quoted_first(source, quoted)
            if first is not None:
                return self.voice(first, quoted)._replace(is_direct=False)
            if self._is_passed_on(source, quoted):
                root = self._speaker(quoted)
                weight = min(library.weight(source), _SECONDARY)
                # Of a name that is only quoted, nobody is nearer than who quotes it.
                is_direct = root.startswith(ATTRIBUTED)
                return Voice(root, (self._counted(root),), weight, is_direct, is_quoted=True)
        roots = library.roots(source)
        counted = tuple(sorted({self._counted(root) for root in roots}))
        weight = min(map(library.weight, roots))
        is_root = roots == (source,)
        return Voice(" + ".join(roots), counted, weight, is_root, quoted is not None)

    def _counted(self, root: str) -> str:
        body = self._library.body(root) if self._bodies else None
        return root if body is None else self._bodies.get(body, root)

    def _quoted_first(self, source: str, quoted: str) -> str | None:
        """The nearest source behind this one that quotes the same: this only repeats it."""
        name = _folded(quoted)
        return next(
            (each for each in self._library.behind(source) if (each, name) in self._cited), None
        )

    def _is_passed_on(self, source: str, quoted: str) -> bool:
        """Whether the word is neither the source's own nor that of one of its roots."""
        library = self._library
        roots = library.roots(source)
        if roots == (source,):
            return library.weight(source) <= _SECONDARY
        said = _words(quoted)
        return not any(said & _words(name) for root in roots for name in library.bodily_names(root))

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
    return tuple(_folded(each) for each in (quoted, bare, *bare.split(",")) if each.strip())


@lru_cache(maxsize=65536)
def _words(name: str) -> frozenset[str]:
    """The words of a name that mean somebody, with its initials."""
    words = {word for word in _WORD.findall(_folded(name)) if not word.isdecimal()}
    words.update(_initials(name))
    return frozenset(word for word in words - _EMPTY_WORDS if len(word) > 1)


def _initials(name: str) -> Iterator[str]:
    """The initials of a name of three words or more: SOHR, UNESCO."""
    letters = [word[0] for word in _WORD.findall(name) if word[0].isupper()]
    if len(letters) > 2:
        yield "".join(letters).casefold()


@lru_cache(maxsize=65536)
def _body(quoted: str) -> str:
    """The body that a person speaks for: `Maamoun Abdulkarim, DGAM (AFP)` is `dgam`.

    A part that does not begin with a capital is what somebody is (`activist`)
    and not a body.
    """
    bare = _ASIDE.sub("", quoted).strip() or quoted
    last = bare.rpartition(",")[2].strip()
    return _folded(last if last[:1].isupper() else bare)
