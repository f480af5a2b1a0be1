"""Running `manage.py` as an operator does, on a data directory or a database of its own."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from django.db import connection

from base.configuration.data_directory import socket_dir
from operations.backup.database.ownership import connected_as_owner
from operations.up.servers import start_postgres
from tests.processes import PROJECT, environment_of_test

Finished = subprocess.CompletedProcess[str]


def manage(*arguments: str | Path, **variables: str) -> Finished:
    """Run a command with the database, Valkey and secrets of the test, unless the variables name others."""
    return _run(arguments, variables, subprocess.PIPE)


def manage_into(file: Path, *arguments: str | Path) -> Finished:
    """The same, with the output in a file."""
    with file.open("wb") as sink:
        return _run(arguments, {}, sink)


def _run(arguments: Iterable[str | Path], variables: Mapping[str, str], stdout: int | IO[bytes]) -> Finished:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=PROJECT,
        env={**environment_of_test(), **variables},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


def embedded() -> dict[str, str]:
    """Variables that unset the servers of the test, so that a command uses the embedded ones of its DATA_DIR."""
    return {"DATABASE_URL": "", "DATABASE_OWNER_URL": "", "REDIS_URL": "", "LANCEDB_URI": ""}


@contextmanager
def database_of(data_dir: Path) -> Iterator["psycopg.Connection[Any]"]:
    """A connection to the embedded database of a data directory, which runs during the block."""
    server = start_postgres(data_dir)
    try:
        with psycopg.connect(host=str(socket_dir(data_dir, "postgres")), user="postgres", dbname="memoryloop") as found:
            yield found
    finally:
        server.stop()


@contextmanager
def empty_database(name: str) -> Iterator[tuple[dict[str, str], Any]]:
    """A new database on the server of the test: the variables that name it, and a connection to it."""
    test = connection.settings_dict
    with connected_as_owner() as owner:
        server = {"host": test["HOST"], "user": owner.settings_dict["USER"]}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            with psycopg.connect(**server, dbname=name, autocommit=True) as found:
                place = f"@/{name}?host={test['HOST']}"
                yield (
                    {
                        "DATABASE_URL": f"postgresql://{test['USER']}{place}",
                        "DATABASE_OWNER_URL": f"postgresql://{server['user']}{place}",
                    },
                    found,
                )
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
