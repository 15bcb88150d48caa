"""Tables to crosswalk facts: whose terms are matched, and which have no match.

The matches themselves stand with our terms, in the columns `exact_match` and
`close_match`. `schemes.csv` says which list of which publisher a scheme stands
for in a vocabulary (`eamena` is the Disturbance Cause Type list in `cause` and
the Overall Condition State list in `condition`), whether its terms are labels
or codes, and whether the whole list is covered. `unmapped.csv` names each term
of a wholly covered list that has no match, with the reason.

An EAMENA term is named by its English label, since that is what its exports
and spreadsheets hold; a label that EAMENA spells in two ways stands twice.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import attrs

__all__ = ["Scheme", "Unmapped", "schemes", "unmapped"]


@attrs.frozen(kw_only=True)
class Scheme:
    """A list of another system's terms that one vocabulary is matched to."""

    vocabulary: str
    scheme: str
    """The word before the colon in a match."""
    title: str
    list: str
    """What the publisher calls the list or column."""
    terms_are: str
    """`labels` or `codes`."""
    covered: str
    """`whole` when every term has a match or a stated reason for none, else `part`."""


@attrs.frozen(kw_only=True)
class Unmapped:
    """A term of another system that has no match, and why."""

    vocabulary: str
    scheme: str
    term: str
    reason: str


@cache
def schemes() -> tuple[Scheme, ...]:
    """All lists that vocabularies are matched to, by vocabulary and scheme."""
    return tuple(Scheme(**row) for row in _rows("schemes.csv"))


@cache
def unmapped() -> tuple[Unmapped, ...]:
    """All terms without a match, by vocabulary and scheme."""
    return tuple(Unmapped(**row) for row in _rows("unmapped.csv"))


def _rows(file: str) -> list[dict[str, str]]:
    text = resources.files("heritage.vocab.crosswalk").joinpath(file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
