"""Changes to an Atom feed, as RFC 4287 has it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import attrs

from heritage.web.page import Visit
from heritage.web.queries import Row
from heritage.web.words import shown

NAMESPACE = "http://www.w3.org/2005/Atom"

ROOMS = {"site": "sites", "event": "events", "source": "sources"}

_NEVER = "1970-01-01T00:00:00Z"


@attrs.frozen
class _Feed:
    visit: Visit

    def written(self, changes: Sequence[Row]) -> bytes:
        title = self.visit.words("feed_title")
        feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": self.visit.words.language})
        self._add(feed, "id", identity("feed", self.visit.database.name))
        self._add(feed, "title", title)
        self._add(feed, "updated", changes[0]["at"] if changes else _NEVER)
        here, home = self.visit.absolute("/changes.atom"), self.visit.absolute("/")
        atom = "application/atom+xml"
        ET.SubElement(feed, "link", {"rel": "self", "href": here, "type": atom})
        ET.SubElement(feed, "link", {"rel": "alternate", "href": home, "type": "text/html"})
        self._author(feed, self.visit.words("title"))
        for change in changes:
            self._entry(feed, change)
        found: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
        return found

    def _entry(self, feed: ET.Element, change: Row) -> None:
        entry = ET.SubElement(feed, "entry")
        words = self.visit.words
        said = change["why"] or change["dataset"] or words("feed_change", n=change["id"])
        self._add(entry, "id", identity("change", f"{change['id']} {change['at']}"))
        self._add(entry, "title", said)
        self._add(entry, "updated", change["at"])
        if change["by"]:
            self._author(entry, change["by"])
        link = self.visit.absolute(f"/changes/{change['id']}")
        ET.SubElement(entry, "link", {"rel": "alternate", "href": link, "type": "text/html"})
        content = ET.SubElement(entry, "content", {"type": "xhtml"})
        body = ET.SubElement(content, "div", {"xmlns": "http://www.w3.org/1999/xhtml"})
        self._add(body, "p", said)
        listed = ET.SubElement(body, "ul") if change["records"] else body
        for row in change["records"]:
            item = ET.SubElement(listed, "li")
            href = self.visit.absolute(f"/{ROOMS[row['kind']]}/{row['record']}")
            anchor = ET.SubElement(item, "a", {"href": href})
            anchor.text = sound(row["label"] or row["record"])

    @staticmethod
    def _add(parent: ET.Element, name: str, text: object) -> None:
        ET.SubElement(parent, name).text = sound(text)

    def _author(self, parent: ET.Element, name: str) -> None:
        self._add(ET.SubElement(parent, "author"), "name", name)


def identity(kind: str, name: str) -> str:
    """An id that stays the same wherever the registry is served.

    >>> identity("change", "1 2026-01-01T00:00:00Z")
    'urn:uuid:4461d28b-424a-5d34-bca4-85f3fc49fa22'
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, f"heritage-registry {kind} {name}").urn


def sound(text: object) -> str:
    """A text without characters that XML cannot hold."""
    return "".join(
        letter
        for letter in shown(text)
        if letter in "\t\n\r" or 0x20 <= ord(letter) <= 0xD7FF or 0xE000 <= ord(letter) <= 0xFFFD
        or ord(letter) > 0xFFFF
    )  # fmt: skip


def written(visit: Visit, changes: Sequence[Row]) -> bytes:
    """A feed of some changes, the newest first."""
    return _Feed(visit).written(changes)
