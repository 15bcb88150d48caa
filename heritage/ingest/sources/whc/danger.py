"""The words of `danger_list` to danger stints, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from heritage.errors import ValueParseError

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212/"
_STINT = re.compile(
    rf"\s*(?P<mark>[YyPp])[\s.:]*(?P<begin>\d{{4}})(?:\.0)?(?!\d)"
    rf"(?:\s*[{_DASHES}]\s*(?P<end>\d{{4}})?(?:\.0)?(?!\d))?[\s,;]*",
    re.ASCII,
)


@attrs.frozen(order=True)
class Stint:
    """A stay on the List of World Heritage in Danger, in years."""

    begin: int
    end: int | None = attrs.field(order=lambda end: end or 9999)
    """None while it lasts."""
    words: str = attrs.field(default="", eq=False, repr=False)
    """How it was written."""


def parse(text: str) -> tuple[Stint, ...]:
    """Read the stints of a property, the earliest first.

    `Y 2013` lasts, `P 1997-2005` is past; several stand in any order, and a
    stint with an end is past whatever its letter (`Y 1992-2011` is in the
    syndication).

    Raises:
        ValueParseError: Something else stands there, or two stints last.

    >>> parse("Y 1996 P 1984-1992")
    (Stint(begin=1984, end=1992), Stint(begin=1996, end=None))
    """
    stints = []
    at = 0
    while at < len(text):
        found = _STINT.match(text, at)
        if found is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise ValueParseError(text, start, "a stint such as Y 2013 or P 1997-2005")
        end = int(found["end"]) if found["end"] else None
        if end is None and found["mark"] in "Pp":
            raise ValueParseError(text, found.end(), "the year in which this past stint ended")
        stints.append(Stint(int(found["begin"]), end, found[0].strip(" ,;\t\r\n")))
        at = found.end()
    if sum(stint.end is None for stint in stints) > 1:
        raise ValueParseError(text, 0, "one stint at most that still lasts")
    return tuple(sorted(set(stints)))


def format(stints: Iterable[Stint]) -> str:
    """Write stints as UNESCO does: the one that lasts first, then the past ones in order.

    >>> format([Stint(1984, 1992), Stint(1996, None)])
    'Y 1996 P 1984-1992'
    """
    ordered = sorted(stints, key=lambda stint: (stint.end is not None, stint.begin))
    return " ".join(as_written(stint) for stint in ordered)


def as_written(stint: Stint) -> str:
    """One stint in UNESCO's words."""
    return f"Y {stint.begin}" if stint.end is None else f"P {stint.begin}-{stint.end}"
