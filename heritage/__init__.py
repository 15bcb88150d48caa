"""A registry of damage to cultural heritage: the argument, not only the verdict.

>>> import heritage
>>> with heritage.open("registry.db", create=True) as registry:  # doctest: +SKIP
...     palmyra = registry.site("palmyra")
"""

from __future__ import annotations

import os
from importlib import import_module, metadata
from typing import TYPE_CHECKING

from heritage.dates import FuzzyDate
from heritage.errors import (
    BrokenReferenceError,
    CheckFailedError,
    DateParseError,
    HeritageError,
    IngestError,
    InvalidPolicyError,
    InvalidRecordError,
    MomentParseError,
    NotAnEditionError,
    NotARegistryError,
    ParseError,
    RecordChangedError,
    RecordNotFoundError,
    RefusedByDatabaseError,
    RegistryBusyError,
    RegistryCorruptError,
    RegistryDiskError,
    RegistryExistsError,
    RegistryFullError,
    RegistryMissingError,
    RegistryReadOnlyError,
    SchemaTooNewError,
    SchemaTooOldError,
    StoreError,
    UnknownFormatError,
    UnknownKindError,
    UnknownSourceError,
    UnknownTermError,
    UnreadableFileError,
    UsageError,
    ValueParseError,
)
from heritage.model import (
    Actor,
    Claim,
    Custody,
    Event,
    Evidence,
    Extent,
    Geometry,
    Identifier,
    Intervention,
    Listing,
    Location,
    Name,
    Observation,
    Review,
    Site,
    Source,
)
from heritage.problems import Origin, Problem

if TYPE_CHECKING:
    from heritage.judge import Conclusion, Tiers
    from heritage.registry import Applied, Change, Diff, ListDiff, LoadReport, Registry, Reverted
    from heritage.then import Then

    __version__: str

__all__ = [
    "Actor",
    "Applied",
    "BrokenReferenceError",
    "Change",
    "CheckFailedError",
    "Claim",
    "Conclusion",
    "Custody",
    "DateParseError",
    "Diff",
    "Event",
    "Evidence",
    "Extent",
    "FuzzyDate",
    "Geometry",
    "HeritageError",
    "Identifier",
    "IngestError",
    "Intervention",
    "InvalidPolicyError",
    "InvalidRecordError",
    "ListDiff",
    "Listing",
    "LoadReport",
    "Location",
    "MomentParseError",
    "Name",
    "NotARegistryError",
    "NotAnEditionError",
    "Observation",
    "Origin",
    "ParseError",
    "Problem",
    "RecordChangedError",
    "RecordNotFoundError",
    "RefusedByDatabaseError",
    "Registry",
    "RegistryBusyError",
    "RegistryCorruptError",
    "RegistryDiskError",
    "RegistryExistsError",
    "RegistryFullError",
    "RegistryMissingError",
    "RegistryReadOnlyError",
    "Reverted",
    "Review",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "Site",
    "Source",
    "StoreError",
    "Then",
    "Tiers",
    "UnknownFormatError",
    "UnknownKindError",
    "UnknownSourceError",
    "UnknownTermError",
    "UnreadableFileError",
    "UsageError",
    "ValueParseError",
    "Verification",
    "__version__",
    "open",
]

_LATE = {
    "Applied": "heritage.registry",
    "Change": "heritage.registry",
    "Conclusion": "heritage.judge",
    "Diff": "heritage.registry",
    "ListDiff": "heritage.registry",
    "LoadReport": "heritage.registry",
    "Registry": "heritage.registry",
    "Reverted": "heritage.registry",
    "Then": "heritage.then",
    "Tiers": "heritage.judge",
    "Verification": "heritage.registry",
}
"""Names whose modules bring SQLite and its libraries along, imported when asked for."""


def __getattr__(name: str) -> object:
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    if name == "__version__":
        return metadata.version("heritage-registry")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open(
    path: str | os.PathLike[str],
    *,
    create: bool = False,
    readonly: bool = False,
    wait: float = 15.0,
) -> Registry:
    """Open a registry file.

    Args:
        path: The file.
        create: Make a new registry if there is no file.
        readonly: Open it without being able to change it.
        wait: Seconds to wait for other programs that hold the file.

    Raises:
        StoreError: One of its branches, saying what is wrong with the file.
    """
    from heritage.registry import Registry  # late, so that `import heritage` is quick

    return Registry(path, create=create, readonly=readonly, wait=wait)
