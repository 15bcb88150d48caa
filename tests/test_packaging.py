"""What is shipped: the names, the version, and every file that the code reads."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import heritage

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "datasette", "sqlite_utils", "openpyxl", "xlrd", "click", "httpx", "httpx2", "jinja2",
    "uvicorn", "pydantic", "setuptools",
}  # fmt: skip
PINNED = re.compile(r"^([\w.-]+)==\S+(?: ;[^\n]*)? \\\n    --hash=sha256:", re.MULTILINE)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The table `project` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def in_a_new_process(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_version_is_written_in_one_place(project: dict[str, Any]) -> None:
    version = project["version"]
    written = re.compile(rf"""["']{re.escape(version)}["']""")
    repeated = [
        path.name
        for path in sorted((ROOT / "heritage").rglob("*.py"))
        if written.search(path.read_text("utf-8"))
    ]

    assert version == importlib.metadata.version("heritage-registry")
    assert [] == repeated


def test_the_public_names_are_listed_whole_and_in_order() -> None:
    public = {
        name
        for name, value in vars(heritage).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", "").startswith("heritage")
    }
    listed = list(heritage.__all__)

    def order(name: str) -> tuple[bool, bool, str]:
        return not name.isupper(), not name[0].isupper(), name

    assert sorted(listed, key=order) == listed
    assert set() == public - set(listed)
    assert [] == [name for name in listed if not hasattr(heritage, name)]


def test_everything_public_is_documented() -> None:
    bare = [
        name
        for name in heritage.__all__
        if callable(getattr(heritage, name)) and not getattr(heritage, name).__doc__
    ]

    assert [] == bare


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = in_a_new_process(
        "import sys, heritage; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )

    assert set() == HEAVY & set(loaded.split())


def test_requirements_are_locked_with_hashes_for_every_dependency(project: dict[str, Any]) -> None:
    def normal(requirement: str) -> str:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        return re.sub(r"[-_.]+", "-", name).lower()

    tested = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    needed = {
        "run.txt": project["dependencies"],
        "test.txt": tested,
        "test-datasette-1.0.txt": tested,
        "dev.txt": [*tested, *project["optional-dependencies"]["dev"]],
    }
    for name, requirements in needed.items():
        text = (ROOT / ".requirements" / name).read_text("utf-8")
        pinned = re.findall(
            r"^([\w.-]+)==\S+(?: ;[^\n]*)? \\\n    --hash=sha256:", text, re.MULTILINE
        )
        entries = re.findall(r"^[^\s#].*$", text, re.MULTILINE)
        missing = {normal(each) for each in requirements} - {*pinned, "heritage-registry"}

        assert set() == missing, name
        assert len(entries) == len(pinned), name


def build(target: str, source: Path, folder: Path) -> Path:
    """Build an `sdist` or `wheel` from a source tree with the backend that installers call."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=source,
        capture_output=True,
        check=True,
    )
    (built,) = (path for path in folder.iterdir() if path.suffix in {".gz", ".whl"})
    return built


def files_under(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def names_in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every file in a wheel built from the checkout."""
    return names_in_wheel(build("wheel", ROOT, tmp_path_factory.mktemp("wheel")))


@pytest.mark.parametrize(
    ("folder", "inside"),
    [
        ("heritage", "heritage"),
        ("migrations", "heritage/_migrations"),
        ("fixtures/dossier", "heritage/_fixtures"),
    ],
)
def test_the_wheel_holds_every_file_that_the_code_reads(
    folder: str, inside: str, wheel_names: set[str]
) -> None:
    expected = {f"{inside}/{name}" for name in files_under(ROOT / folder)}

    assert expected
    assert set() == expected - wheel_names


def test_the_wheel_puts_one_package_in_place_and_no_tests(wheel_names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}

    assert {"heritage"} == {top for top in tops if not top.endswith(".dist-info")}


def test_the_source_distribution_builds_the_same_wheel(
    tmp_path: Path, wheel_names: set[str]
) -> None:
    for name in ("sdist", "source", "wheel"):
        (tmp_path / name).mkdir()
    with tarfile.open(build("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()

    assert wheel_names == names_in_wheel(build("wheel", source, tmp_path / "wheel"))
    assert set() == {"Makefile", "tests", "docs", "benchmarks", ".requirements", ".ci"} - {
        path.name for path in source.iterdir()
    }
