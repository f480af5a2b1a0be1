"""Settings that default to the data directory: two secrets, and the embedded PostgreSQL and Valkey.

Bad values are reported by `environment.take_errors`; the functions here then return a value that is never used.
"""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from base.configuration.data_directory import socket_dir, stored_secret
from base.configuration.environment import add_error, comma_separated, integer, text
from base.postgresql.roles import APP

# What the owner of the tables signs in with, in place of the program's.
LOGIN = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")

MIN_SECRET_LENGTH = 32  # characters
# The files in DATA_DIR that take the place of these settings.
SECRET_FILES = {"SECRET_KEY": "secrets/secret_key", "FIELD_ENCRYPTION_KEYS": "secrets/field_encryption_keys"}


def secret_key(directory: Path) -> str:
    key = text("SECRET_KEY", default="")
    if key and len(key) < MIN_SECRET_LENGTH:
        add_error(
            f"SECRET_KEY has {len(key)} characters; set {MIN_SECRET_LENGTH} or more, made with: openssl rand -base64 48"
        )
    return key or stored_secret(directory / SECRET_FILES["SECRET_KEY"], secrets.token_urlsafe(48))


def field_encryption_keys(directory: Path) -> list[str]:
    keys = comma_separated("FIELD_ENCRYPTION_KEYS")
    if not keys:
        stored = stored_secret(directory / SECRET_FILES["FIELD_ENCRYPTION_KEYS"], Fernet.generate_key().decode())
        return stored.split(",")  # a restore writes all keys of a server that had several
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            add_error(
                "FIELD_ENCRYPTION_KEYS holds a key that is not 32 url-safe base64 bytes; "
                "make one with: openssl rand -base64 32 | tr '+/' '-_'"
            )
    return keys


def database(directory: Path) -> dict[str, Any]:
    """Django's settings for DATABASE_URL, or for the embedded server of this data directory."""
    url, owner_url = text("DATABASE_URL", default=""), text("DATABASE_OWNER_URL", default="")
    if url:
        config = _database_of("DATABASE_URL", url)
        _check_role(config)
        owner = _database_of("DATABASE_OWNER_URL", owner_url) if owner_url else {}
    else:
        config = {"NAME": "memoryloop", "USER": APP, "HOST": str(socket_dir(directory, "postgres"))}
        owner = {"USER": "postgres"}
    # With a pool, 347 instead of 188 requests that insert a row are served a second (2 cores). Threads return their
    # connection after each request.
    pool = {
        "min_size": 1,
        "max_size": pool_size(),
        "timeout": 10,
        "max_idle": 60,  # seconds; an idle connection holds some megabytes in PostgreSQL
    }
    # Server-side cursors fail behind a transaction pooler (pgbouncer, Supabase), where each transaction may get another
    # backend.
    return {
        **config,
        "ENGINE": "base.postgresql",
        "OWNER": {name: owner[name] for name in LOGIN if name in owner},
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**config.get("OPTIONS", {}), "pool": pool},
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def pool_size() -> int:
    """How many connections to PostgreSQL each process has at most."""
    return integer("DATABASE_POOL_SIZE", default=24, minimum=2, maximum=1000)


def _check_role(config: dict[str, Any]) -> None:
    # Behind Supabase's pooler, the name of the project follows the role.
    if config and config["USER"].partition(".")[0] != APP:
        add_error(
            f"DATABASE_URL signs in as {config['USER'] or 'nobody'}. For the role {APP}, PostgreSQL keeps the rows of "
            "users apart. Set DATABASE_OWNER_URL to this URL, and DATABASE_URL to the same one with the user "
            f"{APP} and a new password; `manage.py prepare` creates the role (docs/operations.md)."
        )


def _database_of(name: str, url: str) -> dict[str, Any]:
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except (ImproperlyConfigured, ValueError):
        config = {}
    if not url.startswith(("postgresql://", "postgres://")) or not config.get("NAME"):
        # The message leaves out the value, because it contains a password.
        add_error(
            f"{name} is not understood; write it as postgresql://user:password@host:5432/name "
            "(percent-encode special characters), or unset it for the embedded server."
        )
        return {}
    return config


def redis_url(directory: Path) -> str:
    url = text("REDIS_URL", default="")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        add_error("REDIS_URL is not understood; write it as redis://host:6379/0, or unset it for the embedded server.")
    return url or f"unix://{quote(str(socket_dir(directory, 'valkey')))}/valkey.sock"


def celery_url(url: str) -> str:
    """The Redis URL as Celery spells it: a unix socket is `redis+socket`, its `db` a `virtual_host`."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
