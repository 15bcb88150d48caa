"""Records to records that anyone may read: the policy of a public edition.

The public file is filled from nothing with what a policy lets through, kind by
kind, table by table and column by column; nothing is ever deleted from a copy.
"""

from __future__ import annotations

from heritage.publish.grid import Grid, Square
from heritage.publish.policy import Policy, default_policy, read_policy
from heritage.publish.redaction import Known, Redaction

__all__ = [
    "Grid",
    "Known",
    "Policy",
    "Redaction",
    "Square",
    "default_policy",
    "read_policy",
]
