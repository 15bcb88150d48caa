"""A word that finds nothing to words that stand in the registry and are spelt nearly so.

Words are those of the search, folded. Those that begin alike are compared, a
bounded number of them; a slip at the beginning is sought with every first
or second letter of the same script.
"""

from __future__ import annotations

import sqlite3
import string
from collections.abc import Iterator
from contextlib import contextmanager

from heritage.store.folding import fold

TABLES = ("sites", "events", "sources")
READ = 500
"""Words that are compared for one beginning."""

SOUGHT = 30
"""Words of one request that near ones are sought for; others stay as they are."""

SHORT = 4
"""Words up to this length may differ by one letter, longer ones by two."""

_SCRIPTS = (
    string.ascii_lowercase,
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "абвгдежзийклмнопрстуфхцчшщыэюяєії",
)


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, replace or swap with their neighbour; beyond `most`, one more.

    >>> distance("palmira", "palmyra", 2), distance("tadumr", "tadmur", 2)
    (1, 1)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        new = [i]
        for j, against in enumerate(other, start=1):
            best = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != against))
            if before and letter == other[j - 2] and one[i - 2] == against and j > 1:
                best = min(best, before[j - 2] + 1)
            new.append(best)
        if min(new) > most:
            return most + 1
        before, row = row, new
    return row[-1]


def _beginnings(word: str) -> Iterator[str]:
    yield word[:3]
    yield word[:2]
    yield word[1] + word[0]
    yield word[1:3]
    letters = next((letters for letters in _SCRIPTS if word[0] in letters), word[0])
    yield from (letter + word[1:3] for letter in letters if letter != word[0])
    yield from (letter + word[:2] for letter in letters)
    yield from (word[0] + letter + word[1] for letter in letters)


def _words(connection: sqlite3.Connection, table: str, beginning: str) -> Iterator[tuple[str, int]]:
    last = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    yield from connection.execute(
        f"SELECT term, doc FROM temp.{table}_words WHERE term >= ? AND term < ? LIMIT {READ}",
        (beginning, last),
    )


def _nearest(connection: sqlite3.Connection, word: str) -> str | None:
    most = 1 if len(word) <= SHORT else 2
    known: dict[str, int] = {}
    for table in TABLES:
        for beginning in dict.fromkeys(_beginnings(word)):
            for term, number in _words(connection, table, beginning):
                known[term] = max(known.get(term, 0), number)
    near = [
        (far, -number, term)
        for term, number in known.items()
        if (far := distance(word, term, most)) <= most
    ]
    return min(near)[2] if near else None


class Spelling:
    """The words that stand in a registry, asked for near ones: each text and word once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._texts: dict[str, str | None] = {}
        self._words: dict[str, str | None] = {}

    def suggestion(self, text: str) -> str | None:
        """A text near another one whose words stand in the registry; None where there is none."""
        if text not in self._texts:
            self._texts[text] = self._suggested(fold(text).split())
        return self._texts[text]

    def _suggested(self, words: list[str]) -> str | None:
        sought = [word for word in dict.fromkeys(words) if 2 < len(word) <= 40]
        if not sought or len(words) > 8:
            return None
        new = [word for word in sought if word not in self._words][: SOUGHT - len(self._words)]
        if new:
            with _indexed(self.connection):
                self._words |= {word: _nearest(self.connection, word) for word in new}
        found = [self._words.get(word) or word for word in words]
        return " ".join(found) if found != words else None


def suggestion(connection: sqlite3.Connection, text: str) -> str | None:
    """A text near another one whose words stand in the registry; None where there is none."""
    return Spelling(connection).suggestion(text)


@contextmanager
def _indexed(connection: sqlite3.Connection) -> Iterator[None]:
    """The words of the search as tables of this connection alone, while they are asked."""
    # A connection that may write nothing may not even make these, which are in no file.
    (is_guarded,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = OFF")
    try:
        for table in TABLES:
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.{table}_words USING fts5vocab(main, {table}_fts, row)"
            )
        yield
    finally:
        for table in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}_words")
        connection.execute(f"PRAGMA query_only = {is_guarded}")
