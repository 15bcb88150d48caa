"""Sifted statements and possible answers to a conclusion with everybody's standing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Generic, TypeVar

import attrs

from heritage.judge.answers import Answers
from heritage.judge.case import Case
from heritage.judge.conclusion import Conclusion, RunnerUp, Standing, Uncounted
from heritage.judge.remarks import Party, publication_days, remarks
from heritage.judge.sifting import Sifted
from heritage.judge.voices import ATTRIBUTED
from heritage.judge.weighing import Outcome, Statement, bits, resolve, tally, without_garbled
from heritage.judge.windows import Windows, compare, date_of, dated
from heritage.judge.wording import Dissent, Told, sentence
from heritage.model import PROPERTIES

__all__ = ["NOT_EXCLUSIVE", "verdict"]

T = TypeVar("T")

NOT_EXCLUSIVE: Final = frozenset({"effect", "name"})
"""Properties of which a thing can have several values at once."""


@attrs.define
class _Verdict(Generic[T]):
    """A conclusion in the making."""

    case: Case
    sifted: Sifted[T]
    answers: Answers
    statements: Sequence[Statement]
    outcome: Outcome
    value: str | None = None
    candidates: list[str] = attrs.field(factory=list)
    for_mask: int = 0
    runner_up: RunnerUp | None = None
    margin: int = 0
    is_decided: bool = True
    sides: list[tuple[str, int]] = attrs.field(factory=list)
    """Where nothing decides: each answer with the mask of its supporters."""

    def weigh(self) -> None:
        """Find the value, what comes next, and by how much it is ahead."""
        answers, outcome = self.answers, self.outcome
        tied = outcome.tied
        for answer in tied:
            self.for_mask |= self._supporters(answer)
        if self.case.property in NOT_EXCLUSIVE:
            self.value = answers.among(tied)
            self.candidates = [self.value] if self.value else []
            self.margin = outcome.weight
            return
        torn = len(tied) == 1 and answers.is_torn(tied[0], outcome.shared)
        if torn:
            tied = tuple((index,) for index in tied[0])
        if len(tied) > 1:
            self.is_decided = False
            self.value = answers.among(tied)
            self.sides = [(answers.plain(each) or "", self._supporters(each)) for each in tied]
            self.candidates = [text for text, _ in self.sides if text]
            second = self.candidates[1] if len(self.candidates) > 1 else self.value
            self.runner_up = RunnerUp(value=second or "", weight=outcome.weight)
            return
        self.value = answers.value(tied[0], self._own_mask())
        self.candidates = [self.value] if self.value else []
        self._set_against()

    def _supporters(self, answer: Sequence[int]) -> int:
        mask = 0
        for index in answer:
            mask |= self.answers.masks[index]
        return mask

    def _own_mask(self) -> int:
        """Supporters with weight, or all of them where nobody has any."""
        mask = self.for_mask
        return sum(1 << i for i in bits(mask) if self.statements[i].weight) or mask

    def _set_against(self) -> None:
        outcome = self.outcome
        if outcome.rival:
            value = self.answers.plain(outcome.rival) or ""
            self.runner_up = RunnerUp(value=value, weight=outcome.rival_weight)
        elif outcome.rival_weight:
            self.runner_up = RunnerUp(value=f"not {self.value}", weight=outcome.rival_weight)
        self.margin = max(outcome.weight - outcome.rival_weight, 0)
        self.is_decided = self.margin > 0

    def status(self, dissenters: Sequence[Standing]) -> str:
        """Agreed, disputed, undecided or unsupported."""
        if self.value is None or not self.outcome.weight:
            return "unsupported"
        if not self.is_decided:
            return "undecided"
        return "disputed" if dissenters else "agreed"


def verdict(case: Case, sifted: Sifted[T], answers: Answers) -> Conclusion:
    """Conclude from statements that count and the answers they allow."""
    statements = without_garbled(sifted.statements, answers.masks)
    outcome = resolve(statements, answers.masks)
    if outcome is None:
        return _unsupported(case, sifted, statements)
    made = _Verdict(case, sifted, answers, statements, outcome)
    made.weigh()
    supporters, dissenters = _parties(made)
    uncounted = list(sifted.uncounted)
    if case.property in NOT_EXCLUSIVE:
        uncounted += [_excluded(each.standing) for each in dissenters]
        dissenters = []
    return _concluded(made, supporters, dissenters, uncounted)


def _parties(made: _Verdict[T]) -> tuple[list[Party], list[Party]]:
    supporters, dissenters = [], []
    for index, statement in enumerate(made.statements):
        if made.for_mask >> index & 1:
            supporters.append(_supporter(made, index, statement))
        elif made.value is not None:
            dissenters.append(_dissenter(made, index, statement))
    dissenters += [_set_aside(made, *each) for each in made.sifted.aside if made.value]
    return sorted(supporters, key=_order), sorted(dissenters, key=_order)


def _order(party: Party) -> tuple[int, str, str, str]:
    standing = party.standing
    id = standing.claim or standing.observation or ""
    return -standing.weight, standing.root, standing.value, id


def _standing(statement: Statement, reason: str) -> Standing:
    return Standing(
        claim=None if statement.is_observation else statement.id,
        observation=statement.id if statement.is_observation else None,
        source=statement.source,
        value=statement.text,
        weight=statement.weight,
        root=statement.root,
        stance=statement.stance,
        reason=reason,
    )


def _whose(statement: Statement) -> str:
    """How a statement that is not a root's own came here."""
    if statement.root.startswith(ATTRIBUTED):
        return ", in words that its source quotes"
    if statement.is_direct or statement.is_observation:
        return ""
    return f", in words that go back to {statement.root}"


