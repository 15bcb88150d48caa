"""What datasets say of sites, and which editions of them are known: rows of the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs

from heritage import codec
from heritage.ingest.merge import Description
from heritage.model import Site
from heritage.store.connection import Connection

Row = tuple[str, str, str, str]


def row_of(id: str, description: Description) -> Row:
    """The row that says it of a site."""
    plain = codec.to_plain(description.site)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return id, description.dataset, description.edition, text


def read_descriptions(
    connection: Connection, id: str, current: Callable[[str], str]
) -> list[Description]:
    """All that is said of a site.

    Args:
        connection: The registry.
        id: The site.
        current: What gives the id of today for one that a description names.
    """
    found = []
    for dataset, edition, latest, record in connection.execute(
        "SELECT d.dataset, d.edition, e.edition_latest, d.record FROM descriptions d"
        " LEFT JOIN editions e ON e.dataset = d.dataset AND e.edition = d.edition"
        " WHERE d.site = ? ORDER BY d.dataset, d.edition",
        (id,),
    ):
        site = codec.from_plain("site", json.loads(record))
        if isinstance(site, Site):
            site = led_on(site, current)
            found.append(
                Description(dataset=dataset, edition=edition, latest=latest or "", site=site)
            )
    return found


def led_on(site: Site, current: Callable[[str], str]) -> Site:
    """A site whose references have the ids of today."""
    names = {name: getattr(site, name) for name in ("part_of", "source")}
    updates: dict[str, Any] = {
        name: current(id) for name, id in names.items() if id and current(id) != id
    }
    return attrs.evolve(site, **updates) if updates else site


def describe(connection: Connection, id: str, description: Description) -> None:
    """Keep what is said of a site, in place of what the same edition said before."""
    row = row_of(id, description)
    changed = connection.execute(
        "UPDATE descriptions SET record = ? WHERE site = ? AND dataset = ? AND edition = ?",
        (row[3], *row[:3]),
    )
    if not changed.rowcount:
        connection.execute("INSERT INTO descriptions VALUES (?, ?, ?, ?)", row)


def lead(connection: Connection, former: str, id: str) -> None:
    """Let another id lead to a site, unless an event has it."""
    if connection.execute("SELECT 1 FROM events WHERE id = ?", (former,)).fetchone() is None:
        connection.execute(
            "INSERT OR IGNORE INTO former_ids (former, kind, id) VALUES (?, 'site', ?)",
            (former, id),
        )


def note_edition(
    connection: Connection, dataset: str, edition: str, latest: str
) -> tuple[str, ...]:
    """Know an edition from now on; a word about it where a newer one is known already."""
    key = (dataset, edition)
    known = connection.execute("SELECT 1 FROM editions WHERE dataset = ? AND edition = ?", key)
    if known.fetchone() is None:
        connection.execute(
            "INSERT INTO editions (dataset, edition, edition_latest) VALUES (?, ?, ?)",
            (*key, latest),
        )
    newer = connection.execute(
        "SELECT edition FROM editions WHERE dataset = ? AND edition_latest > ?"
        " ORDER BY edition_latest DESC LIMIT 1",
        (dataset, latest),
    ).fetchone()
    if newer is None:
        return ()
    return (f"the edition {newer[0]} is newer and known already; it goes on deciding",)


def left(connection: Connection, dataset: str, edition: str, latest: str) -> list[str]:
    """Sites of the edition before this one that this one no longer has.

    Of an edition that is not the newest nothing of the kind is said.
    """
    previous = connection.execute(
        "SELECT edition FROM editions WHERE dataset = ? AND edition_latest < ?"
        " AND NOT EXISTS (SELECT 1 FROM editions WHERE dataset = ?1 AND edition_latest > ?2)"
        " ORDER BY edition_latest DESC LIMIT 1",
        (dataset, latest),
    ).fetchone()
    if previous is None:
        return []
    rows = connection.execute(
        "SELECT o.site FROM descriptions o WHERE o.dataset = ?1 AND o.edition = ?2"
        " AND NOT EXISTS (SELECT 1 FROM descriptions n WHERE n.site = o.site"
        " AND n.dataset = ?1 AND n.edition = ?3) ORDER BY o.site",
        (dataset, previous[0], edition),
    )
    return [site for (site,) in rows]


def is_minted(site: Site) -> bool:
    """Whether a site's id was made by a loader out of one of its identifiers."""
    return any(site.id == f"{one.scheme}-{one.value}" for one in site.identifiers)
