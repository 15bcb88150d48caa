"""The power fails: what was acknowledged is there, and the rest is there or not, as a whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.faults.commands import Ended, Servant, Undisturbed, judged
from tests.faults.power import TRACED, Disk, Write, replayed

MOMENTS, FORMS = 5, 4
"""The short form cuts the power at so many calls of a command and at as many of the last,
and looks at one of so many disks that may be found then; the long form at all."""


def test_what_was_acknowledged_outlives_the_power(
    usual: Undisturbed, servant: Servant, strace: str, deep: bool
) -> None:
    log = servant.printed / "log"
    below = (strace, "-y", "-xx", "-s", "9000000", "-o", str(log), "-e", f"trace={TRACED}")
    ended = servant.carry_out(usual.command, *below)
    assert 0 == ended.status, ended
    text = log.read_text("ascii")
    disk = Disk.of(servant.begin)
    total = sum(1 for _ in replayed(text, Disk.of(servant.begin), servant.work))
    every = 1 if deep else total // MOMENTS
    ends: Counter[str] = Counter()
    tried: set[int] = set()
    for number, call in enumerate(replayed(text, disk, servant.work), 1):
        is_acknowledged = number == total
        if number % every and number < total - MOMENTS:
            continue
        for form, (what, image) in enumerate(disk.images()):
            if not deep and (form + number) % FORMS and not is_acknowledged:
                continue
            same = hash(tuple(sorted(image.items())))
            if same in tried and not is_acknowledged:
                continue
            tried.add(same)
            place(image, servant.work)
            found = Ended(0 if is_acknowledged else -9, "", "", is_left=True)
            try:
                ends[judged(servant, usual, found)] += 1
            except AssertionError as error:
                moment = f"{usual.command.name}: {what}, after {number} of {total}: {call}"
                raise AssertionError(moment) from error

    assert {"before", "after"} == set(ends)


def place(image: dict[str, bytes], folder: Path) -> None:
    """Make a folder what an image tells."""
    for each in folder.iterdir():
        each.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)


def test_a_trace_is_replayed_to_what_the_program_left(
    usual: Undisturbed, servant: Servant, strace: str
) -> None:
    log = servant.printed / "log"
    below = (strace, "-y", "-xx", "-s", "9000000", "-o", str(log), "-e", f"trace={TRACED}")
    servant.carry_out(usual.command, *below)
    disk = Disk.of(servant.begin)

    for _ in replayed(log.read_text("ascii"), disk, servant.work):
        pass

    left = {each.name: each.read_bytes() for each in servant.work.iterdir()}
    assert left == {name: file.after(list) for name, file in disk.seen.items()}


def test_writes_that_are_lost_leave_a_hole_or_what_was_there() -> None:
    content = bytearray(b"abcdef")
    for write in (Write(2, b"XY"), Write(8, b"Z"), Write(9, b"9" * 600).torn(), Write(10, None)):
        write.apply(content)

    assert b"abXYef\0\0Z9" == bytes(content)
