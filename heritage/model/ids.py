"""Contents to ids: the same statement loaded twice is one record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable


def content_id(prefix: str, parts: Iterable[object]) -> str:
    """An id made of what a record says.

    Args:
        prefix: One letter for the kind of record.
        parts: Texts and None, in a fixed order. They are taken as written:
            how a value is cleaned or read may change, an id may not.

    >>> content_id("c", ("palmyra-bel", "severity", "destroyed", None))
    'c0e5d9bfb8df9f43bd93f5c1'
    """
    text = json.dumps([p if p is None else str(p) for p in parts], ensure_ascii=False)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12)
    return prefix + digest.hexdigest()[:23]
