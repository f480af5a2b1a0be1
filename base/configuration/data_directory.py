"""The data directory: its path, the secrets and the sockets in it. `manage.py up` uses this without Django.

Bad values are reported by `environment.take_errors`; the functions here then return a value that is never used.
"""

import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from base.configuration import environment
from base.configuration.environment import add_error, text

# The path of a unix socket has at most 108 bytes on Linux and 104 on macOS; PostgreSQL adds "/.s.PGSQL.5432.lock".
MAX_SOCKET_DIR_LENGTH = 80


def data_dir(base_dir: Path) -> Path:
    """The absolute path of the directory that holds all state."""
    return (base_dir / Path(text("DATA_DIR", default="data")).expanduser()).resolve()


def socket_dir(directory: Path, name: str) -> Path:
    """The directory for the socket of the embedded server `name`: a temporary one if `directory` has a long path.

    Its name there is secret, so that no other account can create it first.
    """
    path = directory / name
    if len(os.fsencode(path)) <= MAX_SOCKET_DIR_LENGTH:
        return path
    secret = stored_secret(directory / "secrets" / "socket_folders", secrets.token_hex(16))
    return Path(gettempdir()) / f"memoryloop-{sha256((secret + name).encode()).hexdigest()[:12]}"


def stored_secret(path: Path, new_secret: str) -> str:
    """The secret in the file `path` (mode 0600), where the first start writes `new_secret`."""
    try:
        with suppress(FileNotFoundError):
            return _read_secret(path)
        if environment.inspecting:
            return new_secret
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Linked only when complete, so that processes that start together agree on one secret and read all of it.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(new_secret)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        return _read_secret(path)
    except OSError as error:
        # The message names the directory, not the file: both secrets then add the same message, which is reported once.
        add_error(
            f"DATA_DIR can't be used ({error.strerror}: {path.parent}); free space there or set DATA_DIR elsewhere."
        )
        return new_secret


def _read_secret(path: Path) -> str:
    stored = path.read_text().strip()
    if not stored:
        add_error(f"{path} is empty; restore the secret from a backup, or delete the file.")
    return stored
