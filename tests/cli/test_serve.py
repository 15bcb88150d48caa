"""Who is served what: refusals before anything is listened on."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def public(run: Run, registry: Path, tmp_path: Path) -> Path:
    """A public edition of the small registry."""
    run("publish", registry, tmp_path / "public.db")
    return tmp_path / "public.db"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """A file with a password that others cannot read."""
    file = tmp_path / "password"
    file.write_text("open sesame\n", "utf-8")
    file.chmod(0o600)
    return file


def test_a_full_registry_is_not_served_to_everyone(run: Run, registry: Path) -> None:
    result = run("serve", registry, "--port", 0)

    assert (1, "") == (result.exit_code, result.stdout)
    assert "no public edition" in result.stderr
    assert "heritage publish" in result.stderr
    assert "--private" in result.stderr


def test_a_public_edition_is_not_private(run: Run, public: Path) -> None:
    result = run("serve", public, "--private", "--port", 0)

    assert (2, "") == (result.exit_code, result.stdout)
    assert "without --private" in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - to be refused
def test_what_is_private_leaves_the_machine_only_with_a_password(
    run: Run, registry: Path, host: str
) -> None:
    result = run("serve", registry, "--private", "--host", host, "--port", 0)

    assert (2, "") == (result.exit_code, result.stdout)
    assert "with a user and a password only" in result.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--user", "samira"], "go with --private"),
        (["--private", "--user", "samira"], "--password-file, or HERITAGE_PASSWORD"),
        (["--private", "--password-file", "{password}"], "--user is missing"),
        (["--private", "--user", "a:b", "--password-file", "{password}"], "colon"),
        (["--private", "--user", "samira", "--password-file", os.devnull], "neither is empty"),
        (["--private", "--user", "samira", "--password-file", "none"], "none"),
    ],
)
def test_half_a_login_is_refused(
    run: Run, registry: Path, password: Path, options: list[str], reason: str
) -> None:
    result = run("serve", registry, *(each.format(password=password) for each in options))

    assert (2, "") == (result.exit_code, result.stdout)
    assert reason in result.stderr


def test_a_password_in_the_environment_needs_a_user_too(
    run: Run, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERITAGE_PASSWORD", "open sesame")
    result = run("serve", registry, "--private")

    assert 2 == result.exit_code
    assert "--user is missing" in result.stderr
    assert "open sesame" not in result.stderr


def test_a_password_file_that_others_can_read_is_told(
    run: Run, registry: Path, password: Path
) -> None:
    password.chmod(0o644)
    login = ["--user", "a:b", "--password-file", password]
    result = run("serve", registry, "--private", *login)

    assert f"chmod 600 {password}" in result.stderr


def test_whoever_knows_the_password_is_served(registry: Path, password: Path) -> None:
    command = ["serve", registry, "--private", "--user", "samira", "--password-file", password]
    with subprocess.Popen(
        [sys.executable, "-m", "heritage", *map(str, command), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().decode().strip()
            found = {word: status(address, word) for word in (None, "guess", "open sesame")}
        finally:
            server.terminate()
            _, errors = server.communicate(timeout=60)

    assert {None: 401, "guess": 401, "open sesame": 200} == found
    assert b"Traceback" not in errors
    assert b"open sesame" not in errors


def status(address: str, password: str | None) -> int:
    """What a server says to a user with this password."""
    request = urllib.request.Request(address)  # noqa: S310 - of this machine
    if password is not None:
        login = base64.b64encode(f"samira:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
