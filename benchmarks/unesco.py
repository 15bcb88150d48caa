"""UNESCO's list to a registry: each edition, the same one again, and the next one.

Run with `python benchmarks/unesco.py [FOLDER]`. The files are not part of this
project: without a folder they are looked for in `../shared/data/unesco`, and
where there are none nothing is measured, and that is said. The floor, in the
same run, is the library that reads the format, which hands over the cells and
does nothing with them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import xlrd

from heritage.registry import Registry

FOLDER = Path(__file__).parent.parent.parent / "shared" / "data" / "unesco"


def read_xls(path: Path) -> int:
    """Every cell of a sheet, by xlrd."""
    sheet = xlrd.open_workbook(path).sheet_by_index(0)
    return len([sheet.row_values(number) for number in range(sheet.nrows)])


def read_xlsx(path: Path) -> int:
    """Every cell of a sheet, by openpyxl."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = len([list(row) for row in book.worksheets[0].iter_rows(values_only=True)])
    book.close()
    return rows


def read_xml(path: Path) -> int:
    """Every text of every row, by the standard library."""
    rows = ET.parse(path).getroot().findall(".//row")  # noqa: S314 - a file of one's own
    return len([[field.text for field in row] for row in rows])


READERS: dict[str, Callable[[Path], int]] = {".xls": read_xls, ".xlsx": read_xlsx, ".xml": read_xml}


def report(what: str, taken: float, floor: float, outcome: str = "") -> None:
    """Print one line of the table."""
    print(f"{what:36} {taken:8.2f} {taken / floor:9.2f}  {outcome}", flush=True)


def load(registry: Registry, path: Path, what: str, floor: float) -> None:
    """Load a file, and print what that took and did."""
    start = time.perf_counter()
    done = registry.load(path)
    taken = time.perf_counter() - start
    outcome = (
        f"{done.created} new, {done.changed} changed, {done.unchanged} unchanged,"
        f" {len(done.left)} left, {len(done.problems)} problems"
    )
    report(f"{path.name}, {what}", taken, floor, outcome)


def main(folder: Path) -> None:
    """Print the table, or why there is none."""
    files = [path for path in sorted(folder.glob("*")) if path.suffix in READERS]
    if not files:
        print(f"skipped: no XLS, XLSX or XML file of UNESCO's list in {folder}")
        return
    floors = {}
    print(f"{'what':36} {'seconds':>8} {'of floor':>9}")
    with tempfile.TemporaryDirectory() as home:
        for path in files:
            start = time.perf_counter()
            READERS[path.suffix](path)
            floor = floors[path] = time.perf_counter() - start
            report(f"{path.name}, read only", floor, floor)
            with Registry(Path(home) / f"{path.name}.db", create=True) as registry:
                load(registry, path, "new registry", floor)
                load(registry, path, "again", floor)
        with Registry(Path(home) / "editions.db", create=True) as registry:
            for path, floor in floors.items():
                load(registry, path, "in turn", floor)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
