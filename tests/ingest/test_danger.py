"""The words of `danger_list` mean what UNESCO means by them."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.errors import ValueParseError
from heritage.ingest.sources.whc.danger import Stint, format, parse


@pytest.mark.parametrize(
    ("written", "stints"),
    [
        ("", ()),
        ("Y 2013", (Stint(2013, None),)),
        ("P 1997-2005", (Stint(1997, 2005),)),
        ("Y 1996 P 1984-1992", (Stint(1984, 1992), Stint(1996, None))),
        ("P 2000-2006 P 1984-1988", (Stint(1984, 1988), Stint(2000, 2006))),
        ("P 1984-1988 P 2000-2006", (Stint(1984, 1988), Stint(2000, 2006))),
        ("Y 1992-2011", (Stint(1992, 2011),)),
        ("  y2013 ", (Stint(2013, None),)),
        ("Y 2013-", (Stint(2013, None),)),
        ("P 1997 – 2005; Y 2010", (Stint(1997, 2005), Stint(2010, None))),
        ("P 1997—2005,P 2008-2009", (Stint(1997, 2005), Stint(2008, 2009))),
        ("Y 2013.0", (Stint(2013, None),)),
    ],
)
def test_stints_are_read_in_every_spelling(written: str, stints: tuple[Stint, ...]) -> None:
    assert stints == parse(written)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2013", 0),
        ("Y 20133", 0),
        ("Y 213", 0),
        ("P 1997", 6),
        ("Y 2013 maybe", 7),
        ("Y 2013 Y 2015", 0),
        ("1", 0),
        ("N 2013", 0),
        ("Y ٢٠١٣", 0),
    ],
)
def test_anything_else_is_refused_where_it_stands(written: str, at: int) -> None:
    with pytest.raises(ValueParseError) as caught:
        parse(written)

    assert at == caught.value.at


years = st.integers(1978, 2030)
past = st.tuples(years, years).map(lambda pair: Stint(min(pair), max(pair)))
stints = st.builds(
    lambda ended, lasting: tuple(sorted({*ended, *lasting})),
    st.lists(past, max_size=4),
    st.lists(years.map(lambda year: Stint(year, None)), max_size=1),
)


@given(stints)
def test_what_is_written_is_read_again(found: tuple[Stint, ...]) -> None:
    assert found == parse(format(found))


@given(stints, st.randoms(use_true_random=False))
def test_the_order_and_the_dashes_do_not_matter(found: tuple[Stint, ...], random: Random) -> None:
    words = [format([stint]) for stint in found]
    random.shuffle(words)
    dash = random.choice("-–—")
    written = random.choice([" ", ", ", "; ", "  "]).join(words).replace("-", dash)

    assert found == parse(written.lower() if random.random() < 0.5 else written)


@given(st.text(alphabet="YyPp 0123456789-–,;.x", max_size=20))
def test_no_text_is_read_in_part(text: str) -> None:
    """Whatever is read can be written, and then is read the same."""
    try:
        found = parse(text)
    except ValueParseError:
        found = ()

    assert found == parse(format(found))


def test_a_stint_keeps_its_own_words() -> None:
    assert ["P 1984 – 1992", "Y 1996"] == [s.words for s in parse("Y 1996, P 1984 – 1992 ")]
