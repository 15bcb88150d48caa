"""The rules of the house: sizes, names, and what stands where."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from heritage import errors
from heritage.problems import problem_codes

ROOT = Path(__file__).resolve().parent.parent
CODE = ("heritage", "migrations", "tests", "benchmarks", "docs")

MODULE_LINES = 500
FUNCTION_LINES = 60
USUAL_FUNCTION_LINES = 40
PARAMETERS = 7

TOP_LEVEL = {
    "heritage", "migrations", "tests", "fixtures", "docs", "benchmarks",
    "pyproject.toml", "CHANGELOG.md", "README.md", "LICENSE", "Makefile",
}  # fmt: skip
NAMES_THAT_SAY_NOTHING = re.compile(r"(utils?|helpers?|common|misc|base|manager|handlers?)\.py")
# A path of one machine; the lookbehind lets URLs and relative paths through.
MACHINE_PATH = re.compile(r"(?<![\w.:/~*%})-])/(?:work|farm|tmp|root|home|Users)/")
INDEX_ADDRESS = re.compile(r"index[-]url|https?://\S*/simple\b|https?://\S*pypi|python[h]osted")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[Path]:
    """Every file under version control that is there, relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("what belongs to the project is read from git, and this is no checkout")
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    """Every Python file of the project, tracked or not yet."""
    return [path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions() -> Iterator[tuple[str, Function]]:
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, Function):
                yield f"{named(path)}:{node.lineno} {node.name}", node


def lines_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters_of(function: Function) -> int:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len([argument for argument in every if argument.arg not in {"self", "cls"}])


def is_command(function: Function) -> bool:
    """Whether click calls it: a command has one parameter for each of its options."""
    return any(".command(" in ast.unparse(each) for each in function.decorator_list)


def string_constants(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_no_module_outgrows_its_bound() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in modules()}

    assert {} == {name: length for name, length in lengths.items() if length > MODULE_LINES}


def test_no_function_outgrows_its_bound() -> None:
    assert [] == [name for name, each in functions() if lines_of(each) > FUNCTION_LINES]


def test_nearly_every_function_is_short() -> None:
    lengths = [lines_of(each) for name, each in functions() if name.startswith("heritage/")]

    assert statistics.quantiles(lengths, n=20)[-1] <= USUAL_FUNCTION_LINES


def test_no_function_takes_too_many_parameters() -> None:
    too_many = [
        name
        for name, each in functions()
        if parameters_of(each) > PARAMETERS and not is_command(each)
    ]

    assert [] == too_many


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [] == [named(path) for path in modules() if NAMES_THAT_SAY_NOTHING.fullmatch(path.name)]


def test_every_module_says_in_a_line_what_it_is() -> None:
    bare = []
    for path in modules():
        first = (ast.get_docstring(parsed(path)) or "").partition("\n")[0]
        if not first.endswith((".", ":", "?", "…")):
            bare.append(f"{named(path)}: {first!r}")

    assert [] == bare


def test_the_top_level_holds_only_what_the_plan_names() -> None:
    tops = {path.parts[0] for path in tracked()}

    assert set() == {top for top in tops if top not in TOP_LEVEL and not top.startswith(".")}


def test_migrations_are_numbered_without_a_gap() -> None:
    steps = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))

    assert [f"{number:04}" for number in range(1, len(steps) + 1)] == [step[:4] for step in steps]
    assert [] == [step for step in steps if not re.fullmatch(r"\d{4}(_[a-z0-9]+)+", step)]


def drawn_tree() -> dict[str, tuple[str, ...]]:
    """Each exception of the drawing in `heritage.errors`, with what stands above it."""
    tree: dict[str, tuple[str, ...]] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        drawn = re.fullmatch(r"(?P<branch>[\s│├└─]*)(?P<name>\w+)(?: \((?P<builtin>\w+)\))?", line)
        if drawn and drawn["name"].endswith("Error"):
            depth = len(drawn["branch"])
            parent = next((above[d] for d in sorted(above, reverse=True) if d < depth), "Exception")
            above = {d: name for d, name in above.items() if d < depth} | {depth: drawn["name"]}
            tree[drawn["name"]] = (parent, *([drawn["builtin"]] if drawn["builtin"] else []))
    return tree


def public_ancestors(exception: type[BaseException]) -> tuple[str, ...]:
    """The names of its bases, read through those that begin with an underscore."""
    names: list[str] = []
    for each in exception.__bases__:
        if each.__name__.startswith("_"):
            names.extend(public_ancestors(each))
        else:
            names.append(each.__name__)
    return tuple(names)


def test_the_tree_of_exceptions_is_drawn_as_it_is() -> None:
    defined = {
        name: public_ancestors(value)
        for name, value in vars(errors).items()
        if isinstance(value, type)
        and issubclass(value, BaseException)
        and value.__module__ == errors.__name__
        and not name.startswith("_")
    }

    assert defined == drawn_tree()
    assert sorted(defined) == errors.__all__


def test_every_file_ends_in_a_line_and_holds_no_path_of_one_machine() -> None:
    faults = []
    for path in tracked():
        if path.parts[0] == "fixtures":
            continue
        try:
            text = (ROOT / path).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if text and not text.endswith("\n"):
            faults.append(f"{path}: no newline at the end")
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line) or INDEX_ADDRESS.search(line):
                faults.append(f"{path}:{number}: {line.strip()[:100]}")

    assert [] == faults


def test_every_problem_code_is_reported_somewhere() -> None:
    used: set[str] = set()
    for path in sorted((ROOT / "heritage").rglob("*.py")):
        used |= string_constants(path)

    assert set() == set(problem_codes()) - used
