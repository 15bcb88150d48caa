"""Fixtures that every room shares, and how hard Hypothesis looks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# No deadline: the machines that run this are shared, and a slow moment is no fault.
settings.register_profile(
    "default", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", settings.get_profile("default"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Workers that run tests side by side are told how wide a terminal is; there is none.
os.environ.pop("COLUMNS", None)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def unlimited_memory() -> None:
    """SQLite's memory as it comes: a limit holds for the whole process, and for good.

    Limits are tested in processes of their own.
    """
    from heritage.web import limits

    limits.HEAP = 1 << 40


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the checkout; tests that need it skip without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real files are needed in ../shared/data, and there are none")
    return folder


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Datasette runs on asyncio alone."""
    return "asyncio"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; browser tests skip without one unless it is demanded."""
    named = os.environ.get("HERITAGE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = "no Chromium was found; install one or name it in HERITAGE_CHROMIUM"
        if os.environ.get("HERITAGE_DEMAND_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the `registry.db` and `public.db` that `heritage demo` builds.

    It is built once; whoever changes a file copies it first.
    """
    from click.testing import CliRunner

    from heritage.cli import main

    folder = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(main, ["demo", "--dir", str(folder), "--no-serve"])
    assert 0 == result.exit_code, result.output
    return folder
