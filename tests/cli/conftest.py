"""The command, run within the test or as a program of its own, and small files for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from heritage.cli import main

Run = Callable[..., Result]
Program = Callable[..., subprocess.CompletedProcess[bytes]]
Lines = Callable[..., Path]

SOURCE = {"id": "un", "title": "Imagery report", "publisher": "UNOSAT", "published": "2015-08-31"}
SITE = {
    "id": "palmyra",
    "names": [{"text": "Palmyra", "language": "en"}, {"text": "تدمر", "language": "ar"}],
    "countries": ["SY"],
    "identifiers": [{"scheme": "whc", "value": "23"}],
    "location": {"longitude": 38.27, "latitude": 34.55},
    "source": "un",
}
TEMPLE = {"id": "bel", "names": [{"text": "Temple of Bel", "language": "en"}], "part_of": "palmyra"}
EVENT = {"id": "bel-2015", "label": "Bel blown up", "sites": ["bel"]}
CLAIM = {
    "subject": "bel-2015",
    "property": "date",
    "value": "[2015-08-27..2015-08-31]",
    "as_written": "still there on the 27th",
    "source": "un",
}
OBSERVATION = {"site": "bel", "observed": "2015-08-31", "state": "destroyed", "source": "un"}
LISTING = {
    "site": "palmyra",
    "register": "world-heritage",
    "status": "in-danger",
    "begin": "2013",
    "source": "un",
}
RECORDS = (
    ("claim", CLAIM),
    ("observation", OBSERVATION),
    ("listing", LISTING),
    ("event", EVENT),
    ("site", TEMPLE),
    ("site", SITE),
    ("source", SOURCE),
)
"""A small registry, each record before those that it names."""


@pytest.fixture
def run() -> Run:
    """Run a command line within this process."""

    def run_command(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments])

    return run_command


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Run a command line as a program of its own."""

    def run_program(
        *arguments: object,
        env: Mapping[str, str] | None = None,
        **options: Any,  # noqa: ANN401 - those of `subprocess.run`
    ) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "heritage", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            timeout=120,
            check=False,
            **({"capture_output": True} | options),
        )
        return cast("subprocess.CompletedProcess[bytes]", done)

    return run_program


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """Write records, or whatever else, as JSON Lines, and give the path."""

    def write_lines(*each: tuple[str, Mapping[str, Any]] | Mapping[str, Any], name: str) -> Path:
        path = tmp_path / name
        objects = [
            {"kind": one[0], "record": one[1]} if isinstance(one, tuple) else one for one in each
        ]
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)
        path.write_text(text, "utf-8")
        return path

    return write_lines


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that holds `RECORDS`; to be copied by those who change it."""
    folder = tmp_path_factory.mktemp("small")
    path, file = folder / "registry.db", folder / "records.jsonl"
    file.write_text(
        "".join(json.dumps({"kind": kind, "record": each}) + "\n" for kind, each in RECORDS),
        "utf-8",
    )
    for arguments in (["init", path], ["load", path, file, "--by", "n.kassem", "--why", "a test"]):
        result = CliRunner().invoke(main, [str(each) for each in arguments])
        assert 0 == result.exit_code, result.output
    return path


@pytest.fixture
def registry(small: Path, tmp_path: Path) -> Path:
    """A copy of the small registry."""
    return Path(shutil.copy(small, tmp_path / "registry.db"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own that holds next to nothing."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1600k", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("a small disk can be mounted by root alone")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
