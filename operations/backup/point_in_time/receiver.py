"""pg_receivewal, which `up` keeps running: it copies the write-ahead log into the archive as PostgreSQL writes it.

This module imports neither Django nor psycopg, because `up` uses it.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from operations.backup.point_in_time.archive import WAL, open_archive
from operations.up.programs import Program
from operations.up.servers import POSTGRES

SLOT = "memoryloop_archive"  # PostgreSQL keeps the log that the owner of this slot has not copied yet
# While the archive can't be written, PostgreSQL keeps this much of the log for it. Without a limit, it fills the disk.
MAX_KEPT = "4GB"
OPTIONS: Sequence[str] = ("-c", f"max_slot_wal_keep_size={MAX_KEPT}")


def receiver(archive: Path, data_dir: Path, sockets: Path) -> Program:
    """Prepare the archive and the slot of the running embedded server. Not started yet. Raises OSError.

    Without the archive the site still works, so the program may exit as often as it wants.
    """
    open_archive(archive, data_dir)
    command = [str(POSTGRES / "bin" / "pg_receivewal"), "--host", str(sockets), "--username", "postgres"]
    command += ["--no-password", "--slot", SLOT]
    subprocess.run([*command, "--create-slot", "--if-not-exists"], check=False)
    return Program(
        name="pg_receivewal",
        command=[*command, "--synchronous", "--directory", str(archive / WAL)],
        directory=data_dir,
        log=data_dir / "receivewal.log",
        is_optional=True,
    )
