"""What statements say to the possible answers, and a chosen answer to its text.

One class a kind of value: dates, numbers and terms. Each numbers the answers
that are possible, gives the mask of the statements that allow each, and writes
an answer in the notation of the property.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from heritage.judge.weighing import Statement, bits
from heritage.judge.windows import (
    BEGINNING,
    END,
    Windows,
    compare,
    cut,
    date_of,
    dated,
    joined,
    one_of,
)

__all__ = ["Answers", "Dates", "Numbers", "Relative", "Terms"]

Indexes = Sequence[int]


class Relative(NamedTuple):
    """What a dissenting statement is to an answer."""

    relation: str
    gap_days: int | None
    hardness: str


class Answers(Protocol):
    """The possible answers of one case."""

    @property
    def masks(self) -> Sequence[int]:
        """For each possible answer the statements that allow it."""

    def value(self, answer: Indexes, supporters: int) -> str | None:
        """The text of an answer, in the words of its supporters where one says just that."""

    def plain(self, answer: Indexes) -> str | None:
        """The text of an answer by what it means alone."""

    def among(self, tied: Sequence[Indexes]) -> str | None:
        """The text for answers between which nothing decides."""

    def is_torn(self, answer: Indexes, shared: int) -> bool:
        """Whether an answer is several that have only a silent root in common."""

    def relative(self, index: int, value: str) -> Relative:
        """What the statement of that number is to an answer that excludes it."""


def _stance_hardness(statement: Statement) -> str:
    return "soft" if statement.stance in ("suggests", "alleges") else "hard"


class Dates:
    """Days, cut into runs wherever somebody's window opens or closes."""

    def __init__(self, statements: Sequence[Statement], windows: Sequence[Windows]) -> None:
        self._statements = statements
        self._windows = windows
        denials = sum(1 << i for i, each in enumerate(statements) if each.is_denial)
        self._runs, self.masks = cut(windows, denials)

    def days(self, answer: Indexes) -> Windows:
        """The days of an answer."""
        if len(answer) == 1:
            return (self._runs[answer[0]],)
        return joined(self._runs[index] for index in answer)

    def value(self, answer: Indexes, supporters: int) -> str | None:
        """The supporters' own text where one names just these days, else the shortest."""
        own = {
            self._statements[index].text
            for index in bits(supporters)
            if not self._statements[index].is_observation and not self._statements[index].is_denial
        }
        found = dated(self.days(answer), own)
        return found.text if found else min(own, key=lambda text: (len(text), text), default=None)

    def plain(self, answer: Indexes) -> str | None:
        """The text for these days, without anybody's qualifiers."""
        found = dated(self.days(answer), self._plain_texts())
        return found.text if found else None

    def _plain_texts(self) -> list[str]:
        texts = {
            each.text for each in self._statements if not each.is_observation and not each.is_denial
        }
        return [text for text in texts if not date_of(text).is_qualified]

    def among(self, tied: Sequence[Indexes]) -> str | None:
        """A one-of list: one of these, and nothing says which."""
        found = one_of([self.days(answer) for answer in tied], self._plain_texts())
        return found.text if found else None

    def is_torn(self, answer: Indexes, shared: int) -> bool:
        """Whether it is several runs that no single statement holds together."""
        return not shared and len(answer) > 1 and len(self.days(answer)) > 1

    def relative(self, index: int, value: str) -> Relative:
        """Relation, gap in days and hardness, as `dates.relate` has them."""
        statement = self._statements[index]
        windows = self._windows[index]
        date = dated(windows) if statement.is_observation else date_of(statement.text)
        if statement.is_denial or date is None:
            return Relative("denies" if statement.is_denial else "disjoint", None, "hard")
        found = compare(date.text, value)
        return Relative(found.relation.value, found.gap_days, found.hardness.value)


