"""The pictures in docs/ are those that the script makes, and all of them are shown."""

from __future__ import annotations

import importlib.util
import re
import struct
import zlib
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("playwright.sync_api")

SHOWN = re.compile(r"!\[[^\]]+\]\((?:\.\./)*(?:docs/)?images/([^)]+)\)")
LARGEST = 200_000


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    """docs/screenshots.py."""
    spec = importlib.util.spec_from_file_location("screenshots", root / "docs" / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_made_by_the_script_and_shown(script: ModuleType, root: Path) -> None:
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    shown = {name for page in pages for name in SHOWN.findall(page.read_text("utf-8"))}
    kept = {path.name for path in (root / "docs" / "images").iterdir()}

    assert set(script.names()) == kept
    assert shown == kept


def test_pictures_are_small_and_as_wide_as_they_say(script: ModuleType, root: Path) -> None:
    for name in script.names():
        picture = (root / "docs" / "images" / name).read_bytes()
        (width,) = struct.unpack_from(">I", picture, 16)
        assert int(name.removesuffix(".png").rpartition("-")[2]) == width
        assert len(picture) < LARGEST


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


@pytest.mark.parametrize("colour", [2, 6])
def test_a_picture_of_few_colours_keeps_each_of_them(script: ModuleType, colour: int) -> None:
    # One row for each way in which PNG may write one; the last stands on a row that is not plain.
    alpha = [255] if colour == 6 else []
    rows = [[[at * 9 + line, 200 - at, line * 50, *alpha] for at in range(5)] for line in range(6)]
    lines, above = b"", [[0] * len(rows[0][0])] * 5
    for kind, row in zip((0, 1, 2, 3, 4, 4), rows, strict=True):
        lines += bytes([kind]) + b"".join(
            bytes(written(kind, row, above, at, part) for part in range(len(row[at])))
            for at in range(5)
        )
        above = row
    header = struct.pack(">IIBBBBB", 5, 6, 8, colour, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )

    assert [[pixel[:3] for pixel in row] for row in rows] == read(script.with_palette(png))


def written(kind: int, row: list[list[int]], above: list[list[int]], at: int, part: int) -> int:
    """One byte of a row as PNG's specification writes it."""
    left = row[at - 1][part] if at else 0
    corner = above[at - 1][part] if at else 0
    up = above[at][part]
    guess = left + up - corner
    paeth = min((left, up, corner), key=lambda value: abs(guess - value))
    return (row[at][part] - (0, left, up, (left + up) // 2, paeth)[kind]) % 256


def read(png: bytes) -> list[list[list[int]]]:
    """The pixels of a picture with a palette and plain rows."""
    width, height = struct.unpack_from(">II", png, 16)
    colours, packed, at = b"", b"", 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        data = png[at + 8 : at + 8 + length]
        colours = data if kind == b"PLTE" else colours
        packed += data if kind == b"IDAT" else b""
        at += length + 12
    raw = zlib.decompress(packed)
    lines = [raw[line * (width + 1) + 1 : (line + 1) * (width + 1)] for line in range(height)]
    return [[list(colours[3 * n : 3 * n + 3]) for n in line] for line in lines]
