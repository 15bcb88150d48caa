"""Claims to arguments: side by side by property, or by what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from heritage.model.properties import PROPERTIES
from heritage.web import windows
from heritage.web.axis import Axis
from heritage.web.queries import Row
from heritage.web.words import Words


def by_property(claims: Sequence[Row], words: Words) -> list[Row]:
    """Claims side by side: one group for each property, in the order of the model.

    Each claim gains its value in words, and each claim of a date its bar on the
    axis of its group.
    """
    groups: dict[str, list[Row]] = {}
    for claim in claims:
        groups.setdefault(claim["property"], []).append(claim)
    return [_group(name, groups[name], words) for name in sorted(groups, key=_place)]


def _place(name: str) -> int:
    """Where the model puts a property; what it does not know comes last."""
    return list(PROPERTIES).index(name) if name in PROPERTIES else len(PROPERTIES)


def _group(name: str, claims: Sequence[Row], words: Words) -> Row:
    pairs = [windows.years(claim["date_earliest"], claim["date_latest"]) for claim in claims]
    is_drawn = name == "date"
    axis = (
        Axis.around(windows.known(pairs), mirrored=words.direction == "rtl") if is_drawn else None
    )
    rows = []
    for claim in claims:
        window = windows.window_of([claim]) if is_drawn else None
        bar = window.on(axis) if axis and window else None
        rows.append({**claim, "words": words.value(claim), "bar": bar})
    if is_drawn:
        rows.sort(key=lambda row: (row["date_earliest"] or row["date_latest"] or "~", row["id"]))
    else:
        rows.sort(key=lambda row: (row["site"] or "", row["words"], row["id"]))
    asserted = [c for c in claims if c["stance"] not in ("denies", "cannot_determine")]
    together = windows.window_of(asserted) if is_drawn else None
    return {
        "name": name,
        "title": words(f"property_{name}") if name in PROPERTIES else name,
        "claims": rows,
        "sources": len({claim["source"] for claim in claims}),
        "axis": axis,
        "is_disputed": bool(together and together.is_disputed),
    }


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
        group["claims"].sort(key=lambda claim: _place(claim["property"]))
    return list(groups.values())
