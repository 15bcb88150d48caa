"""Code to reference pages: commands, Python names, schema, vocabularies and problem codes.

`python docs/generate.py` writes the pages under docs/reference/;
`python docs/generate.py --check` writes nothing and fails where one is missing or stale.
"""

from __future__ import annotations

import ast
import csv
import inspect
import re
import sqlite3
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

import heritage
from heritage.problems import problem_codes

REFERENCE = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by `make docs` from the code: change the code, not this page. -->"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in row)
        yield "| " + " | ".join(cells) + " |"


def problems() -> Iterator[str]:
    """The page of problem codes."""
    yield "# A problem names one fault in data by a code"
    yield ""
    yield (
        "A problem never stops a load: it says which file, row and column are meant, what is"
        " wrong, and what happened to the value. These are the codes."
    )
    yield ""
    rows = [(f"`{each.code}`", each.meaning, each.remedy) for each in problem_codes().values()]
    yield from table(("code", "what it means", "what to do"), rows)


def commands() -> Iterator[str]:
    """The page of the command line."""
    import click

    from heritage.cli import main

    def usage(command: click.Command, name: str, parent: click.Context | None) -> str:
        return command.get_help(context_of(command, name, parent)).rstrip()

    def context_of(
        command: click.Command, name: str, parent: click.Context | None
    ) -> click.Context:
        settings = {"terminal_width": 80, **command.context_settings}
        return click.Context(command, info_name=name, parent=parent, **settings)

    top = context_of(main, "heritage", None)
    yield "# Every command takes a registry and says what it did"
    yield ""
    yield "What `heritage --help` and `heritage COMMAND --help` print."
    yield ""
    yield from ("## heritage", "", "```text", usage(main, "heritage", None), "```")
    for name in main.list_commands(top):
        command = main.get_command(top, name)
        if command is not None and not command.hidden:
            yield from ("", f"## heritage {name}", "", "```text")
            yield from (usage(command, name, top), "```")


def schema() -> Iterator[str]:
    """The page of the tables, views, indexes and triggers of a new registry."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.db"
        with heritage.open(path, create=True):
            pass
        connection = sqlite3.connect(path)
        objects = connection.execute(
            "select type, name, tbl_name, sql from sqlite_master"
            " where sql is not null order by name"
        ).fetchall()
        shadows = {row[1] for row in connection.execute("pragma table_list") if row[2] == "shadow"}
        connection.close()
    yield "# A registry is one SQLite file with these tables"
    yield ""
    yield (
        "The SQL of a new registry, as SQLite keeps it. Triggers are named with their table;"
        " `.schema` in the sqlite3 program shows their text."
    )
    tables = [each for each in objects if each[0] == "table" and each[1] not in shadows]
    for _, name, _, sql in tables:
        if name.startswith("sqlite_"):
            continue
        yield from ("", f"## {name}", "", "```sql", sql.strip() + ";", "```")
        for kind, many in (("index", "Indexes"), ("trigger", "Triggers")):
            own = [f"`{each[1]}`" for each in objects if each[0] == kind and each[2] == name]
            if own:
                yield from ("", f"{many}: {', '.join(own)}.")
    views = [each for each in objects if each[0] == "view"]
    for _, name, _, sql in views:
        yield from ("", f"## {name} (view)", "", "```sql", sql.strip() + ";", "```")


def spaced(codes: str) -> str:
    """Codes that a vocabulary's file parts by bars, as words of a cell."""
    return ", ".join(f"`{code}`" for code in codes.split("|") if code)


def vocabularies() -> Iterator[str]:
    """The page of the controlled vocabularies."""
    yield "# A term comes from a vocabulary, and what is not in it is kept as written"
    yield ""
    yield (
        "Each vocabulary is a CSV file in `heritage/vocab/`. An exact match means the same as"
        " the other scheme's term; a close match is near to it. A term under another is a"
        " narrower one."
    )
    header = ("code", "under", "English", "Arabic", "definition", "exact matches", "close matches")
    for path in sorted((Path(heritage.__file__).parent / "vocab").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            terms = list(csv.DictReader(file))
        yield from ("", f"## {path.stem}", "")
        yield from table(
            header,
            (
                (
                    f"`{term['code']}`",
                    spaced(term["parent"]),
                    term["label_en"],
                    term["label_ar"],
                    term["definition"],
                    spaced(term["exact_match"]),
                    spaced(term["close_match"]),
                )
                for term in terms
            ),
        )


def first_paragraph(documented: object) -> str:
    """What a docstring says before its first blank line, on one line."""
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())


def signature(value: object) -> str:
    """How a function is called, without its types."""
    if not callable(value):
        return ""
    parameters = inspect.signature(value).parameters.values()
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    named = [each for each in bare if each.name not in {"self", "cls"}]
    text = str(inspect.Signature(named))
    return re.sub(r" object at 0x[0-9a-f]+", "", text)


def fields(cls: type) -> Iterator[tuple[str, str, str]]:
    """The fields of a record: name, type, and the text that stands under it."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for node, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        meaning = ""
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            meaning = " ".join(str(below.value.value).split())
        if not node.target.id.startswith("_"):
            yield f"`{node.target.id}`", f"`{ast.unparse(node.annotation)}`", meaning


def members(cls: type) -> Iterator[tuple[str, str]]:
    """The public methods and properties of a class, its own first, with their first paragraphs."""
    every: dict[str, object] = {}
    for one in cls.__mro__:
        every = {**every, **{name: each for name, each in vars(one).items() if name not in every}}
    for name, value in every.items():
        function = getattr(value, "__func__", getattr(value, "fget", value))
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        call = "" if isinstance(value, property) else signature(function)
        yield f"`{name}{call}`", first_paragraph(function)


def described(name: str, value: object) -> Iterator[str]:
    """The section of one public name."""
    call = signature(value) if inspect.isfunction(value) else ""
    yield from ("", f"## heritage.{name}", "", f"`heritage.{name}{call}`: {first_paragraph(value)}")
    if not isinstance(value, type) or issubclass(value, BaseException):
        return
    if attrs.has(value) and (rows := list(fields(value))):
        yield ""
        yield from table(("field", "type", "meaning"), rows)
    if calls := list(members(value)):
        yield ""
        yield from table(("call", "what it does"), calls)


def python() -> Iterator[str]:
    """The page of the names that `heritage` promises."""
    yield "# The names in `heritage` are the whole promise to Python"
    yield ""
    yield "Everything else can be imported and may change without a word."
    for name in heritage.__all__:
        value = getattr(heritage, name)
        if callable(value):
            yield from described(name, value)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands": commands,
    "problems": problems,
    "python": python,
    "schema": schema,
    "vocabularies": vocabularies,
}


def pages() -> dict[Path, str]:
    """Every reference page with the text that it should have."""
    return {
        REFERENCE / f"{name}.md": "\n".join([NOTE, "", *page()]) + "\n"
        for name, page in PAGES.items()
    }


def stale() -> list[Path]:
    """The pages that are missing or not what the code says."""
    return [
        path
        for path, text in pages().items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` only say which are stale."""
    if "--check" in arguments:
        names = ", ".join(path.name for path in stale())
        if names:
            print(f"stale reference pages: {names}; run `make docs`", file=sys.stderr)
        return 1 if names else 0
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