def _supporter(made: _Verdict[T], index: int, statement: Statement) -> Party:
    if statement.is_denial:
        reason = "denies another answer"
    elif len(made.sides) > 1:
        taken = [text for text, mask in made.sides if mask >> index & 1]
        reason = "for " + " and ".join(taken) if len(taken) < len(made.sides) else "allows each"
    elif statement.text in made.candidates or made.case.property == "occurred":
        reason = "says so"
    elif statement.is_observation:
        reason = "agrees with what was seen"
    else:
        reason = "allows it"
    return Party(statement, _standing(statement, reason + _whose(statement)))


def _dissenter(made: _Verdict[T], index: int, statement: Statement) -> Party:
    found = made.answers.relative(index, made.value or "")
    remark = ""
    if PROPERTIES[made.case.property].type == "date" and not statement.is_denial:
        remark = _publication(made, statement)
    if remark:
        reason = remark
    elif statement.is_denial:
        reason = "denies it"
    elif found.gap_days:
        days = "day" if found.gap_days == 1 else "days"
        reason = f"{found.gap_days} {days} away"
    else:
        reason = "excludes it"
    standing = attrs.evolve(
        _standing(statement, reason + _whose(statement)),
        relation=found.relation,
        gap_days=found.gap_days,
        hardness=found.hardness,
    )
    return Party(statement, standing, remark)


def _publication(made: _Verdict[T], statement: Statement) -> str:
    """The reason why a later day may be that on which the news came out."""
    if made.value is None or statement.is_observation:
        return ""
    latest = date_of(made.value).latest_day
    day = date_of(statement.text)
    if latest is None or day.earliest_day is None or day.earliest_day != day.latest_day:
        return ""
    if day.earliest_day <= latest:
        return ""
    return publication_days(made.case.sources, statement.source).get(day.earliest_day, "")


def _set_aside(made: _Verdict[T], statement: Statement, windows: Windows) -> Party:
    date = dated(windows)
    found = compare(date.text, made.value) if date and made.value else None
    standing = attrs.evolve(
        _standing(statement, "contradicted by observations that weigh as much or more"),
        relation=found.relation.value if found else "disjoint",
        gap_days=found.gap_days if found else None,
        hardness=found.hardness.value if found else "hard",
    )
    return Party(statement, standing, "contradicted by other observations")


def _excluded(standing: Standing) -> Uncounted:
    return Uncounted(
        claim=standing.claim,
        observation=standing.observation,
        source=standing.source,
        value=standing.value,
        reason="another value, which does not exclude this one",
    )


