"""A registry to be hurt, what it holds, and what must be true of it afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlite_utils import Database

import heritage
from heritage import Claim, Event, Identifier, Location, Name, Site, Source, codec
from heritage.model import Record
from heritage.store import schema
from heritage.store.connection import connect, transaction
from tests.faults import soundness
from tests.faults.commands import COMMANDS, Command, Servant, Undisturbed, undisturbed

ACTING = Path(__file__).parent / "acting.py"
LINES: tuple[Record, ...] = (
    Source(id="report", title="A report"),
    Site(
        id="palmyra",
        names=(Name(text="تدمر", language="ar"),),
        countries=("SY",),
        identifiers=(Identifier(scheme="whc", value="23"),),
        location=Location(longitude=38.27, latitude=34.55),
    ),
    Site(id="bel", part_of="palmyra", kind="temple"),
    Event(id="blast", label="Blast", sites=("bel",)),
    Claim(id="c-1", subject="blast", property="date", value="2015-08-30", source="report"),
)


@pytest.fixture(scope="session")
def deep() -> bool:
    """Whether every fault point is tried (`make faults`) or a sample of them."""
    return os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a little of everything."""
    path = tmp_path_factory.mktemp("original") / "registry.db"
    with (
        heritage.open(path, create=True) as registry,
        registry.change(by="tester", why="begin") as change,
    ):
        for record in LINES:
            change.put(record)
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may hurt."""
    return Path(shutil.copy(original, tmp_path / "registry.db"))


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to load: new records, changed ones, and enough of them to fill pages."""
    path = tmp_path_factory.mktemp("file") / "own.jsonl"
    records: list[Record] = [
        Site(id="palmyra", kind="tell", names=(Name(text="Palmyra"),), part_of="desert"),
        Site(id="desert"),
        *(
            Site(id=f"tomb-{n}", names=(Name(text=f"Tomb {n}"),), part_of="palmyra")
            for n in range(300)
        ),
        *(Event(id=f"event-{n}", label=f"Event {n}", sites=(f"tomb-{n}",)) for n in range(300)),
    ]
    with path.open("w", encoding="utf-8") as out:
        for record in records:
            line = {"kind": codec.kind_of(record), "record": codec.to_plain(record)}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


@pytest.fixture(scope="session")
def act() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the program that works on a registry, perhaps below another program."""

    def run(
        *arguments: object, below: Sequence[object] = (), timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        command = [*below, sys.executable, ACTING, *arguments]
        return subprocess.run(
            [str(each) for each in command],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def state() -> Callable[[Path], dict[str, list[str]]]:
    """What a registry holds, once it is found sound."""
    return soundness.state


@pytest.fixture(scope="session")
def strace() -> str:
    """The path of strace, where it is there and may trace."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is needed to stop a program at a system call, and is not installed")
    tried = subprocess.run([found, "-f", "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("strace is installed, but this machine does not let it trace")
    return found


EDITS = """\
{"op": "amend", "kind": "site", "id": "bel", "fields": {"kind": "ruin"}}
{"op": "put", "kind": "site", "record": {"id": "new", "part_of": "palmyra"}}
{"op": "put", "kind": "claim", "record": {"id": "c-2", "subject": "blast", "property": "date", \
"value": "2015-09", "source": "report"}}
{"op": "retract", "kind": "claim", "id": "c-1"}
"""


def make_old(path: Path) -> None:
    """A registry as the first version left it, with content."""
    connection = connect(path, new=True)
    with transaction(connection):
        schema.migrations().apply(Database(connection), stop_before="0002_concluded")
    connection.execute("INSERT INTO sources (id, title, tier) VALUES ('s', 'S', 2)")
    connection.execute("INSERT INTO sites (id) VALUES ('bel')")
    connection.execute("INSERT INTO events (id, label) VALUES ('blast', 'Blast')")
    connection.execute("INSERT INTO event_sites (event, site) VALUES ('blast', 'bel')")
    for number in range(20):
        connection.execute(
            "INSERT INTO claims (id, subject, property, value, date, source)"
            " VALUES (?, 'blast', 'date', '2015-08-30', '2015-08-30', 's')",
            (f"c-{number}",),
        )
    connection.close()


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry as the first version left it, with content."""
    path = tmp_path_factory.mktemp("old") / "old.db"
    make_old(path)
    return path


@pytest.fixture(scope="session")
def servant(
    tmp_path_factory: pytest.TempPathFactory, original: Path, old: Path
) -> Iterator[Servant]:
    begin, work, printed = (tmp_path_factory.mktemp(name) for name in ("begin", "work", "printed"))
    shutil.copy(original, begin / "registry.db")
    (begin / "edits.jsonl").write_text(EDITS, "utf-8")
    lines = ['{"kind": "site", "record": {"id": "palmyra", "kind": "tell", "part_of": "desert"}}']
    lines += ['{"kind": "site", "record": {"id": "desert"}}']
    for number in range(40):
        tomb = f'{{"id": "tomb-{number}", "part_of": "palmyra"}}'
        lines.append(f'{{"kind": "site", "record": {tomb}}}')
        robbed = f'{{"id": "event-{number}", "label": "Robbed", "sites": ["tomb-{number}"]}}'
        lines.append(f'{{"kind": "event", "record": {robbed}}}')
    (begin / "own.jsonl").write_text("\n".join(lines), "utf-8")
    shutil.copy(old, begin / "old.db")
    with heritage.open(begin / "small.db", create=True) as small:
        small.publish(begin / "public.db")
    (begin / "small.db").unlink()
    servant = Servant(begin, work, printed)
    yield servant
    servant.stop()


@pytest.fixture(scope="session", params=COMMANDS, ids=lambda command: command.name)
def usual(request: pytest.FixtureRequest, servant: Servant, strace: str) -> Undisturbed:
    command: Command = request.param
    return undisturbed(servant, command, strace)
