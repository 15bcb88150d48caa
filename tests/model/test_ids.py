"""The id of a statement is the hash of its parts, however many there are."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from heritage.model.ids import content_id


@given(st.lists(st.text(max_size=3) | st.none(), max_size=40), st.sampled_from((1, 7, 500)))
def test_an_id_is_the_hash_of_its_parts_as_one_list(parts: list[str | None], times: int) -> None:
    text = json.dumps(parts * times, ensure_ascii=False).encode("utf-8", "surrogatepass")
    expected = "c" + hashlib.blake2b(text, digest_size=12).hexdigest()[:23]

    assert expected == content_id("c", iter(parts * times))
