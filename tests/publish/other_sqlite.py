"""A registry full of canaries, and its edition, by another build of SQLite: FOLDER REGISTRY PUBLIC.

Debian's SQLite overwrites what is deleted and keeps no samples of columns, and
so hides what a build without these would leave in a file. FOLDER holds such a
build. It stands apart from other packages: wherever it can be imported,
Datasette and sqlite-utils take it.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(folder: str, registry: str, public: str) -> int:
    """Fill a registry and publish it."""
    sys.path[:0] = [folder, str(Path(__file__).resolve().parents[2])]
    other = importlib.import_module("pysqlite3")
    sys.modules |= {"sqlite3": other, "sqlite3.dbapi2": other.dbapi2}
    import heritage
    from tests.publish.canaries import fill

    fill(Path(registry))
    connection = other.connect(registry)
    options = {option for (option,) in connection.execute("PRAGMA compile_options")}
    hides = connection.execute("PRAGMA secure_delete").fetchone()[0]
    # Where there are statistics, samples of columns are kept in the file.
    connection.execute("ANALYZE")
    connection.close()
    with heritage.open(registry, readonly=True) as opened:
        opened.publish(public)
        opened.publish(public)
    sys.stdout.write(f"{other.sqlite_version} {hides} {'ENABLE_STAT4' in options}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
