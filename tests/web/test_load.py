"""Many readers at once, one of them hostile: nothing fails, and memory stays bounded."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import attrs
import pytest

ROUNDS = 40 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 2
READERS = 5
MEGABYTES = 600
"""What the whole server may take: Python, Datasette, caches, and what SQLite may hold."""

OK, MOVED, NONE, REFUSED, UNKNOWN_METHOD = {200}, {301, 302}, {404}, {400, 414, 431}, {403, 405}

ADDRESSES: dict[str, set[int]] = {
    "/": OK,
    "/?lang=ar": OK,
    "/-/heritage.json": OK,
    "/sites/palmyra": OK,
    "/sites/palmyra?on=2015-08-29": OK,
    "/sites/palmyra?on=never": REFUSED,
    "/sites/palmyra.json": OK,
    "/sites/palmyra.geojson": OK,
    "/sites/palmyra.csl.json": OK,
    "/sites/whc:23": MOVED,
    "/sites/none": NONE,
    "/events/palmyra-baalshamin-2015": OK,
    "/events/palmyra-baalshamin-2015.json?lang=ar": OK,
    "/sources/src-mail-20150918": OK,
    "/changes": OK,
    "/changes/1": OK,
    "/changes/1.json": OK,
    "/changes/999999999999999999999": NONE,
    "/changes.atom": OK,
    "/terms": OK,
    "/terms/cause/explosives.json": OK,
    "/terms/cause/none": NONE,
    "/about": OK,
    "/about.bib": OK,
    "/search?q=palmyra": OK,
    "/search?q=tadmur": OK,
    "/search?q=plamyra": OK,
    "/search?" + urlencode({"q": "تدمر"}): OK,
    "/search?kind=events&country=SY&during=2015": OK,
    "/search.csv?kind=events&country=SY": OK,
    "/search.geojson?kind=sites": OK,
    "/reconcile": OK,
    "/reconcile?" + urlencode({"queries": '{"q0": {"query": "Palmyra"}}'}): OK,
    "/-/": OK,
    "/public": OK,
    "/public/claims": OK,
    "/public/claims?_facet=property": OK,
    "/public/claims.json?_shape=array&_size=10": OK,
    "/public/claims.csv?_size=max": OK,
    "/public/sites?_search=qalat": OK,
    "/public.json?" + urlencode({"sql": "SELECT count(*) FROM sites"}): OK | MOVED,
    "/sites": MOVED,
    "/none": NONE,
}
"""What ordinary readers ask, each with the answers that are right."""

AMISS = (
    "_sort=none", "_sort=id&_sort_desc=id", "_facet=none", "_where=1;DROP", "_through={",
    "_through={}", "_timelimit=x", "id__in=[",
)  # fmt: skip
"""What Datasette's table pages cannot make sense of."""

HOSTILE: dict[str, set[int]] = {
    "/sites/" + "a" * 5_000: NONE,
    "/sites/%00": NONE,
    "/sites/..%2f..%2fetc%2fpasswd": NONE,
    "/sites/" + quote("'; DROP TABLE sites; --"): NONE,
    "/search?q=" + quote('"' * 200 + " OR * NEAR("): OK,
    "/search?q=%ff%fe": OK,
    "/search?kind=events&during=" + quote("9" * 300): OK | REFUSED,
    "/search?kind=none&country=" + quote("<script>"): OK | REFUSED | NONE,
    "/changes?before=-1&record=" + "x" * 1_000: OK,
    "/sites/palmyra?on=" + "%F0%9F%92%A9" * 100: REFUSED,
    "/reconcile?queries=%7B": OK | REFUSED,
    "/reconcile?callback=%3Cscript%3E": OK | REFUSED,
    "/public?" + "x" * 20_000: REFUSED,
    "/public/claims?_facet=" + "&_facet=".join("abcdefghijkl"): REFUSED,
    # The 0.65 line writes CSV without looking at facets.
    **{f"/public/claims.csv?{asked}": OK | REFUSED for asked in AMISS},
    **{f"/public/claims{form}?{asked}": REFUSED for form in ("", ".json") for asked in AMISS},
    "/public/none": NONE,
    "/-/none": NONE,
}
"""What somebody asks who means harm, and is answered quickly."""

GREEDY = (
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
    "SELECT hex(zeroblob(200000000))",
    "SELECT json_group_array(hex(randomblob(100000))) FROM claims, claims",
    "DELETE FROM sites",
    "ATTACH 'other.db' AS x",
    "SELECT load_extension('x')",
    "SELECT",
)
"""SQL that would take all there is."""


@attrs.define
class Server:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    address: str
    printed: Path

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """The status and the body of one answer, redirects as they are."""
        where = urlsplit(self.address)
        assert where.hostname is not None
        with closing(http.client.HTTPConnection(where.hostname, where.port, timeout=60)) as reader:
            reader.request(method, path, body)
            answer = reader.getresponse()
            return answer.status, answer.read()

    def peak(self) -> float | None:
        """Megabytes that it held at most; None where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024


@pytest.fixture
def server(demo: Path, tmp_path: Path) -> Iterator[Server]:
    """`heritage serve` over the demo's public edition, on a free port."""
    printed = tmp_path / "printed"
    command = [sys.executable, "-m", "heritage", "serve", str(demo / "public.db"), "--port", "0"]
    with (
        printed.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        assert process.stdout is not None
        try:
            yield Server(process, process.stdout.readline().decode().strip(), printed)
        finally:
            process.terminate()
            process.wait(timeout=60)


def unexpected(server: Server, asked: Sequence[tuple[str, set[int]]]) -> list[str]:
    """Ask one address after the other; the answers that are not among the right ones."""
    found = []
    for path, right in asked:
        status, body = server.ask("GET", path)
        if status not in right or b"Traceback" in body:
            found.append(f"{status} {path[:80]}: {body[:200]!r}")
    return found


def greedy(server: Server) -> list[str]:
    """Ask for too much, one time after the other; what was not refused as it should be."""
    found = []
    for sql in GREEDY:
        # The 1.0 line has moved the page of a query.
        for path in ("/public.json?", "/public/-/query.json?"):
            status, body = server.ask("GET", path + urlencode({"sql": sql, "_shape": "array"}))
            if not (300 <= status < 500) or b"Traceback" in body:
                found.append(f"{status} {sql}: {body[:200]!r}")
    for method, path in (
        ("POST", "/public"),
        ("DELETE", "/sites/palmyra"),
        ("PUT", "/"),
        ("X", "/"),
    ):
        status, body = server.ask(method, path, "x" * 10_000)
        if status >= 500:
            found.append(f"{status} {method} {path}: {body[:200]!r}")
    return found


def test_many_readers_at_once_are_all_answered(server: Server) -> None:
    everything = list((ADDRESSES | HOSTILE).items())
    shuffled = random.Random(5).sample  # noqa: S311 - an order of its own for each reader
    with ThreadPoolExecutor(READERS + 1) as threads:
        readers = [
            threads.submit(unexpected, server, shuffled(everything, len(everything)))
            for _ in range(READERS * ROUNDS)
        ]
        harm = [threads.submit(greedy, server) for _ in range(ROUNDS // 2)]
        found = Counter(fault for each in (*readers, *harm) for fault in each.result())

    assert {} == found
    assert "Traceback" not in server.printed.read_text("utf-8")
    assert server.process.poll() is None
    peak = server.peak()
    assert peak is None or peak < MEGABYTES
