"""Contents to ids: the same statement loaded twice is one record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import islice

_AT_ONCE = 1_000
"""Parts that are written at once; of any number, no more are held."""


def content_id(prefix: str, parts: Iterable[object]) -> str:
    """An id made of what a record says.

    Args:
        prefix: One letter for the kind of record.
        parts: Texts and None, in a fixed order. They are taken as written:
            how a value is cleaned or read may change, an id may not.

    >>> content_id("c", ("palmyra-bel", "severity", "destroyed", None))
    'c0e5d9bfb8df9f43bd93f5c1'
    """
    digest = hashlib.blake2b(b"[", digest_size=12)
    parts, between = iter(parts), ""
    while some := [p if p is None else str(p) for p in islice(parts, _AT_ONCE)]:
        text = between + json.dumps(some, ensure_ascii=False)[1:-1]
        digest.update(text.encode("utf-8", "surrogatepass"))
        between = ", "
    digest.update(b"]")
    return prefix + digest.hexdigest()[:23]
