"""`heritage verify` and `heritage seal`: the head where all is well, else the exact place."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.tampering import Naked, write_honestly

PAGE = Path("docs/explanation/tamper-evidence.md")


@pytest.fixture(scope="session")
def outsiders_program(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that the documentation gives to those who trust none of this."""
    text = (root / PAGE).read_text("utf-8")
    (program,) = re.findall(r"<!-- file: check_chain.py -->\n```python\n(.*?)```", text, re.DOTALL)
    path = tmp_path_factory.mktemp("outside") / "check_chain.py"
    path.write_text(program, "utf-8")
    return path


def run_outside(program: Path, registry: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", program, registry], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout or done.stderr


def test_the_head_and_the_number_of_entries_are_printed(run: Run, registry: Path) -> None:
    result = run("verify", registry)

    with closing(sqlite3.connect(registry)) as connection:
        ((seq, hash_),) = connection.execute(
            "SELECT seq, hash FROM seals ORDER BY seq DESC LIMIT 1"
        ).fetchall()
    assert (0, f"{hash_.hex()} {seq} entries\n", "") == (
        result.exit_code,
        result.stdout,
        result.stderr,
    )


def test_an_empty_registry_is_sound(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "empty.db")

    result = run("verify", tmp_path / "empty.db")

    assert (0, f"{'0' * 64} 0 entries\n") == (result.exit_code, result.stdout)


def test_verification_writes_nothing(run: Run, registry: Path) -> None:
    before = registry.read_bytes()

    run("verify", registry)

    assert before == registry.read_bytes()


def test_a_file_that_cannot_be_written_is_verified(run: Run, registry: Path) -> None:
    registry.chmod(0o400)
    registry.parent.chmod(0o500)
    try:
        result = run("verify", registry)
    finally:
        registry.parent.chmod(0o700)

    assert 0 == result.exit_code, result.output


def test_problems_are_printed_with_their_place_and_no_head(run: Run, registry: Path) -> None:
    Naked.of(registry).tampered(registry, "UPDATE sites SET kind = 'palace' WHERE id = 'bel'")

    result = run("verify", registry)

    assert 1 == result.exit_code
    assert result.stdout.startswith("sites/bel: row-altered kind is 'palace'; the log says nothing")
    assert 1 == result.stdout.count("\n")
    assert "1 problem\n" == result.stderr


def test_a_published_head_is_found(run: Run, registry: Path) -> None:
    head = run("verify", registry).stdout.split()[0]

    result = run("verify", registry, "--head", head[:16])

    assert 0 == result.exit_code
    first, second = result.stdout.splitlines()
    assert first.startswith(head)
    assert "of change 1 of 20" in second
    assert "no entry came since" in second


def test_a_head_that_is_not_in_the_chain_is_a_problem(run: Run, registry: Path) -> None:
    result = run("verify", registry, "--head", "ab" * 32)

    assert 1 == result.exit_code
    assert "head-not-found" in result.stdout
    assert "rewritten since that head was published" in result.stdout


def test_what_is_no_head_is_wrong_usage(run: Run, registry: Path) -> None:
    result = run("verify", registry, "--head", "head.txt")

    assert 2 == result.exit_code
    assert "'head.txt' is no head: 16 to 64 hexadecimal digits are" in result.stderr


def test_sealing_prints_the_head_that_verification_then_prints(run: Run, registry: Path) -> None:
    with closing(sqlite3.connect(registry)) as other, other:
        other.execute("UPDATE claims SET value = '2015-07'")
    assert "not sealed yet" in run("verify", registry).stderr

    sealed = run("seal", registry)

    assert 0 == sealed.exit_code
    result = run("verify", registry)
    assert result.stdout.startswith(sealed.stdout.strip())
    assert "" == result.stderr


def test_sealing_again_changes_nothing(run: Run, registry: Path) -> None:
    before = run("verify", registry).stdout

    assert 0 == run("seal", registry).exit_code
    assert before == run("verify", registry).stdout


def test_a_registry_is_made_of_its_log(run: Run, registry: Path, tmp_path: Path) -> None:
    result = run("verify", registry, "--replay", tmp_path / "again.db")

    assert 0 == result.exit_code
    assert result.stdout == run("verify", tmp_path / "again.db").stdout


def test_what_the_log_does_not_say_shows_beside_a_registry_made_of_it(
    run: Run, registry: Path, tmp_path: Path
) -> None:
    Naked.of(registry).tampered(registry, "DELETE FROM names WHERE language = 'ar'")

    result = run("verify", registry, "--replay", tmp_path / "again.db")

    assert 1 == result.exit_code
    assert "replay-differs" in result.stdout
    assert 0 == run("verify", tmp_path / "again.db").exit_code


def test_a_file_is_not_replayed_over(run: Run, registry: Path) -> None:
    result = run("verify", registry, "--replay", registry)

    assert 1 == result.exit_code
    assert "already exists" in result.stderr


@pytest.mark.parametrize("length", [0, 10, 5_000])
def test_a_file_that_was_cut_short_is_told_in_words(run: Run, registry: Path, length: int) -> None:
    registry.write_bytes(registry.read_bytes()[:length])

    result = run("verify", registry)

    assert 1 == result.exit_code
    assert "should not have happened" not in result.output


def test_an_outsider_finds_the_same_head(run: Run, honest: Path, outsiders_program: Path) -> None:
    assert (0, run("verify", honest).stdout) == run_outside(outsiders_program, honest)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE history SET after = '{}' WHERE seq = 3", "entry 3 is not what was sealed"),
        ("UPDATE changes SET by = 'x' WHERE id = 1", "entry 1 is not what was sealed"),
        ("DELETE FROM history WHERE seq = 3", "entry 4 is not what was sealed"),
        ("DELETE FROM history WHERE seq > 40", "entry 41 was sealed, and is missing"),
        ("UPDATE seals SET hash = zeroblob(32) WHERE seq = 3", "entry 3 is not what was sealed"),
        ("UPDATE history SET record = CAST(x'ff' AS TEXT) WHERE seq = 3", "entry 3 is not"),
    ],
)
def test_an_outsider_finds_what_was_tampered_with(
    honest: Path, tmp_path: Path, outsiders_program: Path, statement: str, said: str
) -> None:
    path = Naked.of(honest).tampered(tmp_path / "tampered.db", statement)

    status, told = run_outside(outsiders_program, path)

    assert 1 == status
    assert told.startswith(said)


def test_the_outsiders_program_has_forty_lines_and_nothing_of_ours(
    outsiders_program: Path,
) -> None:
    lines = [line for line in outsiders_program.read_text("utf-8").splitlines() if line]

    assert len(lines) <= 40
    assert {"import sqlite3", "import sys", "from hashlib import sha256"} == {
        line for line in lines if "import" in line.split()
    }


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_honestly(tmp_path_factory.mktemp("honest") / "registry.db")
