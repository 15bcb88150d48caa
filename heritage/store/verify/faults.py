"""What verification finds, in words: problems with their exact place, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import attrs

from heritage.problems import Origin, Problem

MOST = 100
"""Problems that one examination tells; a file that was rewritten has millions."""

RESTORE = "restore the registry from a backup, or find out who changed it"
MIGRATE = "`heritage migrate` puts it right"
REBUILD = "`heritage verify --replay NEW` makes a registry of what the log says"


def entry(code: str, seq: int, message: str, suggestion: str = RESTORE) -> Problem:
    """A problem with one entry of the log."""
    return Problem(
        code=code,
        message=message,
        origin=Origin(file="history", row=seq),
        suggestion=suggestion,
    )


def of_change(code: str, change: int, message: str, suggestion: str = RESTORE) -> Problem:
    """A problem with one change."""
    return Problem(
        code=code,
        message=message,
        origin=Origin(file="changes", row=change),
        suggestion=suggestion,
    )


def row(
    code: str,
    table: str,
    key: object,
    message: str,
    column: str | None = None,
    *,
    do: str = RESTORE,
) -> Problem:
    """A problem with one row of a table."""
    return Problem(
        code=code,
        message=message,
        origin=Origin(file=f"{table}/{shown(key)}", column=column),
        suggestion=do,
    )


def whole(code: str, where: str, message: str, suggestion: str = RESTORE) -> Problem:
    """A problem with a table, an index, a trigger or the file."""
    return Problem(code=code, message=message, origin=Origin(file=where), suggestion=suggestion)


def lenient(text: bytes) -> str:
    """A text of the file; bytes that are no UTF-8 are kept as what they are."""
    return text.decode("utf-8", "surrogateescape")


def shown(value: object, most: int = 80) -> str:
    """A value for people: short, and printable whatever its bytes."""
    if isinstance(value, bytes):
        return value.hex()
    text = "nothing" if value is None else str(value)
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    text = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
    return text if len(text) <= most else text[: most - 1] + "…"


def quoted(value: object) -> str:
    """A value for people, in quotes where it is a text."""
    return "'" + shown(value) + "'" if isinstance(value, str) else shown(value)


def bounded(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problems; more of the same kind are cut off."""
    return islice(problems, MOST)


@attrs.define
class Notes:
    """What is no fault and should be known."""

    lines: list[str] = attrs.Factory(list)

    def add(self, line: str) -> None:
        """Note something."""
        self.lines.append(line)
