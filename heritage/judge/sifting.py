"""A case to the statements that count, and what becomes of the rest.

Nothing is dropped silently: a claim or observation that takes no part is kept
with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Generic, TypeVar

import attrs

from heritage.dates import FuzzyDate
from heritage.judge.brackets import Look, brackets, is_rebuilding
from heritage.judge.case import Case
from heritage.judge.conclusion import Uncounted
from heritage.judge.library import UNNAMED
from heritage.judge.voices import ATTRIBUTED, Voice
from heritage.judge.weighing import Statement
from heritage.judge.windows import BEGINNING, END, Windows, date_windows, meet
from heritage.model import PROPERTIES, Claim, Observation, Review, read_value
from heritage.vocab import vocabulary
from heritage.vocab.vocabulary import fold

__all__ = [
    "Range",
    "Sieve",
    "Sifted",
    "covers",
    "is_degree",
    "meaning",
    "sift_dates",
    "sift_numbers",
    "sift_terms",
    "term_code",
]

T = TypeVar("T")

_EPISTEMIC: Final = frozenset({"possible", "unknown", "undetermined", "none_known"})
_SEEN: Final = {"destroyed": "destroyed", "intact": "none_visible"}


@attrs.define
class Sifted(Generic[T]):
    """The statements that count with what each means, and the others."""

    statements: list[Statement] = attrs.field(factory=list)
    meanings: list[T] = attrs.field(factory=list)
    topics: list[str] = attrs.field(factory=list)
    """What each speaks of: answers on other topics neither support nor contradict it."""
    aside: list[tuple[Statement, Windows]] = attrs.field(factory=list)
    """Observations that contradict those of more weight."""
    uncounted: list[Uncounted] = attrs.field(factory=list)
    flags: set[str] = attrs.field(factory=set)

    def add(self, statement: Statement, meaning: T, topic: str = "") -> None:
        """Count a statement."""
        self.statements.append(statement)
        self.meanings.append(meaning)
        self.topics.append(topic)

    def leave(self, record: Claim | Observation, reason: str, flag: str | None = None) -> None:
        """Keep a record out, and say why."""
        is_claim = isinstance(record, Claim)
        self.uncounted.append(
            Uncounted(
                claim=record.id if is_claim else None,
                observation=None if is_claim else record.id,
                source=record.source,
                value=record.value if isinstance(record, Claim) else seen(record),
                reason=reason,
            )
        )
        if flag:
            self.flags.add(flag)


def seen(observation: Observation) -> str:
    """What an observation says, as standings show it: `intact 2015-08-27`."""
    return f"{observation.state} {observation.observed.text}"


def _refuted(reviews: Iterable[Review]) -> frozenset[str]:
    """Claims whose last review refutes them."""
    last: dict[str, tuple[str, str, str]] = {}
    for review in reviews:
        day = review.date.latest_key or ""
        mark = (day, review.id, review.decision)
        last[review.claim] = max(last.get(review.claim, mark), mark)
    return frozenset(claim for claim, (_, _, decision) in last.items() if decision == "refuted")


class Sieve:
    """What is common to all kinds of values."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.library = case.sources
        self.refuted = _refuted(case.reviews) if case.reviews else frozenset[str]()

    def counts(self, claim: Claim, sifted: Sifted[T]) -> bool:
        """Whether a claim takes part at all."""
        if claim.id in self.refuted:
            sifted.leave(claim, "a reviewer refuted it", "reviewed")
        elif claim.confidence == "negligible":
            sifted.leave(claim, "those who keep the registry give it next to no credence")
        elif claim.stance == "cannot_determine":
            sifted.leave(claim, "the source says that it cannot tell", "cannot-determine")
        elif claim.value is None:
            sifted.leave(claim, "only its words are known, and no value", "words-only")
        else:
            return True
        return False

    def of_claim(self, claim: Claim) -> Statement:
        """The statement that a claim makes."""
        voice = self.library.voice(claim.source, claim.attributed_to)
        return Statement(
            id=claim.id,
            source=claim.source,
            label=self.label(voice, claim),
            text=claim.value or "",
            stance=claim.stance,
            root=voice.root,
            roots=voice.roots,
            weight=voice.weight,
            is_direct=voice.is_direct,
            is_denial=claim.stance == "denies",
        )

    def label(self, voice: Voice, claim: Claim) -> str:
        """The name of whose word it is, unless that is not public."""
        own = self.library.label(claim.source)
        if claim.access != "public" or own == UNNAMED:
            return UNNAMED
        if voice.root.startswith(ATTRIBUTED):
            return claim.attributed_to or own
        return self.library.name(claim.source, claim.attributed_to)

    def of_look(self, observation: Observation) -> Statement:
        """The statement that an observation makes."""
        voice = self.library.voice(observation.source, None)
        return Statement(
            id=observation.id,
            is_observation=True,
            source=observation.source,
            label=self.library.name(observation.source, None),
            text=seen(observation),
            root=voice.root,
            roots=voice.roots,
            weight=voice.weight,
            # A look is a look, whoever passes it on.
            is_direct=len(voice.roots) == 1,
        )

    def looks(self, sifted: Sifted[T]) -> list[Observation]:
        """The observations that take part at all."""
        told = []
        for each in self.case.observations:
            if each.confidence == "negligible":
                sifted.leave(each, "those who keep the registry give it next to no credence")
            elif each.state not in ("intact", "damaged", "destroyed"):
                sifted.leave(each, "the state of the site could not be told")
            else:
                told.append(each)
        return told


