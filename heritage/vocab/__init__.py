"""Names to vocabularies: what the records may say, as data with two languages.

Every vocabulary is one CSV file beside this module; a new term is a new line
there and nothing else. Codes are lower-case ASCII. Words in a code are joined
by `_`, except in `register` and `listing_status`, whose codes people type on
the command line and in addresses and which join them by `-`.
"""

from __future__ import annotations

from functools import cache

from heritage.vocab.crosswalk import Scheme, Unmapped, schemes, unmapped
from heritage.vocab.vocabulary import (
    Term,
    UnknownVocabularyError,
    Vocabulary,
    nearest_key,
    read_vocabulary,
)

__all__ = [
    "VOCABULARIES",
    "Scheme",
    "Term",
    "UnknownVocabularyError",
    "Unmapped",
    "Vocabulary",
    "schemes",
    "unmapped",
    "vocabulary",
]

VOCABULARIES = (
    "access",
    "actor_kind",
    "actor_role",
    "category",
    "cause",
    "condition",
    "confidence",
    "context",
    "criteria",
    "effect",
    "intent",
    "intervention_kind",
    "listing_status",
    "method",
    "name_kind",
    "register",
    "review_decision",
    "severity",
    "site_kind",
    "source_kind",
    "stance",
    "state",
)
"""Names of all vocabularies, sorted."""


@cache
def vocabulary(name: str) -> Vocabulary:
    """One vocabulary by name, read when it is first asked for.

    Raises:
        UnknownVocabularyError: No vocabulary has this name.

    >>> vocabulary("severity")["destroyed"].label_en
    'Destroyed'
    """
    if name not in VOCABULARIES:
        raise UnknownVocabularyError(name, nearest_key(name, VOCABULARIES))
    return read_vocabulary(name)
