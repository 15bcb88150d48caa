"""`heritage publish` shows how far it is to whoever watches, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_progress_is_shown_on_a_terminal_alone(
    run: Run, registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = run("publish", registry, tmp_path / "public.db")
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    watched = run("publish", registry, tmp_path / "public.db")

    assert "\r" not in silent.stderr
    assert "\rwriting events: 1" in watched.stderr
    assert silent.stdout == watched.stdout


def test_the_line_of_progress_is_gone_at_the_end(
    run: Run, registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    *written, blank, last = run("publish", registry, tmp_path / "public.db").stderr.split("\r")

    assert len(written[-1].rstrip()) == len(blank)
    assert "" == blank.strip()
    assert f"{tmp_path / 'public.db'} holds what anyone may read of {registry}\n" == last