def sift_dates(case: Case) -> Sifted[Windows]:
    """Claimed dates, and the windows between looks, as runs of days."""
    sieve = Sieve(case)
    sifted: Sifted[Windows] = Sifted()
    for claim in case.claims:
        if sieve.counts(claim, sifted):
            statement = sieve.of_claim(claim)
            sifted.add(statement, date_windows(statement.text))
    if case.observations:
        _sift_looks(sieve, sifted)
    return sifted


def _sift_looks(sieve: Sieve, sifted: Sifted[Windows]) -> None:
    claimed = [
        meaning
        for statement, meaning in zip(sifted.statements, sifted.meanings, strict=True)
        if not statement.is_denial
    ]
    by_site: dict[str, list[Observation]] = {}
    for each in sieve.looks(sifted):
        by_site.setdefault(each.site, []).append(each)
    for site, observations in sorted(by_site.items()):
        _sift_site(sieve, sifted, claimed, site, observations)


def _sift_site(
    sieve: Sieve,
    sifted: Sifted[Windows],
    claimed: list[Windows],
    site: str,
    observations: list[Observation],
) -> None:
    case = sieve.case
    statements = {each.id: sieve.of_look(each) for each in observations}
    is_shared = site in case.shared_sites
    found = brackets(
        [
            Look(each, statements[each.id].roots, statements[each.id].weight)
            for each in observations
        ],
        [each for each in case.interventions if each.site == site],
        is_shared=is_shared,
    )
    if found.contradicted:
        sifted.flags.add("observations-contradict")
    for each in observations:
        statement = statements[each.id]
        windows = found.windows.get(each.id)
        if each.id in found.contradicted:
            sifted.aside.append((statement, _alone(each)))
        elif windows is None:
            sifted.leave(each, "alone it shows no change that this event could have made")
        elif is_shared and not any(meet(windows, claim) for claim in claimed):
            sifted.leave(each, "the change it shows may be that of another event")
        else:
            sifted.add(statement, windows)


def _alone(observation: Observation) -> Windows:
    """The days that a single look allows for the change."""
    if observation.state == "intact":
        first = observation.observed.earliest_day
        return ((BEGINNING if first is None else first, END),)
    last = observation.observed.latest_day
    return ((BEGINNING, END if last is None else last),)


def sift_terms(case: Case) -> Sifted[str]:
    """Claimed terms and words as codes; of severity, what was seen after the event too."""
    sieve = Sieve(case)
    sifted: Sifted[str] = Sifted()
    kind = PROPERTIES[case.property]
    for claim in case.claims:
        if not sieve.counts(claim, sifted):
            continue
        statement = sieve.of_claim(claim)
        code, topic = meaning(claim.property, statement.text)
        if kind.type == "truth" and claim.property != case.property:
            _sift_degree(claim, statement, sifted)
        elif kind.type == "truth" and statement.is_denial:
            flipped = "false" if code == "true" else "true"
            sifted.add(attrs.evolve(statement, is_denial=False), flipped)
        elif code in _EPISTEMIC:
            flag = "degree-unknown" if case.property == "severity" else "cannot-determine"
            sifted.leave(claim, "it says that it is not known, or no more than suspected", flag)
        else:
            sifted.add(statement, code, topic)
    if case.property == "severity":
        for each in _later_looks(sieve, sifted):
            code = each.severity or _SEEN.get(each.state, "unknown")
            if is_degree(code):
                sifted.add(sieve.of_look(each), code)
            else:
                sifted.leave(each, "it saw damage and gives no degree", "degree-unknown")
    return sifted


