"""Proves that a backup can be restored: reads every byte of it, and counts the rows of each table in its dump."""

import re
import threading
from collections.abc import Iterable

from operations.backup.database.tools import find_tool, pour, running
from operations.backup.errors import DamagedBackup
from operations.backup.files.backup_file import DUMP, BackupFile

# A table's rows in the text that pg_restore writes: this line, a line for each row, and END.
COPY = re.compile(rb'COPY [^ .]+\.(?:"((?:[^"]|"")+)"|([^ ]+)) ')
END = b"\\.\n"


def verify(backup: BackupFile) -> None:
    """Raises DamagedBackup, or BackupError if this machine's pg_restore is too old."""
    for name in backup.manifest.parts:
        if name != DUMP:
            for _chunk in backup.chunks(name):
                pass
    found, expected = _rows_in_dump(backup), backup.manifest.counts
    wrong = sorted(table for table in found.keys() | expected.keys() if found.get(table) != expected.get(table))
    if wrong:
        raise DamagedBackup(
            f"{backup.path} does not have the rows that it should have of {', '.join(wrong)}. Use or make another."
        )


def _rows_in_dump(backup: BackupFile) -> dict[str, int]:
    tool = find_tool("pg_restore", server=backup.manifest.pg_dump, at_least=backup.manifest.pg_dump)
    counts: dict[str, int] = {}
    with running(tool, "--data-only", "--no-owner", "--file=-") as process:
        counter = threading.Thread(target=lambda: counts.update(rows_of(process.stdout or ())), daemon=True)
        counter.start()
        pour(backup.chunks(DUMP), process.stdin)
        counter.join()
    return counts


def rows_of(lines: Iterable[bytes]) -> dict[str, int]:
    """The number of rows of each table in a dump as text. In that format, a line is a row."""
    counts: dict[str, int] = {}
    rows, table = iter(lines), ""
    for line in rows:
        if match := COPY.match(line):
            table = (match[1].replace(b'""', b'"') if match[1] else match[2]).decode()
            counts[table] = _rows_until_end(rows)
    return counts


def _rows_until_end(lines: Iterable[bytes]) -> int:
    count = 0
    for line in lines:
        if line == END:
            break
        count += 1
    return count
