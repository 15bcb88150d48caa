"""A page to how it is cited: words, BibTeX and CSL-JSON."""

from __future__ import annotations

import re
from typing import Any

import attrs

from heritage.web.words import Words, shown

_KEY = re.compile(r"[^A-Za-z0-9]+")
_SPECIAL = {
    **{character: f"\\{character}" for character in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@attrs.frozen(kw_only=True)
class Citation:
    """How one page is cited, as it stood at one moment."""

    title: str
    registry: str
    """The name of the registry, in the language of the page."""
    url: str
    """The permanent address, with its host."""
    moment: str | None
    """When the newest change was made, in UTC; None in an empty registry."""

    @property
    def key(self) -> str:
        """What BibTeX and CSL call it."""
        path = self.url.partition("://")[2].partition("/")[2]
        return _KEY.sub("-", f"heritage {path} {(self.moment or '')[:10]}").strip("-")

    def text(self, words: Words) -> str:
        """The citation as a sentence."""
        if self.moment is None:
            return words("cite_text", title=self.title, registry=self.registry, url=self.url)
        state = words("as_of_cited", moment=words.day(self.moment))
        return words(
            "cite_text_at", title=self.title, registry=self.registry, state=state, url=self.url
        )

    def bibtex(self) -> str:
        """The citation for BibTeX and its kin, in UTF-8."""
        fields = {
            "title": f"{{{escaped(self.title)}}}",
            "howpublished": escaped(self.registry),
            "year": self.moment[:4] if self.moment else None,
            "note": f"State of {self.moment}" if self.moment else None,
            "url": self.url,
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@misc{{{self.key},", *lines, "}", ""])

    def csl(self) -> list[dict[str, Any]]:
        """The citation as CSL-JSON, which Zotero and its kin read."""
        item: dict[str, Any] = {
            "id": self.key,
            "type": "entry",
            "title": self.title,
            "container-title": self.registry,
            "URL": self.url,
        }
        if self.moment:
            year, month, day = (int(part) for part in self.moment[:10].split("-"))
            item["issued"] = {"date-parts": [[year, month, day]]}
            item["version"] = self.moment
        return [item]


def escaped(text: str) -> str:
    r"""A text with what means something to TeX made harmless.

    >>> escaped("50 % of a_b")
    '50 \\% of a\\_b'
    """
    return "".join(_SPECIAL.get(character, character) for character in shown(text))
