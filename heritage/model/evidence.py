"""Files that prove something, and every hand they passed through."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from heritage.dates import FuzzyDate
from heritage.model.fields import SHA256_PATTERN, check, check_id, one_of, to_day
from heritage.model.site import ACCESS


@attrs.frozen(kw_only=True)
class Custody:
    """One step of a file's way: who received it, when, how."""

    date: FuzzyDate = attrs.field(converter=to_day)
    holder: str
    act: str
    """What happened: received, copied, converted, handed over."""

    def __attrs_post_init__(self) -> None:
        check(self)


def _in_turn(steps: Iterable[Custody]) -> tuple[Custody, ...]:
    return tuple(steps)


def _sha256_fault(value: str) -> str | None:
    if SHA256_PATTERN.fullmatch(value):
        return None
    return f"{value!r} is not a SHA-256 in lower-case hexadecimal"


MOST_BYTES = 2**63 - 1
"""What an integer of SQLite can count."""


def _size_fault(value: int) -> str | None:
    return None if 0 <= value <= MOST_BYTES else f"{value} is not a number of bytes"


@attrs.frozen(kw_only=True)
class Evidence:
    """A file: its bytes by their SHA-256, where it came from, its chain of custody."""

    id: str = attrs.field(metadata={"check": check_id})
    sha256: str = attrs.field(metadata={"check": _sha256_fault})
    title: str | None = None
    media_type: str | None = None
    size: int | None = attrs.field(default=None, metadata={"check": _size_fault})
    """Bytes."""
    source: str | None = attrs.field(default=None, metadata={"check": check_id})
    custody: tuple[Custody, ...] = attrs.field(default=(), converter=_in_turn)
    """In the order in which it happened."""
    access: str = attrs.field(default="restricted", metadata={"check": one_of("access", ACCESS)})

    def __attrs_post_init__(self) -> None:
        check(self)
