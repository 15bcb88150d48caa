"""A program that carries out commands in children of its own, each stopped before it begins.

So a command can be traced from its first instruction, and a thousand of them
need not start Python and load the package a thousand times. A line of standard
input is a request in JSON: `arguments` of the command line, `out` (a folder for
what it prints) and `pages` (how many it may keep in memory). Answers are the
child's number once it has stopped, and its status once it has ended.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from heritage.cli import main
from heritage.store import connection as connecting

SOURCE = {"op": "put", "kind": "source", "record": {"id": "s", "title": "S"}}


def warm() -> None:
    """Load whatever the commands load, so that their children need not."""
    with tempfile.TemporaryDirectory() as folder:
        path, edits = f"{folder}/registry.db", Path(folder) / "edits.jsonl"
        edits.write_text(json.dumps(SOURCE), "utf-8")
        own = Path(folder) / "own.jsonl"
        own.write_text(json.dumps({"kind": "site", "record": {"id": "bel"}}), "utf-8")
        for command in (
            ["init", path],
            ["apply", path, str(edits), "--by", "tester", "--why", "warm"],
            ["load", path, str(own)],
            ["migrate", path],
            ["publish", path, f"{folder}/public.db"],
            ["backup", path, f"{folder}/copy.db"],
        ):
            done = CliRunner().invoke(main, command)
            if done.exit_code != 0:
                raise SystemExit(done.output)


def keep_few_pages(pages: int) -> None:
    """Let SQLite write pages to the file in the middle of a change, as a large one does."""
    prepare = connecting._prepare

    def prepared(connection: sqlite3.Connection, path: str, *, new: bool) -> None:
        prepare(connection, path, new=new)
        connection.execute(f"PRAGMA cache_size = {pages}")

    connecting._prepare = prepared


def carry_out(request: dict[str, Any]) -> int:
    """In the child: the status of the command."""
    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(f"{request['out']}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
        os.close(file)
    if request.get("pages"):
        keep_few_pages(request["pages"])
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        main(request["arguments"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def answer(number: int) -> None:
    """One line to whoever asks."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def serve() -> None:
    """Carry out requests until there are no more."""
    warm()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(carry_out(request))
        os.waitpid(child, os.WUNTRACED)
        answer(child)
        if "kill_after" in request:
            os.kill(child, signal.SIGCONT)
            time.sleep(request["kill_after"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        answer(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    serve()
