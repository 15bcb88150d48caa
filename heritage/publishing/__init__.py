"""A registry to its public edition: read, redacted, named anew, and written to another file.

Record by record, and what was decided of each stands in temporary tables: how
much memory it takes does not depend on how large the registry is.
"""

from __future__ import annotations

from heritage.publishing.edition import Edition, Progress, publish

__all__ = ["Edition", "Progress", "publish"]
