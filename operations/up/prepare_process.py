"""The process that prepares the database and the static files for `manage.py up`, which does not import Django.

It loads Django while the servers start. On its standard output it tells `up` that the settings are valid, then what it
has done or why it failed. A line on its standard input tells it that the servers answer.
"""

import os
import sys

import django
import psycopg
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from base.connections import valkey_client
from operations.python_version import python_warning
from operations.up.prepare_launcher import CONFIGURED, SERVERS_ANSWER
from operations.up.prepare_steps import collect_static_files, migrate


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")
    try:
        # This is one thread and needs no pool. With one, a missing server would be reported after ten seconds.
        settings.DATABASES["default"]["OPTIONS"].pop("pool")
        _say(CONFIGURED)
        django.setup()
        if sys.stdin.readline() == f"{SERVERS_ANSWER}\n":  # otherwise `up` has ended
            _prepare()
    except ImproperlyConfigured as error:
        _fail(f"MemoryLoop can't start: {error}")
    except (OperationalError, psycopg.OperationalError) as error:
        _fail(f"PostgreSQL at DATABASE_URL can't be used: {str(error).strip().splitlines()[-1]}")


def _prepare() -> None:
    if migrate():
        _say("Migrated the database.")
        if warning := python_warning():
            _say(" ".join(warning))
    collect_static_files()
    try:
        valkey_client().ping()
    except redis.RedisError:
        _say("Valkey at REDIS_URL does not answer. Messages are stored; replies begin when it is back.")


def _fail(message: str) -> None:
    _say(message)
    sys.exit(1)


def _say(message: str) -> None:
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
