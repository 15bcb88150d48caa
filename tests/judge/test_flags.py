"""The flags of conclusions are listed, and the page lists the same."""

from __future__ import annotations

import re
from pathlib import Path

from heritage.judge import flags

FLAG = r'"([a-z]+(?:-[a-z]+)+|copy|hedged|denied|reviewed|unweighed)"'
ROOT = Path(__file__).resolve().parents[2]


def test_every_flag_that_the_code_raises_is_listed_and_no_other() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "heritage/judge").glob("*.py"))
    raised = set(re.findall(FLAG, code))

    assert set(flags()) == raised - {"one-of", "utf-8"}


def test_the_page_of_flags_says_what_the_file_says() -> None:
    page = (ROOT / "docs/reference/flags.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", page, re.MULTILINE)

    assert [(flag.code, flag.meaning) for flag in flags().values()] == rows
