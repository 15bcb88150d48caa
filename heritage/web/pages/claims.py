"""A source's claims to groups: one for each event or site that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from heritage.model.properties import PROPERTIES
from heritage.web.pages.arguments import place_of
from heritage.web.queries import Row
from heritage.web.words import Words


def by_subject(claims: Sequence[Row], words: Words) -> list[Row]:
    """A source's claims, one group for each event or site, each value in words."""
    groups: dict[str, Row] = {}
    for claim in claims:
        group = groups.setdefault(
            claim["subject"],
            {
                "id": claim["subject"],
                "kind": claim["subject_kind"],
                "label": claim["subject_label"] or claim["subject"],
                "claims": [],
            },
        )
        title = words(f"property_{claim['property']}") if claim["property"] in PROPERTIES else ""
        group["claims"].append({**claim, "words": words.value(claim), "title": title})
    for group in groups.values():
        group["claims"].sort(key=lambda claim: place_of(claim["property"]))
    return list(groups.values())
