"""Files to records in the registry, each load a change."""

from __future__ import annotations

from heritage.loading.files import LoadReport, Options, Wanted, load_files, load_together, now
from heritage.loading.loader import Loader, Tally

__all__ = [
    "LoadReport",
    "Loader",
    "Options",
    "Tally",
    "Wanted",
    "load_files",
    "load_together",
    "now",
]
