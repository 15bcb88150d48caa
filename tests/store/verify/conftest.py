"""An honest registry, and the means to do something to it behind its back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tampering import Naked, write_honestly

Tamper = Callable[..., Path]


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small registry with a past, all of it sealed; to be copied by those who change it."""
    return write_honestly(tmp_path_factory.mktemp("honest") / "registry.db")


@pytest.fixture(scope="session")
def naked(honest: Path) -> Naked:
    """The honest registry with its triggers off."""
    return Naked.of(honest)


@pytest.fixture
def tamper(naked: Naked, tmp_path: Path) -> Tamper:
    """Carry out SQL that no trigger sees, and put every trigger back as it was."""

    def tampered(*statements: str) -> Path:
        return naked.tampered(tmp_path / "tampered.db", *statements)

    return tampered
