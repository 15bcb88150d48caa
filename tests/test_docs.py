"""The documentation does what it says: every example runs, every link leads somewhere.

A page is carried out from top to bottom in a folder of its own. A block of
`console` is typed into a shell, a block of `python` is run, with or without
prompts, and the output shown must be the output seen (`...` stands for
anything). A comment on the line above a block says otherwise:

    <!-- file: sites.csv -->      the block is the content of that file
    <!-- given: demo -->          a `demo/` folder as `make demo` leaves it
    <!-- exits 1 -->              the last command fails with that status
    <!-- not run: why -->         the block is only shown
"""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = ROOT / "docs" / "reference"

BLOCK = re.compile(
    r"(?:^<!-- (?P<directive>[^\n]*?) -->\n+)?"
    r"^(?P<fence>```+)(?P<language>\w*)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
DIRECTIVE = re.compile(r"(file|given|not run): \S|exits \d+$")
LINK = re.compile(r"!?\[[^\]]*\]\(<?(?P<target>[^)>\s]+)>?[^)]*\)")
COMPARED = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
RUN = {"console", "python", "pycon"}


@attrs.frozen
class Block:
    """One fenced block of a page."""

    line: int
    directive: str
    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("fence")) + 1
        yield Block(line, found["directive"] or "", found["language"], found["text"])


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name


def has_examples(page: Path) -> bool:
    return any(
        block.language in RUN and not block.directive.startswith("not run")
        for block in blocks(page)
    )


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output shown under it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        length = 1
        while lines[length - 1].endswith("\\\n"):
            length += 1
        yield "".join(lines[:length]).strip(), "".join(lines[length:])


def type_into_shell(block: Block, folder: Path) -> None:
    """Run the commands of a block as a reader would, and compare what they print."""
    expected_status = int(block.directive.split()[1]) if block.directive[:5] == "exits" else 0
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    typed = list(commands(block.text))
    assert typed, f"line {block.line}: a console block without a command"
    for number, (command, shown) in enumerate(typed, 1):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        status = expected_status if number == len(typed) else 0
        assert status == done.returncode, f"line {block.line}: {command}\n{done.stdout}"
        if shown.strip():
            same = doctest.OutputChecker().check_output(shown, done.stdout, COMPARED)
            assert same, f"line {block.line}: {command}\nshown:\n{shown}\nseen:\n{done.stdout}"


def run_python(block: Block, page: Path, names: dict[str, Any]) -> None:
    """Run a block of Python with the names that earlier blocks of the page have left."""
    if ">>> " not in block.text:
        exec(compile(block.text, f"{named(page)}:{block.line}", "exec"), names)  # noqa: S102 our page
        return
    test = doctest.DocTestParser().get_doctest(
        block.text, names, f"{named(page)}:{block.line}", str(page), block.line
    )
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=COMPARED)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert 0 == runner.failures, "".join(said)


def carry_out(page: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    """Follow a page from top to bottom in a folder."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        what, _, rest = block.directive.partition(": ")
        if what == "given":
            assert "demo" == rest, f"line {block.line}: nothing else can be given"
            shutil.copytree(request.getfixturevalue("demo"), folder / "demo", dirs_exist_ok=True)
        if what == "not run":
            continue
        if what == "file":
            (folder / rest).write_text(block.text, "utf-8")
        elif block.language == "console":
            type_into_shell(block, folder)
        elif block.language in {"python", "pycon"}:
            run_python(block, page, names)


@pytest.mark.parametrize("page", [*filter(has_examples, PAGES)], ids=named)
def test_every_example_of_a_page_does_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)

    carry_out(page, tmp_path, request)


def test_a_page_is_carried_out_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n<!-- file: names.txt -->\n```text\nتدمر\nPalmyra\n```\n\n"
        "```console\n$ sort names.txt\nP...\nتدمر\n$ wc -l < names.txt > count\n```\n\n"
        "<!-- not run: it would fail -->\n```console\n$ exit 1\n```\n\n"
        "<!-- exits 2 -->\n```console\n$ echo gone \\\n  again && exit 2\ngone again\n```\n\n"
        "```python\nfrom pathlib import Path\n```\n\n"
        "```pycon\n>>> int(Path('count').read_text())\n2\n```\n",
        "utf-8",
    )

    carry_out(page, tmp_path, request)

    assert 6 == len(list(blocks(page)))


def test_an_example_that_shows_something_else_is_noticed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    page = ROOT / "docs" / "no-such-page.md"
    with pytest.raises(AssertionError):
        type_into_shell(Block(1, "", "console", "$ echo one\ntwo\n"), tmp_path)
    with pytest.raises(AssertionError):
        type_into_shell(Block(1, "", "console", "$ exit 3\n"), tmp_path)
    with pytest.raises(AssertionError):
        run_python(Block(1, "", "pycon", ">>> 1 + 1\n3\n"), page, {})


def test_a_directive_is_one_that_is_known() -> None:
    unknown = [
        f"{named(page)}:{block.line}: {block.directive}"
        for page in PAGES
        for block in blocks(page)
        if block.directive and not DIRECTIVE.match(block.directive)
    ]

    assert [] == unknown


def prose(page: Path) -> str:
    """A page without its blocks and its code."""
    return re.sub(r"`[^`\n]*`", "``", BLOCK.sub("", page.read_text("utf-8")))


def anchors(page: Path) -> set[str]:
    """The names that links into a page can end in, made as code forges make them."""
    headings = re.findall(r"^#+ +(.+)$", BLOCK.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Each link of a page to a file of ours: as written, the file, and the anchor in it."""
    for found in LINK.finditer(prose(page)):
        target = found["target"]
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield target, (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [
        written
        for written, path, anchor in links(page)
        if not path.exists() or (anchor and anchor not in anchors(path))
    ]

    assert [] == broken


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    waiting = [ROOT / "README.md"]
    while waiting:
        found = {path for _, path, _ in links(waiting.pop()) if path.suffix == ".md"} - reached
        reached |= found
        waiting.extend(found)

    assert [] == [named(page) for page in PAGES if page not in reached]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_opens_with_a_heading_and_keeps_to_plain_words(page: Path) -> None:
    opening = re.sub(r"^<!--.*?-->\s*", "", page.read_text("utf-8"))

    assert opening.startswith("# ")
    assert [] == re.findall(r"\b(?:simply|[Ww]e)\b", prose(page))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script that writes the reference."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_reference_is_what_the_code_says(generator: ModuleType) -> None:
    assert [] == [path.name for path in generator.stale()], "run `make docs`"


def test_no_page_of_the_reference_is_left_over(generator: ModuleType) -> None:
    assert set(generator.pages()) == {
        page for page in GENERATED.glob("*.md") if page.name != "README.md"
    } - set(written_by_hand())


def written_by_hand() -> Iterator[Path]:
    """The reference pages that no code writes."""
    for page in GENERATED.glob("*.md"):
        if not page.read_text("utf-8").startswith("<!-- Written by `make docs`"):
            yield page
