"""Cells of Datasette's tables to links and words."""

from __future__ import annotations

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import escape_fts
from markupsafe import Markup

from heritage.dates import humanize
from heritage.store.folding import fold
from heritage.web.words import parsed, shown

LINKS = {
    ("sites", "id"): "sites",
    ("sites", "part_of"): "sites",
    ("events", "id"): "events",
    ("events", "part_of"): "events",
    ("sources", "id"): "sources",
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


def room_of(table: str | None, column: str) -> str | None:
    """The room to which an id in a column leads; None where it holds no id."""
    return LINKS.get((table or "", column)) or NAMED_ALIKE.get(column)


def link(datasette: Datasette, room: str, id: str) -> Markup:
    """An id, linked to its page."""
    address = datasette.urls.path(f"/{room}/{id}")
    return Markup('<a href="{}">{}</a>').format(address, shown(id))


def date(text: str) -> Markup | None:
    """A date as written, with its words under the pointer; None where it is plain."""
    found = parsed(text)
    if found is None:
        return None
    return Markup('<span title="{}">{}</span>').format(humanize(found), text)


def folded_query(text: object) -> str:
    """What is typed into Datasette's search box, folded and quoted."""
    return str(escape_fts(fold(str(text))))


def shown_cell(
    datasette: Datasette, registry: Database, table: str | None, column: str, value: str
) -> object:
    """A cell as a link or with its words; None where Datasette's own way will do."""
    if column in DATES:
        return date(value)
    if (table, column) in SUBJECTS:
        return _link_to_subject(datasette, registry, value)
    room = room_of(table, column)
    return link(datasette, room, value) if room else None


async def _link_to_subject(datasette: Datasette, registry: Database, id: str) -> Markup:
    found = await registry.execute("SELECT 1 FROM events WHERE id = :id", {"id": id})
    return link(datasette, "events" if found.rows else "sites", id)
