"""A claim and its source to the root whose word it is, and what that root weighs.

What is decided here depends on the source and on whom it quotes, and never on
what else is claimed: otherwise one claim more could make two voices one, and
a supporter could lower what it supports.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from heritage.vocab.vocabulary import fold

__all__ = ["ATTRIBUTED", "Shelf", "Voice", "body_name", "find_voice"]

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
    """What is counted once, sorted: bodies by name, other roots by id. Of several it is
    not known whose word it is."""
    weight: int
    """The weight of the root; of several, the lowest."""
    is_direct: bool
    """Whether nobody stands between the root and the statement."""
    is_quoted: bool
    """Whether a sentence may call it the word of whom the source quotes."""


class Shelf(Protocol):
    """What has to be known of sources: see `judge.library.Library`."""

    def roots(self, id: str) -> tuple[str, ...]:
        """The roots behind a source."""

    def behind(self, id: str) -> tuple[str, ...]:
        """All on whom a source relies."""

    def weight(self, id: str) -> int:
        """What a source weighs by itself."""

    def body(self, id: str) -> str | None:
        """The body that speaks in a source."""

    def names(self, id: str) -> tuple[str, ...]:
        """The names of who speaks in a source."""


def find_voice(library: Shelf, source: str, quoted: str | None) -> Voice:
    """Find whose word it is when a source says something, quoting somebody or nobody.

    * A source that relies on others speaks for their roots.
    * If it quotes somebody who is none of them, the word may be either's, and
      weighs no more than secondary media.
    * A source of secondary media or less that relies on nobody and quotes
      somebody passes on a word that is not its own.
    * Whoever is quoted is one voice, however many quote. Roots of one body
      (publisher; on platforms, author) are one voice, and so is its name quoted.
    """
    roots = library.roots(source)
    is_root = roots == (source,)
    keys = {library.body(root) or root for root in roots}
    if quoted is not None and _is_passed_on(library, source, roots, quoted):
        weights = [library.weight(each) for each in (source, *library.behind(source))]
        name = body_name(quoted)
        counted = {name} if is_root else {name, *keys}
        # Of a name that is only quoted, nobody is nearer than who quotes it.
        return Voice(
            ATTRIBUTED + name,
            tuple(sorted(counted)),
            min(_SECONDARY, *weights),
            is_direct=is_root,
            is_quoted=True,
        )
    weight = min(map(library.weight, roots))
    return Voice(" + ".join(roots), tuple(sorted(keys)), weight, is_root, quoted is not None)


def _is_passed_on(library: Shelf, source: str, roots: tuple[str, ...], quoted: str) -> bool:
    """Whether the word is neither the source's own nor that of one of its roots."""
    if roots == (source,):
        return library.weight(source) <= _SECONDARY
    said = _words(quoted)
    return not any(said & _words(name) for root in roots for name in library.names(root))


@lru_cache(maxsize=65536)
def _words(name: str) -> frozenset[str]:
    """The words of a name that mean somebody, with its initials."""
    words = {word for word in _WORD.findall(fold(name)) if not word.isdecimal()}
    words.add(_initials(name) or "")
    return frozenset(word for word in words - _EMPTY_WORDS if len(word) > 1)


def _initials(name: str) -> str | None:
    """The initials of a name of four words or more; shorter names may be those of people.

    >>> _initials("Syrian Observatory for Human Rights")
    'sohr'
    """
    letters = [word[0] for word in _WORD.findall(name) if word[0].isupper()]
    return "".join(letters).casefold() if len(letters) > 3 else None


@lru_cache(maxsize=65536)
def body_name(name: str) -> str:
    """The body that speaks, by a name that is the same however it is quoted.

    What stands in parentheses is left out; of a person and that person's body
    the body is meant; long names are known by their initials. A last part that
    does not begin with a capital is what somebody is (`activist`) and no body.

    >>> body_name("Maamoun Abdulkarim, DGAM (AFP)"), body_name("Hassan, activist")
    ('dgam', 'hassan, activist')
    """
    bare = _ASIDE.sub("", name).strip() or name
    last = bare.rpartition(",")[2].strip()
    body = last if last[:1].isupper() else bare
    return _initials(body) or fold(body)
