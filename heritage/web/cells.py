"""Cells of Datasette's tables to links and words."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import escape_fts
from markupsafe import Markup

from heritage.dates import humanize
from heritage.store.folding import fold
from heritage.web.words import parsed, shown

TITLES = {("sites", "name"), ("events", "label"), ("sources", "title")}
"""Columns that hold the name of their own row's record; its id is Datasette's own link."""

LINKS = {
    ("sites", "part_of"): "sites",
    ("events", "part_of"): "events",
    ("source_relies_on", "relies_on"): "sources",
}
"""Columns that hold an id, with the room in which its page is."""

SUBJECTS = {("claims", "subject"), ("conclusions", "subject")}
"""Columns that hold the id of an event or of a site."""

NAMED_ALIKE = {"site": "sites", "event": "events", "source": "sources"}
"""In every other table a column of this name holds such an id."""

DATES = frozenset(
    {
        "date",
        "begin",
        "end",
        "built",
        "observed",
        "published",
        "accessed",
        "edition",
        "first_edition",
    }
)


def shown_cell(
    datasette: Datasette,
    registry: Database,
    place: tuple[str | None, str],
    value: object,
    row: Any,  # noqa: ANN401 - a row of SQLite's or of Datasette's
) -> object:
    """A cell as a link or with its words; None where Datasette's own way will do.

    Args:
        datasette: Whose table it is.
        registry: The registry that the table is in.
        place: The table, if there is one, and the column.
        value: What the cell holds; for a foreign key that Datasette has
            followed, a `value` and a `label`.
        row: The row of the cell.
    """
    table, column = place
    if isinstance(value, dict):
        id, label = value["value"], value["label"]
    else:
        id = label = value
    if not isinstance(id, str):
        return None
    if column in DATES:
        return date(id)
    if place in SUBJECTS:
        return _link_to_subject(datasette, registry, id)
    if table is not None and place in TITLES and "id" in row.keys():  # noqa: SIM118 - a row of SQLite's
        return link(datasette, table, _id_of(row), id)
    room = LINKS.get((table or "", column)) or NAMED_ALIKE.get(column)
    return link(datasette, room, id, label) if room else None


def _id_of(row: Any) -> str:  # noqa: ANN401 - a row of SQLite's or of Datasette's
    id = row["id"]
    return str(id["value"] if isinstance(id, dict) else id)


def link(datasette: Datasette, room: str, id: str, label: object = None) -> Markup:
    """A link to the page of a record."""
    address = datasette.urls.path(f"/{room}/{id}")
    return Markup('<a href="{}">{}</a>').format(address, shown(label or id))


def date(text: str) -> Markup | None:
    """A date as written, with its words under the pointer; None where it cannot be read."""
    found = parsed(text)
    if found is None:
        return None
    return Markup('<span title="{}">{}</span>').format(humanize(found), text)


def folded_query(text: object) -> str:
    """What is typed into Datasette's search box, folded and quoted."""
    return str(escape_fts(fold(str(text))))


async def _link_to_subject(datasette: Datasette, registry: Database, id: str) -> Markup:
    found = await registry.execute("SELECT 1 FROM events WHERE id = :id", {"id": id})
    return link(datasette, "events" if found.rows else "sites", id)
