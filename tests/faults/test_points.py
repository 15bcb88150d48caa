"""Every call on a file, failing in every way: the file is as before, or as after."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.commands import Point, Servant, Undisturbed, judged

WAYS = ("signal=SIGKILL", "error=EIO", "error=ENOSPC")

MANY = int(os.environ.get("HERITAGE_FAULT_POINTS", "12"))
"""How many faults of each command the short form tries; `make faults` tries all."""


def chosen(points: list[Point], many: int) -> list[tuple[Point, str]]:
    """So many faults: half of them of writes, of which there are most, half of all else."""
    writes = [point for point in points if point[0] == "pwrite64"]
    others = [point for point in points if point[0] != "pwrite64"]
    return [*spread(writes, many // 2), *spread(others, many // 2)]


def spread(points: list[Point], many: int) -> list[tuple[Point, str]]:
    """So many faults, spread over the points evenly and over the ways in turn."""
    faults = [(point, way) for point in points for way in WAYS]
    # A step that shares no divisor with the number of ways visits all of them.
    step = max(1, len(faults) // many)
    return faults[:: step + (step > 1 and step % len(WAYS) == 0)]


def test_every_call_on_a_file_can_fail_every_way(
    usual: Undisturbed,
    servant: Servant,
    strace: str,
    deep: bool,
    record_property: Callable[[str, object], None],
) -> None:
    assert {"pwrite64", "openat"} <= {call for call, _ in usual.points}
    ends: Counter[tuple[str, str, bool]] = Counter()
    for point, what in chosen(usual.points, 10**9 if deep else MANY):
        ended = servant.hurt(usual.command, strace, point, what)
        try:
            found = judged(servant, usual, ended)
        except AssertionError as error:
            raise AssertionError(f"{usual.command.name}: {what} at {point}") from error
        ends[what, found, ended.status == 0] += 1
    record_property("faults", f"{usual.command.name}: {len(usual.points)} points, {dict(ends)}")
    assert ends["signal=SIGKILL", "before", False]


def test_a_command_killed_at_any_moment_leaves_all_or_nothing(
    usual: Undisturbed, servant: Servant, deep: bool
) -> None:
    began = time.monotonic()
    assert 0 == servant.carry_out(usual.command).status
    whole = time.monotonic() - began
    chance = random.Random(2015)  # noqa: S311 - any moment will do
    ends: Counter[str] = Counter()
    many = 150 if deep else MANY // 4
    for number in range(many):
        after = whole * (number + chance.random() - 1) / many if number else 0
        ends[judged(servant, usual, servant.kill(usual.command, after))] += 1

    assert ends["before"]
