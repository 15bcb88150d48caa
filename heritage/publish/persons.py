"""Texts that name somebody who is not to be named to texts that do not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from heritage.vocab.vocabulary import fold

__all__ = ["Persons"]

_WORD = re.compile(r"\w+")


class Persons:
    """The names that must not be told, and what is told instead.

    A name of several words is found in any text, in any case and with or
    without accents and vowel marks. A name of one word is as often the name of
    a place, and is looked for only where a text names people and nothing else.

    Args:
        hidden: Names with what is told instead.
    """

    def __init__(self, hidden: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        for name, told in hidden:
            words = _words(name)
            if words:
                self._by_first.setdefault(words[0], []).append((words, name, told))

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def hide(self, text: str, *, names_people: bool = False) -> str:
        """A text with what is told instead of each name, in brackets.

        Args:
            text: The text.
            names_people: Whether it names people and nothing else, as an author does.
        """
        for name, told in self._found(text, names_people=names_people):
            instead = f"[{told}]".replace("\\", r"\\")
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
            text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
        # Where it is spelled with other marks than we know, the words cannot be told apart.
        left = next(self._found(text, names_people=names_people), None)
        return text if left is None else f"[{left[1]}]"

    def _found(self, text: str, *, names_people: bool) -> Iterator[tuple[str, str]]:
        words = _words(text)
        for position, word in enumerate(words):
            for name, written, told in self._by_first.get(word, ()):
                if len(name) == 1 and not names_people:
                    continue
                if words[position : position + len(name)] == name:
                    yield written, told


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))
