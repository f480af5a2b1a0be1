"""Reading and checking what the environment says; a bad value ends the start with its name and the fix."""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

# sockaddr_un holds 108 bytes on Linux and 104 on macOS; PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_DIR = 80


def data_dir(base_dir: Path) -> Path:
    """The directory of all state, absolute.

    A `.env` beside manage.py is read first, without replacing what the environment already says.
    """
    environ.Env.read_env(base_dir / ".env")
    return Path(env.str("DATA_DIR", default=str(base_dir / "data"))).expanduser().resolve()


def choice(name: str, allowed: Sequence[str], *, default: str) -> str:
    value: str = env.str(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to one of: {', '.join(allowed)}.")
    return value


def secret(name: str, directory: Path) -> str:
    """The variable's value, or the secret made once in `directory` (mode 0600)."""
    return env.str(name, default="") or _kept_secret(directory / "secrets" / name.lower(), secrets.token_urlsafe(48))


def field_encryption_keys(directory: Path) -> list[str]:
    keys = [key for key in secret_list("FIELD_ENCRYPTION_KEYS", directory) if key]
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                "FIELD_ENCRYPTION_KEYS holds a key that is not 32 url-safe base64 bytes; "
                "make one with: openssl rand -base64 32 | tr '+/' '-_'"
            ) from None
    return keys


def secret_list(name: str, directory: Path) -> list[str]:
    given = env.list(name, default=[])
    return given or [_kept_secret(directory / "secrets" / name.lower(), Fernet.generate_key().decode())]


def _kept_secret(path: Path, fresh: str) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole under another name and then linked: of two first starts one secret survives, never half of one.
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(fresh)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR can't be written ({error.strerror}: {path.parent}); free space there or set DATA_DIR elsewhere."
        ) from None


def socket_dir(directory: Path, name: str) -> Path:
    """Where the embedded server `name` puts its socket: in `directory`, or in /tmp when that path is too long."""
    wanted = directory / name
    if len(str(wanted)) <= LONGEST_SOCKET_DIR:
        return wanted
    return Path(gettempdir()) / f"memoryloop-{sha256(str(wanted).encode()).hexdigest()[:12]}"


def database(directory: Path) -> dict[str, Any]:
    """Django's settings for DATABASE_URL, or for the embedded server of this data directory."""
    if env.str("DATABASE_URL", default=""):
        config: dict[str, Any] = dict(env.db_url("DATABASE_URL"))
    else:
        config = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "memoryloop",
            "USER": "postgres",
            "HOST": str(socket_dir(directory, "postgres")),
        }
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://; other databases are not supported.")
    # 347 against 188 requests a second on an insert (2 cores); each thread returns its connection after its request.
    pool = {"min_size": 2, "max_size": env.int("DATABASE_POOL_SIZE", default=24), "timeout": 10}
    # A transaction pooler (pgbouncer, Supabase) hands each transaction another backend: no server-side cursors.
    options = {**config.get("OPTIONS", {}), "pool": pool}
    return {**config, "CONN_MAX_AGE": 0, "OPTIONS": options, "DISABLE_SERVER_SIDE_CURSORS": True}


def redis_url(directory: Path) -> str:
    given = env.str("REDIS_URL", default="")
    if given and not given.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
    return given or f"unix://{socket_dir(directory, 'valkey')}/valkey.sock"


def celery_url(url: str) -> str:
    """Celery's spelling of a Redis address: a unix socket is `redis+socket`, its `db` a `virtual_host`."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def static_storage(*, debug: bool) -> str:
    if debug:
        return "django.contrib.staticfiles.storage.StaticFilesStorage"
    return "whitenoise.storage.CompressedManifestStaticFilesStorage"
