"""A CSV file to a vocabulary: terms by code, found by any of their names."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib import resources
from types import MappingProxyType

import attrs

from heritage.errors import UnknownTermError

__all__ = [
    "Term",
    "UnknownVocabularyError",
    "Vocabulary",
    "fold",
    "nearest_key",
    "read_vocabulary",
]

_NEAR_ENOUGH = 0.7
"""Likeness, from 0 to 1, below which a suggestion misleads more than it helps."""


class UnknownVocabularyError(UnknownTermError):
    """A name that is not a vocabulary."""

    def __init__(self, name: str, nearest: str | None = None) -> None:
        super().__init__("vocabularies", name, nearest)
        self.args = (name, nearest)

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"no vocabulary is called {self.code!r}{hint}"


@attrs.frozen(kw_only=True)
class Term:
    """One word that a record may use, with its meaning."""

    code: str
    """What records and files hold."""
    parent: str | None
    """The code of the broader term."""
    label_en: str
    label_ar: str
    definition: str
    """One sentence in English."""
    also: tuple[str, ...]
    """Other words and spellings for the same thing."""
    exact_match: tuple[str, ...]
    """Terms of other systems with the same meaning, as `scheme:term`."""
    close_match: tuple[str, ...]
    """Terms of other systems whose meaning overlaps; something is lost either way."""
    rank: int | None
    """Place in the vocabulary's order, upwards from 1; None where it has none."""


@attrs.frozen(kw_only=True, eq=False)
class Vocabulary:
    """The terms that one field may hold, in the order of their file.

    >>> from heritage.vocab import vocabulary
    >>> cause = vocabulary("cause")
    >>> cause.find("Explosion/Heavy Weaponry"), cause.is_a("barrel_bomb", "weapons")
    ('heavy_weapons', True)
    """

    name: str
    terms: Mapping[str, Term]
    """Terms by code."""

    def __contains__(self, code: object) -> bool:
        return code in self.terms

    def __iter__(self) -> Iterator[str]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __getitem__(self, code: str) -> Term:
        """The term with this code.

        Raises:
            UnknownTermError: No term has this code; the error names the nearest.
        """
        try:
            return self.terms[code]
        except KeyError:
            raise UnknownTermError(self.name, code, self.nearest(code)) from None

    def find(self, text: str) -> str | None:
        """The code that a text names without doubt, or None.

        A text names a term by its code, its label in either language, another
        word for it, or an exact match in another system, with or without that
        system's scheme before it. Case, accents, vowel marks and the choice
        between blank, `_` and `-` do not matter. A bare number names nothing:
        `5` is a crater to one system and a collapse to another.
        """
        return self._by_name.get(fold(text))

    def nearest(self, text: str) -> str | None:
        """The code that was probably meant, or None when nothing is near."""
        found = self.find(text)
        if found is not None:
            return found
        key = nearest_key(fold(text), self._by_name)
        return None if key is None else self._by_name[key]

    def match(self, scheme: str, term: str, *, exact: bool = False) -> tuple[str, ...]:
        """Codes for another system's term: the exact match first, then close ones.

        Args:
            scheme: A scheme of `heritage.vocab.schemes()`, such as `eamena`.
            term: The term in that scheme: a label or a code.
            exact: Leave out close matches, whose meaning only overlaps.
        """
        key = fold(f"{scheme}:{term}")
        close = () if exact else self._by_close_match.get(key, ())
        return self._by_exact_match.get(key, ()) + close

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes of the broader terms, the nearest first."""
        found = []
        parent = self[code].parent
        while parent is not None:
            found.append(parent)
            parent = self.terms[parent].parent
        return tuple(found)

    def is_a(self, code: str, other: str) -> bool:
        """Whether a term is another or stands under it."""
        return self[other].code == code or other in self.ancestors(code)

    def rank(self, code: str) -> int | None:
        """Place in the vocabulary's order, upwards from 1; None where it has none."""
        return self[code].rank

    @cached_property
    def _by_exact_match(self) -> dict[str, tuple[str, ...]]:
        return _codes_by_match((t.code, t.exact_match) for t in self.terms.values())

    @cached_property
    def _by_close_match(self) -> dict[str, tuple[str, ...]]:
        return _codes_by_match((t.code, t.close_match) for t in self.terms.values())

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """Codes by every folded name; what comes first wins, what names two is left out."""
        names: dict[str, str] = {}
        for layer in (_own_names, _foreign_names):
            codes: dict[str, set[str]] = {}
            for term in self.terms.values():
                for name in layer(term):
                    codes.setdefault(fold(name), set()).add(term.code)
            for key, found in codes.items():
                if len(found) == 1:
                    names.setdefault(key, found.pop())
        return names


def read_vocabulary(name: str) -> Vocabulary:
    """A vocabulary from the file of that name beside this module."""
    text = resources.files("heritage.vocab").joinpath(f"{name}.csv").read_text("utf-8")
    terms = (_term(row) for row in csv.DictReader(text.splitlines()))
    return Vocabulary(name=name, terms=MappingProxyType({term.code: term for term in terms}))


def fold(text: str) -> str:
    """A text with case, accents, vowel marks and the kind of gap taken out.

    >>> fold("  Crac_des-Chevaliérs "), fold("مُدَمَّر") == fold("مدمر")
    ('crac des chevaliers', True)
    """
    letters = (c for c in unicodedata.normalize("NFKD", text) if not _is_mark(c))
    return " ".join("".join(letters).casefold().replace("_", " ").replace("-", " ").split())


def nearest_key(text: str, keys: Iterable[str]) -> str | None:
    """The key most like a text, or None when none is like it."""
    from difflib import get_close_matches  # here: only mistakes need it

    return next(iter(get_close_matches(text, keys, n=1, cutoff=_NEAR_ENOUGH)), None)


def _is_mark(character: str) -> bool:
    # U+0640 is the Arabic tatweel, which stretches a word and means nothing.
    return character == "\u0640" or unicodedata.combining(character) != 0


def _own_names(term: Term) -> tuple[str, ...]:
    return (term.code, term.label_en, term.label_ar, *term.also)


def _foreign_names(term: Term) -> Iterator[str]:
    for match in term.exact_match:
        yield match
        word = match.partition(":")[2]
        if not word.isdecimal():
            yield word


def _codes_by_match(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    codes: dict[str, tuple[str, ...]] = {}
    for code, matches in pairs:
        for match in matches:
            codes[fold(match)] = (*codes.get(fold(match), ()), code)
    return codes


def _term(row: Mapping[str, str]) -> Term:
    return Term(
        code=row["code"],
        parent=row["parent"] or None,
        label_en=row["label_en"],
        label_ar=row["label_ar"],
        definition=row["definition"],
        also=_several(row["also"]),
        exact_match=_several(row["exact_match"]),
        close_match=_several(row["close_match"]),
        rank=int(row["rank"]) if row["rank"] else None,
    )


def _several(cell: str) -> tuple[str, ...]:
    """The parts of a cell; a bar parts them, since terms hold blanks and commas."""
    return tuple(cell.split("|")) if cell else ()
