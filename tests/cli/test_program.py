"""The command as a program: its two names, its bytes, its demo, what it imports."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import Result

from heritage.cli import main
from heritage.cli.demo import fixtures

Run = Callable[..., Result]
Program = Callable[..., subprocess.CompletedProcess[bytes]]


def test_both_names_are_one_command(program: Program) -> None:
    script = Path(sys.executable).parent / "heritage"
    if not script.exists():
        pytest.skip("the command is not installed beside this Python")
    as_script = subprocess.run([script, "--version"], capture_output=True, check=True)

    assert f"heritage, version {version('heritage-registry')}\n".encode() == as_script.stdout
    assert as_script.stdout == program("--version").stdout


def test_help_names_every_command_and_each_has_its_own(run: Run) -> None:
    top = run("--help")

    assert 0 == top.exit_code
    for name, command in main.commands.items():
        assert re.search(rf"^  {name} +\S", top.stdout, re.MULTILINE)
        own = run(name, "--help")
        assert (0, True) == (own.exit_code, "Usage: " in own.stdout)
        assert command.help
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert [] == [each.name for each in options if not each.help], name


def test_no_command_is_wrong_usage(run: Run) -> None:
    assert 2 == run().exit_code
    assert 2 == run("destroy").exit_code
    assert 2 == run("load", "registry.db").exit_code


@pytest.mark.parametrize(
    "locale", [{"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}]
)
def test_names_come_out_as_utf_8_in_any_locale(
    locale: dict[str, str], program: Program, registry: Path
) -> None:
    listed = program("list", registry, "sites", "--format", "jsonl", env=locale)
    shown = program("show", registry, "palmyra", env=locale)

    assert (0, 0) == (listed.returncode, shown.returncode)
    assert "تدمر" in listed.stdout.decode("utf-8")
    assert "تدمر" in shown.stdout.decode("utf-8")


def test_a_file_name_that_is_no_text_is_loaded_and_named(
    program: Program, registry: Path, tmp_path: Path
) -> None:
    name = bytes(tmp_path) + b"/\xff\xfe.jsonl"
    try:
        with open(name, "wb") as file:  # noqa: PTH123 - a name in bytes
            file.write(b'{"kind": "source", "record": {"id": "s", "title": "t"}}\n')
    except OSError:
        pytest.skip("names here have to be text")
    done = subprocess.run(
        [sys.executable, "-m", "heritage", "load", registry, name], capture_output=True, check=False
    )

    assert (0, b"") == (done.returncode, done.stdout)
    assert b"\xff\xfe.jsonl: 1 record created" in done.stderr


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, heritage.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    heavy = {"datasette", "uvicorn", "jinja2", "openpyxl", "xlrd", "sqlite_utils", "cattrs"}

    assert set() == heavy & set(loaded)


def test_the_demo_is_built_from_the_shipped_records(demo: Path, run: Run) -> None:
    count = sum(
        line.startswith('{"kind": "site"')
        for file in fixtures().glob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    )
    listed = run("list", demo / "registry.db", "sites", "--all", "--format", "jsonl")
    shown = run("show", demo / "public.db", "whc:23")

    assert count == len(listed.stdout.splitlines())
    assert "تدمر" in shown.stdout


def test_the_demo_again_keeps_what_was_added(run: Run, demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(demo, folder)
    added = tmp_path / "mine.jsonl"
    added.write_text(json.dumps({"kind": "source", "record": {"id": "mine", "title": "My notes"}}))
    run("load", folder / "registry.db", added)

    again = run("demo", "--dir", folder, "--no-serve")

    assert 0 == again.exit_code
    assert "My notes" in run("show", folder / "registry.db", "mine").stdout
    assert "My notes" in run("show", folder / "public.db", "mine").stdout
    assert 2 == len(run("history", folder / "registry.db", "--format", "jsonl").stdout.splitlines())


def answer(address: str) -> str:
    """The page at an address, as soon as it is served."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=30) as found:  # noqa: S310 - loopback
                return str(found.read(), "utf-8")
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_server_prints_its_address_and_answers_there(
    command: str, demo: Path, tmp_path: Path
) -> None:
    shutil.copytree(demo, tmp_path / "demo")
    arguments = {"demo": ["--dir", "demo"], "serve": ["demo/public.db"]}[command]
    with subprocess.Popen(
        [sys.executable, "-m", "heritage", command, *arguments, "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().decode().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
            page = answer(address)
        finally:
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=60)

    assert "Palmyra" in page
    assert b"Traceback" not in errors


def test_a_port_that_is_taken_is_told_before_anything_is_served(run: Run, demo: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", demo / "public.db", "--port", port)

    assert (1, "") == (result.exit_code, result.stdout)
    assert f"port {port}" in result.stderr
    assert "--port" in result.stderr


def test_a_public_edition_is_written_and_written_again(
    run: Run, registry: Path, tmp_path: Path
) -> None:
    public = tmp_path / "public.db"
    first = run("publish", registry, public)
    before = public.read_bytes()
    second = run("publish", registry, public)

    assert (0, 0) == (first.exit_code, second.exit_code)
    assert before == public.read_bytes()
    assert 2 == len(run("list", public, "sites", "--format", "jsonl").stdout.splitlines())
