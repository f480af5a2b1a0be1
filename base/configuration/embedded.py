"""What the embedded default keeps in DATA_DIR: two secrets, and the sockets of PostgreSQL and Valkey."""

import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import quote

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from base.configuration.environment import text, whole, words

# sockaddr_un holds 108 bytes on Linux and 104 on macOS; PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_DIR = 80

SHORTEST_SECRET = 32  # characters


def data_dir(base_dir: Path) -> Path:
    """The directory of all state, absolute."""
    return (base_dir / Path(text("DATA_DIR", default="data")).expanduser()).resolve()


def secret_key(directory: Path) -> str:
    given = text("SECRET_KEY", default="")
    if given and len(given) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"SECRET_KEY has {len(given)} characters; set {SHORTEST_SECRET} or more, made with: openssl rand -base64 48"
        )
    return given or _kept_secret(directory / "secrets" / "secret_key", secrets.token_urlsafe(48))


def field_encryption_keys(directory: Path) -> list[str]:
    keys = words("FIELD_ENCRYPTION_KEYS")
    if not keys:
        return [_kept_secret(directory / "secrets" / "field_encryption_keys", Fernet.generate_key().decode())]
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                "FIELD_ENCRYPTION_KEYS holds a key that is not 32 url-safe base64 bytes; "
                "make one with: openssl rand -base64 32 | tr '+/' '-_'"
            ) from None
    return keys


def _kept_secret(path: Path, fresh: str) -> str:
    """The secret that was made once in `path` (mode 0600); `fresh` when this is the first start."""
    try:
        with suppress(FileNotFoundError):
            return _read_secret(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole under another name and then linked: of two first starts one secret survives, never half of one.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(fresh)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        return _read_secret(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR can't be used ({error.strerror}: {error.filename}); free space there or set DATA_DIR elsewhere."
        ) from None


def _read_secret(path: Path) -> str:
    kept = path.read_text().strip()
    if not kept:
        raise ImproperlyConfigured(f"{path} is empty; put the secret back from a backup, or delete the file.")
    return kept


def socket_dir(directory: Path, name: str) -> Path:
    """Where the embedded server `name` puts its socket: in `directory`, or in /tmp when that path is too long."""
    wanted = directory / name
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_DIR:
        return wanted
    return Path(gettempdir()) / f"memoryloop-{sha256(os.fsencode(wanted)).hexdigest()[:12]}"


def database(directory: Path) -> dict[str, Any]:
    """Django's settings for DATABASE_URL, or for the embedded server of this data directory."""
    if url := text("DATABASE_URL", default=""):
        config = _database_of(url)
    else:
        config = {"NAME": "memoryloop", "USER": "postgres", "HOST": str(socket_dir(directory, "postgres"))}
    # 347 against 188 requests a second on an insert (2 cores); each thread returns its connection after its request.
    pool = {"min_size": 2, "max_size": whole("DATABASE_POOL_SIZE", default=24, least=2, most=1000), "timeout": 10}
    # A transaction pooler (pgbouncer, Supabase) hands each transaction another backend: no server-side cursors.
    return {
        **config,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**config.get("OPTIONS", {}), "pool": pool},
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def _database_of(url: str) -> dict[str, Any]:
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except (ImproperlyConfigured, ValueError):
        config = {}
    if not url.startswith(("postgresql://", "postgres://")) or not config.get("NAME"):
        # The address is not repeated here: it holds a password.
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood; write it as postgresql://user:password@host:5432/name "
            "(percent-encode special characters), or unset it for the embedded server."
        )
    return config


def redis_url(directory: Path) -> str:
    given = text("REDIS_URL", default="")
    if given and not given.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(
            "REDIS_URL is not understood; write it as redis://host:6379/0, or unset it for the embedded server."
        )
    return given or f"unix://{quote(str(socket_dir(directory, 'valkey')))}/valkey.sock"


def celery_url(url: str) -> str:
    """Celery's spelling of a Redis address: a unix socket is `redis+socket`, its `db` a `virtual_host`."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