def _sift_degree(claim: Claim, statement: Statement, sifted: Sifted[str]) -> None:
    """A degree of damage says that something happened; none says nothing on that."""
    code = term_code("severity", statement.text)
    if code in ("none_visible", "unknown") or statement.is_denial:
        sifted.leave(claim, "it speaks of the degree and not of whether anything happened")
    else:
        sifted.add(statement, "true")


def _later_looks(sieve: Sieve, sifted: Sifted[T]) -> list[Observation]:
    """Looks that show what the event left: those before it and after a rebuilding do not."""
    case = sieve.case
    rebuilt = [
        each.date.earliest_day
        for each in case.interventions
        if each.date is not None and is_rebuilding(each)
    ]
    later = []
    for each in sieve.looks(sifted):
        if each.site in case.shared_sites:
            sifted.leave(each, "what it shows may be the work of another event")
        elif _is_before(each, case.when):
            sifted.leave(each, "it was, or may have been, before the event")
        elif any(_is_after_work(each, day, case.when) for day in rebuilt):
            sifted.leave(each, "it was after a rebuilding")
        else:
            later.append(each)
    return later


def _is_before(look: Observation, event: FuzzyDate | None) -> bool:
    """Whether a look may have been before the event; one that saw damage counts from its day on."""
    first = look.observed.earliest_day
    if look.state == "intact":
        end = event.latest_day if event else None
        return end is None or first is None or first <= end
    begin = event.earliest_day if event else None
    return begin is not None and (first is None or first < begin)


def _is_after_work(look: Observation, work: int | None, event: FuzzyDate | None) -> bool:
    """Whether a rebuilding began between the event and the look."""
    if work is None:
        return False
    begin, last = event.earliest_day if event else None, look.observed.latest_day
    return (begin is None or work >= begin) and (last is None or last > work)


Range = tuple[float | None, float | None]


def sift_numbers(case: Case) -> Sifted[Range]:
    """Claimed percentages and counts as ranges; of extent, what was seen after the event too."""
    sieve = Sieve(case)
    sifted: Sifted[Range] = Sifted()
    for claim in case.claims:
        if not sieve.counts(claim, sifted):
            continue
        statement = sieve.of_claim(claim)
        reading = read_value(case.property, statement.text)
        if reading.low is None and reading.high is None:
            sifted.leave(claim, "its words give no number to weigh", "words-only")
        else:
            sifted.add(statement, (reading.low, reading.high), reading.text or "")
    if case.property == "extent":
        for each in _later_looks(sieve, sifted):
            if each.extent is None:
                sifted.leave(each, "it gives no extent")
            else:
                sifted.add(sieve.of_look(each), (each.extent.low, each.extent.high))
    return sifted


@lru_cache(maxsize=65536)
def meaning(name: str, text: str) -> tuple[str, str]:
    """A value of a term or text property as the code compared, and its topic.

    Words before a colon are the topic: `danger flag: empty` and `danger flag: 1`
    exclude each other, and `listed since 1980` speaks of something else.
    """
    kind = PROPERTIES[name]
    if kind.vocabulary is not None:
        return term_code(kind.vocabulary, text), ""
    if kind.type == "text":
        topic, colon, rest = text.partition(": ")
        return (fold(text), fold(topic)) if colon and rest else (fold(text), "")
    return text, ""


@lru_cache(maxsize=65536)
def term_code(name: str, text: str) -> str:
    """The code of a term; a term that its vocabulary lacks is compared by its letters."""
    return vocabulary(name).find(text) or fold(text)


def is_degree(code: str) -> bool:
    """Whether a term of `severity` says how bad the damage is."""
    return code not in _EPISTEMIC


def covers(name: str | None) -> Callable[[str, str], bool]:
    """Whether a term, the first, is the second or a broader one, in one vocabulary."""
    if name is None:
        return _same
    return lambda broad, narrow: _is_broader(name, broad, narrow)


def _same(broad: str, narrow: str) -> bool:
    return broad == narrow


@lru_cache(maxsize=65536)
def _is_broader(name: str, broad: str, narrow: str) -> bool:
    if broad == narrow:
        return True
    terms = vocabulary(name)
    return broad in terms and narrow in terms and terms.is_a(narrow, broad)