class Numbers:
    """Numbers from low to high, and how to write such a range."""

    def __init__(
        self,
        statements: Sequence[Statement],
        ranges: Sequence[tuple[float | None, float | None]],
        unit: str = "",
    ) -> None:
        self._statements = statements
        self._unit = f" {unit}" if unit else ""
        # The ends and the gaps between them are numbered, so that 92 and 92.5
        # are neighbours like days.
        ends = sorted({end for each in ranges for end in each if end is not None})
        places = {end: 2 * place for place, end in enumerate(ends)}
        self._ends = ends
        windows: list[Windows] = [
            ((BEGINNING if low is None else places[low], END if high is None else places[high]),)
            for low, high in ranges
        ]
        denials = sum(1 << i for i, each in enumerate(statements) if each.is_denial)
        self._runs, self.masks = cut(windows, denials)

    def bounds(self, answer: Indexes) -> tuple[float | None, float | None]:
        """The least and the greatest number of an answer; None where it is open."""
        first, last = self._runs[answer[0]][0], self._runs[answer[-1]][1]
        low = None if first == BEGINNING else self._ends[int(first) // 2]
        high = None if last == END else self._ends[(int(last) + 1) // 2]
        return low, high

    def value(self, answer: Indexes, supporters: int) -> str | None:
        """The range that all supporters allow."""
        del supporters
        return self.plain(answer)

    def plain(self, answer: Indexes) -> str | None:
        """The range from its least to its greatest number."""
        low, high = self.bounds(answer)
        if low is None and high is None:
            return None
        start, end = ("" if each is None else f"{each:.15g}" for each in (low, high))
        return (start if start == end else f"{start}..{end}") + self._unit

    def among(self, tied: Sequence[Indexes]) -> str | None:
        """The range from the least to the greatest: never a sum."""
        return self.plain(sorted(index for answer in tied for index in answer))

    def is_torn(self, answer: Indexes, shared: int) -> bool:
        """Whether no single statement allows all of the range."""
        return not shared and len(answer) > 1

    def relative(self, index: int, value: str) -> Relative:
        """That the ranges share no number."""
        del value
        statement = self._statements[index]
        relation = "denies" if statement.is_denial else "disjoint"
        return Relative(relation, None, _stance_hardness(statement))


class Terms:
    """Terms, narrower ones allowed by whoever names a broader one.

    The possible answers are the terms given that have no narrower one given:
    who says `heavy_weapons` does not contradict who says `artillery`.

    Args:
        codes: What each statement names.
        covers: Whether a term (first) is another one or broader.
        texts: How to write each code.
    """

    def __init__(
        self,
        statements: Sequence[Statement],
        codes: Sequence[str],
        covers: Callable[[str, str], bool],
        texts: dict[str, str],
    ) -> None:
        self._statements = statements
        self._covers = covers
        self._texts = texts
        given = {code for code, each in zip(codes, statements, strict=True) if not each.is_denial}
        self.codes = sorted(
            code
            for code in given
            if not any(other != code and covers(code, other) for other in given)
        )
        self._given = given
        self.masks = [
            sum(
                1 << index
                for index, (code, each) in enumerate(zip(codes, statements, strict=True))
                if covers(code, answer) is not each.is_denial
            )
            for answer in self.codes
        ]

    def value(self, answer: Indexes, supporters: int) -> str | None:
        """The term, or the narrowest one given that takes in all of several."""
        del supporters
        return self.among([answer])

    def plain(self, answer: Indexes) -> str | None:
        """The term."""
        return self.among([answer])

    def among(self, tied: Sequence[Indexes]) -> str | None:
        """The terms, parted by bars."""
        codes = sorted({self.codes[index] for answer in tied for index in answer})
        return " | ".join(self._texts[code] for code in codes)

    def is_torn(self, answer: Indexes, shared: int) -> bool:
        """Whether it is more than one term."""
        del shared
        return len(answer) > 1

    def relative(self, index: int, value: str) -> Relative:
        """That one excludes the other."""
        del value
        statement = self._statements[index]
        relation = "denies" if statement.is_denial else "disjoint"
        return Relative(relation, None, _stance_hardness(statement))
