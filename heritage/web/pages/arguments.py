"""Claims and conclusions to arguments: what is concluded, who is for it, who is against.

Every claim that a page has appears in the section of its property at least
once: for, against, not counted, or after them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from heritage.judge import HAPPENING, Conclusion, Standing, Uncounted
from heritage.model.properties import PROPERTIES
from heritage.web.pages import chart
from heritage.web.queries import Row
from heritage.web.words import Words

SHOWN = 5
"""Claims of one side that are shown; the rest unfolds."""

FOLDED = 2
"""More claims than these that are not counted are folded away."""

QUOTED = "attributed:"
"""What the root of a claim begins with that is quoted from somebody without a record."""


@attrs.frozen(kw_only=True)
class Material:
    """What the arguments of one page are made of."""

    claims: Sequence[Row]
    conclusions: Sequence[Conclusion]
    observations: Sequence[Row] = ()
    sites: Mapping[str, str]
    """Names by the ids of sites."""
    titles: Mapping[str, str]
    """Titles by the ids of sources."""
    words: Words


def roots(conclusions: Iterable[Conclusion]) -> set[str]:
    """The ids of all sources that stand in some conclusions, and those they go back to."""
    found = set()
    for conclusion in conclusions:
        for each in (*conclusion.supporters, *conclusion.dissenters):
            found |= {each.source, *each.root.split(" + ")}
        found |= {each.source for each in conclusion.not_counted}
    return {id for id in found if not id.startswith(QUOTED)}


def arguments(material: Material) -> list[Row]:
    """One section for each property, in the order of the model."""
    names = {claim["property"] for claim in material.claims}
    names |= {each.property for each in material.conclusions}
    desk = _Desk(material)
    return [desk.section(name) for name in sorted(names, key=place_of)]


def place_of(name: str) -> tuple[int, str]:
    """Where the model puts a property; what it does not know comes last."""
    known = list(PROPERTIES)
    return (known.index(name) if name in PROPERTIES else len(known)), name


_UNEXPLAINED: Row = {
    "why": None,
    "why_is_english": False,
    "weight": None,
    "roots": (),
    "relation": None,
    "hardness": None,
}
"""What is told of a claim that stands in no conclusion."""


def _is_told(conclusion: Conclusion, cases: Sequence[Conclusion]) -> bool:
    """Whether what is concluded, and why, stands on the page already, word for word."""
    return any(conclusion.sentence == case.sentence for case in cases)


class _Desk:
    """The material of a page, laid out by id; remembers what was shown."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._words = material.words
        self._claims = {claim["id"]: claim for claim in material.claims}
        self._looks = {look["id"]: look for look in material.observations}
        self._shown: set[str] = set()

    def section(self, name: str) -> Row:
        """A property: its cases with both sides, and claims that none of them has."""
        claims = [claim for claim in self._material.claims if claim["property"] == name]
        found = [each for each in self._material.conclusions if each.property == name]
        # What is concluded of the happening has every claim that its sites' cases have.
        whole = any(each.site is None for each in found) and name in HAPPENING
        cases = [each for each in found if not whole or each.site is None]
        drawn = cases[0] if name == "date" and cases else None
        shown = [self._case(each) for each in cases]
        others = [claim for claim in claims if claim["id"] not in self._shown]
        return {
            "name": name,
            "title": self._words(f"property_{name}") if name in PROPERTIES else name,
            "count": len(claims),
            "sources": len({claim["source"] for claim in claims}),
            "cases": shown,
            "sites": [self._head(each) for each in found if not _is_told(each, cases)],
            "others": [self._claim(claim, name) for claim in others],
            "chart": chart.drawn(drawn, claims, self._looks, self._words)
            if name == "date"
            else None,
        }

    def _head(self, conclusion: Conclusion) -> Row:
        """A conclusion without its argument."""
        next_best = conclusion.runner_up
        return {
            "site": conclusion.site,
            "site_name": self._material.sites.get(conclusion.site or ""),
            "words": self._words.concluded(conclusion.property, conclusion.value),
            "term": self._words.code(conclusion.property, conclusion.value),
            "status": conclusion.status,
            "weight": conclusion.weight,
            "margin": conclusion.margin,
            "next_weight": next_best.weight if next_best else None,
            "next": self._words.concluded(conclusion.property, next_best.value)
            if next_best
            else None,
            "sentence": conclusion.sentence,
            "flags": [self._words.flag(code) for code in conclusion.flags],
        }

    def _case(self, conclusion: Conclusion) -> Row:
        """A conclusion with everyone who stands for it or against it."""
        sides = [
            {
                "title": title,
                "look": look,
                **self._folded([self._standing(each, conclusion) for each in side]),
            }
            for title, look, side in self._sides(conclusion)
        ]
        left = [self._standing(each, conclusion) for each in conclusion.not_counted]
        return {
            **self._head(conclusion),
            "sides": sides,
            "left": left,
            "is_folded": len(left) > FOLDED,
        }

    def _sides(self, conclusion: Conclusion) -> list[tuple[str, str, Sequence[Standing]]]:
        words, supporters = self._words, conclusion.supporters
        answers = (conclusion.value or "").split(" | ")
        if len(answers) > 1 and {each.value for each in supporters} <= set(answers):
            # Nothing decides, so each answer has a side of its own.
            sides = [
                (
                    words("side_for_answer", answer=words.concluded(conclusion.property, answer)),
                    "for",
                    [each for each in supporters if each.value == answer],
                )
                for answer in answers
            ]
        else:
            sides = self._supporting(supporters, conclusion.property)
        if conclusion.dissenters:
            sides.append((words("side_against"), "against", list(conclusion.dissenters)))
        return [side for side in sides if side[2]]

    def _supporting(
        self, supporters: Sequence[Standing], property: str
    ) -> list[tuple[str, str, list[Standing]]]:
        """Who says so, and apart from them who says what implies it."""
        sides: tuple[list[Standing], list[Standing]] = ([], [])
        for each in supporters:
            sides[self._implies(each, property)].append(each)
        own, implied = (self._words("side_for"), "for"), (self._words("side_implied"), "for")
        return [(*own, sides[0]), (*implied, sides[1])]

    def _implies(self, standing: Standing | Uncounted, property: str) -> bool:
        """Whether somebody speaks of the damage where it is asked whether anything happened."""
        claim = self._claims.get(standing.claim or "")
        return property == "occurred" and (claim is None or claim["property"] != property)

    def _folded(self, shown: list[Row]) -> Row:
        return {"shown": shown[:SHOWN], "folded": shown[SHOWN:], "count": len(shown)}

    def _standing(self, standing: Standing | Uncounted, conclusion: Conclusion) -> Row:
        """One claim or observation, and where it stands."""
        claim = self._claims.get(standing.claim or "")
        look = self._looks.get(standing.observation or "")
        row = self._claim(claim, conclusion.property) if claim else self._look(standing, look)
        why, _, _ = standing.reason.partition(", in words that ")
        row |= {
            "why": self._words.reason(conclusion.property, why),
            "why_is_english": self._words.is_left(why),
        }
        if why == "says so" and self._implies(standing, conclusion.property):
            row["why"] = self._words("implies")
        if isinstance(standing, Standing):
            row |= {
                "weight": standing.weight,
                "roots": self._roots(standing, claim),
                "relation": standing.relation,
                "hardness": standing.hardness,
            }
        return row

    def _claim(self, claim: Row, property: str) -> Row:
        """A claim; anchored where it stands first in the section of its own property."""
        is_own = claim["property"] == property
        is_first = is_own and claim["id"] not in self._shown
        if is_own:
            self._shown.add(claim["id"])
        return {
            "claim": claim,
            "look": None,
            "id": claim["id"] if is_first else None,
            # What is at home in another section, or was shown already, is told briefly.
            "is_brief": not is_first,
            "words": self._words.value(claim),
            "term": self._words.code(claim["property"], claim["value"]),
            "source": claim["source"],
            "source_title": claim["source_title"],
            **_UNEXPLAINED,
        }

    def _look(self, standing: Standing | Uncounted, look: Row | None) -> Row:
        """An observation; it stands whole in the table of observations."""
        return {
            "claim": None,
            "look": look,
            "id": None,
            "is_brief": True,
            "words": self._words.term("state", look["state"]) if look else standing.value,
            "term": {"vocabulary": "state", "code": look["state"]} if look else None,
            "source": standing.source,
            "source_title": self._material.titles.get(standing.source),
            **_UNEXPLAINED,
        }

    def _roots(self, standing: Standing, claim: Row | None) -> list[Row]:
        """What a statement goes back to, where that is not its own source."""
        if standing.root.startswith(QUOTED):
            name = (claim or {}).get("attributed_to") or standing.root.removeprefix(QUOTED)
            return [{"id": None, "title": name}]
        return [
            {"id": id, "title": self._material.titles.get(id)}
            for id in standing.root.split(" + ")
            if id != standing.source
        ]
