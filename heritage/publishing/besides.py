"""A registry's tables that hold no records to the rows of them that are published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from heritage.judge import Conclusion
from heritage.model import RECORDS
from heritage.publishing.showing import Showing
from heritage.store import conclusions, public
from heritage.store.connection import Connection

Row = dict[str, Any]


def editions(connection: Connection, showing: Showing) -> Iterator[Row]:
    """The editions of lists whose source is named."""
    for row in public.rows_of(connection, "editions", "dataset, edition"):
        if showing.names(row["source"]):
            yield showing.shows_row("editions", row)


def descriptions(connection: Connection, showing: Showing) -> Iterator[Row]:
    """That a list had a site; what it said of its place may not be public."""
    shown = {(row["dataset"], row["edition"]) for row in editions(connection, showing)}
    for row in public.rows_of(connection, "descriptions", "site, dataset, edition"):
        if (row["dataset"], row["edition"]) in shown:
            yield {"record": "{}", **showing.shows_row("descriptions", row)}


def former_ids(connection: Connection, showing: Showing) -> Iterator[Row]:
    """Former ids of what appears, where the policy lets them out."""
    if not showing.policy.shows("former_ids", "former"):
        return
    for row in public.rows_of(connection, "former_ids", "former"):
        if showing.roll.is_shown(row["kind"], row["id"]):
            id = showing.roll.id_of(row["kind"], row["id"])
            yield showing.shows_row("former_ids", {**row, "id": id})


def left_out(showing: Showing) -> str:
    """How many of each kind do not appear, rounded down to cells; small counts are not told."""
    cell = showing.policy.cell_size
    counts = {kind: showing.roll.hidden(kind) // cell * cell or None for kind in RECORDS}
    return json.dumps(counts, separators=(",", ":"))


def unpublished(connection: Connection, showing: Showing) -> Iterator[Row]:
    """The conclusions on which enough bears that does not appear."""
    subjects = showing.roll.subjects_of_hidden()
    while some := list(islice(subjects, conclusions.SUBJECTS)):
        drawn = [
            (subject, conclusion)
            for subject, found in conclusions.of_many(connection, some)
            for conclusion in found
        ]
        for subject, conclusion in drawn:
            if _hidden(showing, conclusion) >= showing.policy.flag_from:
                place = conclusion.site or ""
                yield {"subject": subject, "site": place, "property": conclusion.property}


def _hidden(showing: Showing, conclusion: Conclusion) -> int:
    """How many of those who speak on a question do not appear."""
    standings = (*conclusion.supporters, *conclusion.dissenters)
    claims = [each.claim for each in standings if each.claim is not None]
    looks = [each.observation for each in standings if each.observation is not None]
    hidden = showing.roll.hidden_among("claim", claims)
    unseen = showing.roll.hidden_among("observation", looks)
    return sum(each.claim in hidden or each.observation in unseen for each in standings)
