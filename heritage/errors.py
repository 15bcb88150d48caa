"""Every exception of the package; nothing else is raised on purpose.

Each leaf takes data and writes its own sentence, so that no caller composes a
message. Faults in *data* are not exceptions: see `heritage.problems`.

    HeritageError
    ├── ParseError (ValueError)
    │   ├── DateParseError
    │   ├── MomentParseError
    │   └── ValueParseError
    ├── InvalidRecordError (ValueError)
    ├── UnknownTermError (LookupError)
    ├── UnknownKindError (LookupError)
    ├── IngestError
    │   ├── UnreadableFileError
    │   ├── UnknownFormatError
    │   └── UnknownSourceError
    ├── StoreError
    │   ├── RegistryExistsError
    │   ├── RegistryMissingError
    │   ├── RegistryBusyError
    │   ├── NotARegistryError
    │   ├── NotAnEditionError
    │   ├── RegistryCorruptError
    │   ├── RegistryReadOnlyError
    │   ├── RegistryFullError
    │   ├── RegistryDiskError
    │   ├── SchemaTooNewError
    │   ├── SchemaTooOldError
    │   ├── RecordNotFoundError (LookupError)
    │   ├── RecordChangedError
    │   ├── RefusedByDatabaseError
    │   └── BrokenReferenceError
    ├── CheckFailedError
    ├── InvalidPolicyError (ValueError)
    └── UsageError
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heritage.problems import Problem

__all__ = [
    "BrokenReferenceError",
    "CheckFailedError",
    "DateParseError",
    "HeritageError",
    "IngestError",
    "InvalidPolicyError",
    "InvalidRecordError",
    "MomentParseError",
    "NotARegistryError",
    "NotAnEditionError",
    "ParseError",
    "RecordChangedError",
    "RecordNotFoundError",
    "RefusedByDatabaseError",
    "RegistryBusyError",
    "RegistryCorruptError",
    "RegistryDiskError",
    "RegistryExistsError",
    "RegistryFullError",
    "RegistryMissingError",
    "RegistryReadOnlyError",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "StoreError",
    "UnknownFormatError",
    "UnknownKindError",
    "UnknownSourceError",
    "UnknownTermError",
    "UnreadableFileError",
    "UsageError",
    "ValueParseError",
]


class HeritageError(Exception):
    """Anything this package refuses to do."""


class ParseError(HeritageError, ValueError):
    """A text that does not follow its notation.

    Args:
        text: The text as it was given.
        at: Zero-based position of the first character at fault; `len(text)`
            when the text ends too early.
        expected: What should stand there, as a noun phrase.
    """

    noun = "text"

    def __init__(self, text: str, at: int, expected: str) -> None:
        super().__init__(text, at, expected)
        self.text = text
        self.at = at
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.text!r} is not a {self.noun}: {self.expected}, at character {self.at + 1}"

    def drawn(self) -> str:
        """Two lines: the text, and a caret under the fault."""
        return f"{self.text}\n{' ' * self.at}^ {self.expected}"


class DateParseError(ParseError):
    """A text that is not an EDTF date."""

    noun = "date"


class MomentParseError(ParseError):
    """A text that is not a moment, or one whose time zone nobody could know."""

    noun = "moment"


class ValueParseError(ParseError):
    """A claimed value that is not of its property's type."""

    noun = "value of this property"


class InvalidRecordError(HeritageError, ValueError):
    """A record that breaks rules of the model, with every fault at once.

    Args:
        kind: The record's kind, such as `claim`.
        faults: One sentence for each fault, each naming its field.
    """

    def __init__(self, kind: str, faults: Sequence[str]) -> None:
        super().__init__(kind, tuple(faults))
        self.kind = kind
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return f"not a valid {self.kind}: " + "; ".join(self.faults)


class UnknownTermError(HeritageError, LookupError):
    """A code that a vocabulary does not hold."""

    def __init__(self, vocabulary: str, code: str, nearest: str | None = None) -> None:
        super().__init__(vocabulary, code, nearest)
        self.vocabulary = vocabulary
        self.code = code
        self.nearest = nearest

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.code!r} is not a term of the vocabulary {self.vocabulary!r}{hint}"


class UnknownKindError(HeritageError, LookupError):
    """A name that is not a kind of record."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        super().__init__(kind, tuple(known))
        self.kind = kind
        self.known = tuple(known)

    def __str__(self) -> str:
        return f"{self.kind!r} is not a kind of record; known are {', '.join(self.known)}"


class IngestError(HeritageError):
    """A file that cannot be taken in at all."""


class UnreadableFileError(IngestError):
    """A file that is missing, empty, or not what it should be."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path} cannot be read: {self.reason}"


class UnknownFormatError(IngestError):
    """A file of a kind that nobody here reads."""

    def __init__(self, path: str, known: Sequence[str]) -> None:
        super().__init__(path, tuple(known))
        self.path = path
        self.known = tuple(known)

    def __str__(self) -> str:
        return f"{self.path} is in no known format; known are {', '.join(self.known)}"


