"""A conclusion on a date to the picture of its argument: bars on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from heritage.judge import Conclusion, Standing, Uncounted
from heritage.web import windows
from heritage.web.axis import Axis
from heritage.web.queries import Row
from heritage.web.windows import Window
from heritage.web.words import Words

HEDGED = ("suggests", "alleges")
"""Stances that a pale bar shows."""

DENIED = ("denies", "cannot_determine")
"""Stances that an outline shows."""

_LOOKS = {"against": "disputed", "left": "cannot_determine"}


def drawn(
    conclusion: Conclusion | None, claims: Sequence[Row], looks: Mapping[str, Row], words: Words
) -> Row | None:
    """One bar for the conclusion and one for each window that claims give, by side.

    The looks that hem the date in are drawn too: the last that found the site
    whole and the first that found it damaged. None where nothing is dated.
    """
    sides = _sides(conclusion)
    grouped: dict[tuple[str, str], list[Row]] = {}
    for claim in claims:
        if claim["date"] is not None:
            side = sides.get(claim["id"], "left")
            grouped.setdefault((side, claim["date"]), []).append(claim)
    rows = [_row(side, found, words) for (side, _), found in grouped.items()]
    rows += _brackets(conclusion, looks, words)
    rows = [row for row in rows if row["window"] is not None]
    rows.sort(key=lambda row: (_ORDER.index(row["side"]), row["window"].first, row["window"].last))
    band = of_conclusion(conclusion.earliest, conclusion.latest) if conclusion else None
    spans = [row["window"] for row in rows] + ([band] if band else [])
    ends = [year for span in spans for year in (span.first, span.last)]
    axis = Axis.around(ends, mirrored=words.direction == "rtl")
    if axis is None:
        return None
    return {
        "axis": axis,
        "band": band.on(axis) if band else None,
        "status": conclusion.status if conclusion else None,
        "words": words.concluded("date", conclusion.value) if conclusion and band else None,
        "rows": [{**row, "bar": row["window"].on(axis)} for row in rows],
    }


_ORDER = ("for", "seen", "against", "left")


def of_conclusion(earliest: str | None, latest: str | None) -> Window | None:
    """The window that a conclusion gives; None where it gives none."""
    return windows.window_of([{"date_earliest": earliest, "date_latest": latest}])


def _sides(conclusion: Conclusion | None) -> dict[str, str]:
    """On which side each claim stands, by its id."""
    if conclusion is None:
        return {}
    found = {each.claim: "for" for each in conclusion.supporters if each.claim}
    return found | {each.claim: "against" for each in conclusion.dissenters if each.claim}


def _row(side: str, claims: Sequence[Row], words: Words) -> Row:
    hedged = all(claim["stance"] in HEDGED for claim in claims)
    denied = any(claim["stance"] in DENIED for claim in claims)
    look = "cannot_determine" if denied else "suggests" if hedged else ""
    return {
        "side": side,
        "look": _LOOKS.get(side, look),
        "words": words.date(claims[0]["date"]),
        "count": len(claims),
        "window": windows.window_of(claims[:1]),
    }


def _brackets(conclusion: Conclusion | None, looks: Mapping[str, Row], words: Words) -> list[Row]:
    standings: Sequence[Standing | Uncounted] = conclusion.supporters if conclusion else ()
    seen = [look for each in standings if (look := looks.get(each.observation or ""))]
    dated = [look for look in seen if look["observed_earliest"]]
    whole = [look for look in dated if look["state"] == "intact"]
    hurt = [look for look in dated if look["state"] in ("damaged", "destroyed")]
    found = [max(whole, key=_day)] if whole else []
    found += [min(hurt, key=_day)] if hurt else []
    return [
        {
            "side": "seen",
            "look": "seen",
            "words": words(
                "seen_on",
                state=words.term("state", look["state"]),
                date=words.date(look["observed"]),
            ),
            "count": 1,
            "window": of_conclusion(look["observed_earliest"], look["observed_latest"]),
        }
        for look in found
    ]


def _day(look: Row) -> str:
    day: str = look["observed_earliest"]
    return day
