"""Events to what pages show of them: in words, in order, on one axis."""

from __future__ import annotations

from collections.abc import Sequence

from heritage.web import windows
from heritage.web.axis import Axis
from heritage.web.queries import Row
from heritage.web.words import Words


def newest_first(events: Sequence[Row], words: Words) -> list[Row]:
    """Events in words, the latest first and the undated last."""
    found = [
        {**event, **windows.dating(event, words), "full": windows.window_of(event["windows"])}
        for event in events
    ]
    found.sort(key=_latest_first)
    return found


def _latest_first(event: Row) -> tuple[bool, float, str]:
    window = event["window"]
    return window is None, -window.first if window else 0.0, event["id"]


def with_bars(events: Sequence[Row], words: Words) -> Row:
    """Events with their bars on one axis, if any of them is dated."""
    dated = [w for event in events for w in (event["window"], event["full"]) if w]
    ends = [year for window in dated for year in (window.first, window.last)]
    axis = Axis.around(ends, mirrored=words.direction == "rtl")
    rows = [
        {
            **event,
            "bar": event["window"].on(axis) if axis and event["window"] else None,
            "full_bar": event["full"].on(axis) if axis and event["full"] else None,
        }
        for event in events
    ]
    return {"axis": axis, "rows": rows}
