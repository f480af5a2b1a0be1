"""The directory of an embedded server's socket. One that another account made or may enter is refused."""

import os
import pwd
import stat
from pathlib import Path


class ForeignFolder(OSError):
    """Another account made the directory, or may enter it. What it puts there would get our passwords."""


def make_socket_folder(path: Path, account: str | None = None) -> None:
    """Create the directory for `account`, by default for this process's. Raises ForeignFolder."""
    owner = pwd.getpwnam(account).pw_uid if account else os.geteuid()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
        os.chown(path, owner, -1, follow_symlinks=False)
    except FileExistsError:
        pass
    # Not stat, which follows a link to where another account wants us to write.
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise ForeignFolder(
            f"{path} is for a socket, but it is a link, another account's, or open to others. "
            "Delete it, or set DATA_DIR to a shorter path."
        )
