"""The demo's pages to the pictures in docs/images.

    python docs/screenshots.py [FOLDER]

Chromium is driven over the demo's public edition, which is built anew and
served on a loopback address; no other host is reached. HERITAGE_CHROMIUM names
another Chromium than the one that is found.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright import sync_api as playwright

IMAGES = Path(__file__).resolve().parent / "images"
WIDTHS = {1440: 1300, 360: 800}
"""Width of the window: its height, in pixels."""

PICTURES: dict[str, tuple[str, Literal["light", "dark"]]] = {
    "home": ("/", "light"),
    "site": ("/sites/palmyra", "light"),
    "event": ("/events/palmyra-baalshamin-2015", "light"),
    "search": ("/search?kind=events&country=SY&during=2015", "light"),
    "right-to-left": ("/sites/palmyra?lang=ar", "light"),
    "dark": ("/events/palmyra-baalshamin-2015", "dark"),
}
"""What is shown, and in which colours."""

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
COLOURS = 256


def names() -> list[str]:
    """The files that are written."""
    return [f"{name}-{width}.png" for name in PICTURES for width in WIDTHS]


@contextmanager
def served() -> Iterator[str]:
    """The address of the demo for as long as the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "heritage", "demo", "--dir", folder, "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            try:
                assert server.stdout is not None  # noqa: S101 - a pipe was asked for
                yield server.stdout.readline().decode().strip().rstrip("/")
            finally:
                server.terminate()


def take(folder: Path, wanted: list[str]) -> None:
    """Write some of the pictures into a folder."""
    found = os.environ.get("HERITAGE_CHROMIUM") or shutil.which("chromium")
    with served() as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=list(FLAGS))
        for name, (path, colours) in PICTURES.items():
            for width, height in WIDTHS.items():
                if (file := f"{name}-{width}.png") in wanted:
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme=colours,
                        locale="en-GB",
                    )
                    picture = _taken(context.new_page(), address + path)
                    (folder / file).write_bytes(with_palette(picture))
                    context.close()
        browser.close()


def _taken(page: Any, address: str) -> bytes:  # noqa: ANN401 - Playwright's own
    page.goto(address, wait_until="load")
    playwright.expect(page.locator("[data-map]:not([data-ready])")).to_have_count(0)
    picture: bytes = page.screenshot(animations="disabled")
    return picture


def with_palette(png: bytes) -> bytes:
    """A picture of full colours as one of 256, a third of the size.

    The colours are those that most pixels have; every other becomes the one
    that is nearest to it.
    """
    width, height, channels, rows = _read(png)
    pixels = [row[at : at + 3] for row in rows for at in range(0, width * channels, channels)]
    kept = [colour for colour, _ in Counter(pixels).most_common(COLOURS)]
    places = {colour: number for number, colour in enumerate(kept)}
    for colour in set(pixels) - places.keys():
        places[colour] = min(range(len(kept)), key=lambda at: _apart(kept[at], colour))
    lines = b"".join(
        b"\0" + bytes(places[pixel] for pixel in pixels[at : at + width])
        for at in range(0, width * height, width)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header), (b"PLTE", b"".join(kept)), (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )  # fmt: skip
    return png[:8] + b"".join(_chunk(kind, data) for kind, data in parts)


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def _read(png: bytes) -> tuple[int, int, int, list[bytes]]:
    """Width, height, channels and rows of a PNG of 8 bits, RGB or RGBA, as Chromium writes it."""
    at, packed, header = 8, b"", b""
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        data = png[at + 8 : at + 8 + length]
        header = data if kind == b"IHDR" else header
        packed += data if kind == b"IDAT" else b""
        at += length + 12
    width, height, _, colour = struct.unpack_from(">IIBB", header)
    channels = {2: 3, 6: 4}[colour]
    raw, size = zlib.decompress(packed), width * channels
    rows: list[bytes] = []
    above = bytearray(size)
    for number in range(height):
        begin = number * (size + 1)
        row = bytearray(raw[begin + 1 : begin + 1 + size])
        _unfilter(raw[begin], row, above, channels)
        rows.append(bytes(row))
        above = row
    return width, height, channels, rows


def _unfilter(kind: int, row: bytearray, above: bytearray, channels: int) -> None:
    """Undo in place what PNG did to a row, by the pixel before and the row above."""
    for at in range(len(row) if kind else 0):
        left = row[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        up = above[at]
        if kind == 4:
            guess = left + up - corner
            near = [abs(guess - left), abs(guess - up), abs(guess - corner)]
            add = (left, up, corner)[near.index(min(near))]
        else:
            add = (0, left, up, (left + up) // 2)[kind]
        row[at] = (row[at] + add) & 0xFF


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    take(folder, names())