def _unsupported(case: Case, sifted: Sifted[T], statements: Sequence[Statement]) -> Conclusion:
    denials = [each for each in statements if each.is_denial]
    told = Told(case.property, None, "unsupported", 0, 0, None, (), _denials(denials), (), False)
    flags = set(sifted.flags) | ({"denied"} if denials else set())
    dissenters = [Party(each, _denying(each)) for each in denials]
    return Conclusion(
        subject=case.subject,
        site=case.site,
        property=case.property,
        value=None,
        status="unsupported",
        weight=0,
        margin=0,
        dissenters=tuple(each.standing for each in sorted(dissenters, key=_order)),
        not_counted=_in_order(sifted.uncounted),
        flags=tuple(sorted(flags)),
        sentence=sentence(told),
    )


def _denying(statement: Statement) -> Standing:
    standing = _standing(statement, "denies it" + _whose(statement))
    return attrs.evolve(standing, relation="denies", hardness="hard")


def _denials(statements: Iterable[Statement]) -> list[Dissent]:
    labels = sorted({(each.label, each.text) for each in statements})
    return [Dissent(label, text, None, False, True, "") for label, text in labels]


def _in_order(uncounted: Iterable[Uncounted]) -> tuple[Uncounted, ...]:
    return tuple(sorted(uncounted, key=lambda each: each.claim or each.observation or ""))


def _concluded(
    made: _Verdict[T],
    supporters: Sequence[Party],
    dissenters: Sequence[Party],
    uncounted: Sequence[Uncounted],
) -> Conclusion:
    case, outcome = made.case, made.outcome
    status = made.status([each.standing for each in dissenters])
    is_date = PROPERTIES[case.property].type == "date"
    date = date_of(made.value) if is_date and made.value else None
    labels = _voices(made, supporters)
    told = Told(
        property=case.property,
        value=made.value,
        status=status,
        weight=outcome.weight,
        margin=made.margin,
        runner_up=made.runner_up,
        supporters=labels,
        dissents=_dissents(dissenters),
        candidates=made.candidates,
        is_hedged=_all_hedge(supporters),
        is_plain=all(each.standing.reason.startswith("says so") for each in supporters),
    )
    found = remarks(case, supporters, dissenters, status, len(labels))
    return Conclusion(
        subject=case.subject,
        site=case.site,
        property=case.property,
        value=made.value,
        earliest=date.earliest_key if date else None,
        latest=date.latest_key if date else None,
        status=status,
        weight=outcome.weight,
        margin=made.margin if status != "unsupported" else 0,
        runner_up=made.runner_up,
        supporters=tuple(each.standing for each in supporters),
        dissenters=tuple(each.standing for each in dissenters),
        not_counted=_in_order(uncounted),
        flags=tuple(sorted(found | made.sifted.flags)),
        sentence=sentence(told),
    )


def _all_hedge(supporters: Sequence[Party]) -> bool:
    stances = [each.statement.stance for each in supporters if not each.statement.is_denial]
    return bool(stances) and all(stance in ("suggests", "alleges") for stance in stances)


def _voices(made: _Verdict[T], supporters: Sequence[Party]) -> list[str]:
    """The name of each independent voice that was counted for the value, heaviest first."""
    masks = made.answers.masks
    counted: set[object] = set()
    for answer in made.outcome.tied:
        counted |= tally(made.statements, masks[answer[0]]).voices
    labels: dict[tuple[str, ...], str] = {}
    for each in supporters:
        roots = each.statement.roots
        if roots in counted or (len(roots) == 1 and roots[0] in counted):
            label = each.statement.label
            labels[roots] = min(labels.get(roots, label), label, key=_nearness)
    return list(labels.values())


def _nearness(label: str) -> tuple[bool, str]:
    """The root's own name before that of somebody who relies on it."""
    return ", relying on " in label, label


def _dissents(dissenters: Sequence[Party]) -> list[Dissent]:
    """Each dissenting voice once for each thing it says."""
    found: dict[tuple[tuple[str, ...], str], Dissent] = {}
    for each in dissenters:
        standing = each.standing
        key = (each.statement.roots, standing.value)
        found.setdefault(
            key,
            Dissent(
                each.statement.label,
                standing.value,
                standing.gap_days,
                standing.hardness == "soft",
                each.statement.is_denial,
                each.remark,
            ),
        )
    return list(found.values())