class UnknownSourceError(IngestError):
    """A file whose source was not named and cannot be told for certain."""

    def __init__(self, path: str, known: Sequence[str], asked: str | None = None) -> None:
        super().__init__(path, tuple(known), asked)
        self.path = path
        self.known = tuple(known)
        self.asked = asked

    def __str__(self) -> str:
        if self.asked is not None:
            return f"no source is called {self.asked!r}; known are {', '.join(self.known)}"
        return (
            f"{self.path}: whose file this is cannot be told for certain;"
            f" name it with --from (known are {', '.join(self.known)})"
        )


class StoreError(HeritageError):
    """The registry file, or something in it, stands in the way."""


class _FileError(StoreError):
    """A store error that concerns the whole file."""

    sentence = "{path}"

    def __init__(self, path: str, detail: str = "") -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        sentence = self.sentence.format(path=self.path)
        return f"{sentence} ({self.detail})" if self.detail else sentence


class RegistryExistsError(_FileError):
    """A new registry was asked for where a file already is."""

    sentence = "{path} already exists; nothing was written. Choose another name"


class RegistryMissingError(_FileError):
    """No file where a registry was expected."""

    sentence = "{path} does not exist; `heritage init` makes a new registry"


class RegistryBusyError(_FileError):
    """Another program held the file for longer than the wait allowed."""

    sentence = (
        "{path} is being written by another program; nothing was changed."
        " Try again, or wait longer with --wait"
    )


class NotARegistryError(_FileError):
    """A file that is not one of ours."""

    sentence = "{path} is not a heritage registry; nothing was changed"


class NotAnEditionError(_FileError):
    """A full registry where only what anyone may read is asked for."""

    sentence = (
        "{path} is no public edition and may hold what is withheld. Write one with"
        " `heritage publish`, or show this one to the staff with `heritage serve --private`"
    )


class RegistryCorruptError(_FileError):
    """A damaged file."""

    sentence = "{path} is damaged; restore it from a backup"


class RegistryReadOnlyError(_FileError):
    """A file or folder that may not be written."""

    sentence = "{path} cannot be written; check the permissions of the file and its folder"


class RegistryFullError(_FileError):
    """No room left on the disk."""

    sentence = "{path}: the disk is full; nothing was changed. Make room and try again"


class RegistryDiskError(_FileError):
    """A disk that failed to read or to write."""

    sentence = (
        "{path} could not be read or written: the disk fails."
        " What was told to be done is kept; make a copy, and look after the disk"
    )


class SchemaTooNewError(_FileError):
    """A registry written by a newer version of this package."""

    sentence = "{path} was written by a newer version of heritage-registry; upgrade the package"


class SchemaTooOldError(_FileError):
    """A registry that has migrations to come."""

    sentence = "{path} is of an older version; bring it up to date with `heritage migrate`"


class RecordNotFoundError(StoreError, LookupError):
    """An id that the registry does not know, now or in the past."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(kind, id)
        self.kind = kind
        self.id = id

    def __str__(self) -> str:
        return f"no {self.kind} has the id {self.id!r}"


class RecordChangedError(StoreError):
    """A record that moved on after it was read."""

    def __init__(self, kind: str, id: str, expected: int, found: int | None) -> None:
        super().__init__(kind, id, expected, found)
        self.kind = kind
        self.id = id
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        now = "it does not exist" if self.found is None else f"it is at version {self.found}"
        return f"{self.kind} {self.id!r} was expected at version {self.expected}, but {now}"


class RefusedByDatabaseError(StoreError):
    """A change that a constraint or trigger of the database refused."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the database refused the change: {self.reason}"


class BrokenReferenceError(StoreError):
    """A record that points at one that does not exist."""

    def __init__(self, table: str, id: str, field: str, target: str) -> None:
        super().__init__(table, id, field, target)
        self.table = table
        self.id = id
        self.field = field
        self.target = target

    def __str__(self) -> str:
        return f"{self.table} {self.id!r}: {self.field} {self.target!r} does not exist"


class CheckFailedError(HeritageError):
    """A strict load or an apply that found problems and changed nothing."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        count = len(self.problems)
        first = f": {self.problems[0]}" if self.problems else ""
        return f"{count} problem{'' if count == 1 else 's'}, nothing was changed{first}"


class InvalidPolicyError(HeritageError, ValueError):
    """A policy of publishing that cannot be followed, with every fault at once.

    Args:
        path: The file.
        faults: One sentence for each fault, each naming its key.
    """

    def __init__(self, path: str, faults: Sequence[str]) -> None:
        super().__init__(path, tuple(faults))
        self.path = path
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return f"{self.path} is not a policy of publishing: " + "; ".join(self.faults)


class UsageError(HeritageError):
    """A call whose arguments contradict each other."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
