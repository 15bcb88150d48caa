"""What a site's page found to what nobody has said or seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from heritage.web.pages.condition import leaves
from heritage.web.queries import Row

NAMED = 12
"""Parts and events that are named; all are counted."""


def of_site(found: Mapping[str, Any], seen: Collection[str], events: Sequence[Row]) -> list[Row]:
    """Everything that is missing, each with how many things it is missing of and their ids.

    Args:
        found: What the page of the site found.
        seen: Those of the site and its parts that somebody looked at.
        events: Those of the page.

    Shape: `what`, a code; `n`, a count or None; `of`, of how many; `ids`, the first of them.
    """
    record = found["site"]
    ends = leaves(found["parts"]) or [record["id"]]
    unseen = [site for site in ends if site not in seen]
    undated = [event["id"] for event in events if event["window"] is None]
    gaps = [
        _gap("position", applies=record["longitude"] is None),
        _gap(
            "precision", applies=record["longitude"] is not None and record["precision_m"] is None
        ),
        _gap("source", applies=record["source"] is None),
        _gap("kind", applies=record["kind"] is None),
        _gap("country", applies=record["countries"] == "[]"),
        _gap("dates", undated, len(events)),
        _gap("looks", unseen if found["parts"] else [], len(ends)),
        _gap("look", applies=not found["parts"] and bool(unseen)),
    ]
    return [gap for gap in gaps if gap is not None]


def _gap(
    what: str, ids: Sequence[str] = (), of: int | None = None, *, applies: bool | None = None
) -> Row | None:
    if not (bool(ids) if applies is None else applies):
        return None
    return {"what": what, "n": len(ids) or None, "of": of, "ids": list(ids[:NAMED])}
