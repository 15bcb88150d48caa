"""Who stands where to the flags that a reader should see beside a conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from heritage.judge.case import Case
from heritage.judge.conclusion import Standing
from heritage.judge.library import Library
from heritage.judge.voices import ATTRIBUTED, body_name
from heritage.judge.weighing import Statement

__all__ = ["Party", "publication_days", "remarks"]

_IMAGES: Final = frozenset({"photo", "video", "satellite_image", "imagery_analysis"})
_HEDGES: Final = frozenset({"suggests", "alleges"})


class Party(NamedTuple):
    """A statement and where it stands."""

    statement: Statement
    standing: Standing
    remark: str = ""
    """Why a dissenter may be mistaken."""


def publication_days(library: Library, id: str) -> dict[int, str]:
    """The days on which a source and its roots were published, by number, each as a reason."""
    found: dict[int, str] = {}
    for each in (*library.roots(id), id):
        source = library.sources.get(each)
        if source is None or source.published is None:
            continue
        day = source.published.earliest_day
        if day is not None and day == source.published.latest_day:
            what = "image" if source.kind in _IMAGES else "source"
            found.setdefault(day, f"publication date of the {what}, not of the event")
    return found


def remarks(
    case: Case,
    supporters: Sequence[Party],
    dissenters: Sequence[Party],
    status: str,
    voices: int,
) -> set[str]:
    """The codes of all flags that who stands where gives cause for."""
    found = _of_supporters(case, supporters, voices)
    if any(each.statement.is_denial for each in dissenters):
        found.add("denied")
    if any(each.remark.startswith("publication date") for each in dissenters):
        found.add("publication-date")
    if status == "disputed" and all(each.standing.hardness == "soft" for each in dissenters):
        found.add("soft-dispute")
    for side in (supporters, dissenters):
        if _has_lost_hedge(case, [each.statement for each in side]):
            found.add("hedge-lost")
    return found


def _of_supporters(case: Case, supporters: Sequence[Party], voices: int) -> set[str]:
    found = set()
    library = case.sources
    positive = [each.statement for each in supporters if not each.statement.is_denial]
    if voices == 1:
        found.add("single-root")
    if positive and all(each.stance in _HEDGES for each in positive):
        found.add("hedged")
    speakers: dict[tuple[str, ...], set[str]] = {}
    for each in positive:
        speakers.setdefault(each.roots, set()).add(each.source)
    if any(len(sources) > 1 for sources in speakers.values()):
        found.add("copy")
    roots = {
        root
        for each in positive
        for root in each.root.split(" + ")
        if each.weight and not root.startswith(ATTRIBUTED)
    }
    if not all(map(library.is_weighed, roots)):
        found.add("unweighed")
    if _share_a_publisher(library, roots):
        found.add("same-publisher")
    if _is_withheld(case, positive, roots):
        found.add("rests-on-withheld")
    return found


def _share_a_publisher(library: Library, roots: set[str]) -> bool:
    if len(roots) < 2:
        return False
    known = [library.sources[root] for root in roots if root in library.sources]
    publishers = [body_name(each.publisher) for each in known if each.publisher]
    return len(publishers) != len(set(publishers))


def _is_withheld(case: Case, statements: Sequence[Statement], roots: set[str]) -> bool:
    ids = {each.id for each in statements}
    if any(claim.access != "public" and claim.id in ids for claim in case.claims):
        return True
    sources = case.sources.sources
    cited = roots | {each.source for each in statements}
    return any(sources[each].access != "public" for each in cited if each in sources)


def _has_lost_hedge(case: Case, statements: Sequence[Statement]) -> bool:
    """Whether somebody states as a fact what the root behind it hedges.

    Where the root does not speak itself, others who repeat it show its hedge.
    """
    copies = [
        each
        for each in statements
        if each.stance == "asserts"
        and not each.is_direct
        and not each.is_observation
        and len(each.roots) == 1
        and not each.root.startswith(ATTRIBUTED)
    ]
    if not copies:
        return False
    unsure = _unsure_roots(case)
    for copy in copies:
        same = [each for each in statements if each.roots == copy.roots and each is not copy]
        own = [each for each in same if each.is_direct and not each.is_observation]
        repeated = own or [each for each in same if each.text == copy.text]
        stances = {each.stance for each in repeated}
        if own and "asserts" in stances:
            continue
        if stances & _HEDGES or copy.roots[0] in unsure:
            return True
    return False


def _unsure_roots(case: Case) -> set[str]:
    cannot = [each for each in case.claims if each.stance == "cannot_determine"]
    if not cannot:
        return set()
    library = case.sources
    return {
        root for each in cannot for root in library.voice(each.source, each.attributed_to).roots
    }
