"""Roles and policies are made by the owner of the tables, on new and on existing servers."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from base.postgresql.owner import migrating, signed_in_as_owner
from base.postgresql.roles import APP, ROLES, fault_of_app
from operations.up.servers import start_postgres
from tests.processes import PROJECT
from tests.servers import FAST

OWNER = "loop"  # an ordinary role, as on a server of a hosting company


class OwnServer:
    """A PostgreSQL whose database belongs to a role that is no superuser."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.address = f"@/loop?host={directory / 'postgres'}"
        with self.connected("postgres", "memoryloop") as administrator:
            administrator.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
            administrator.execute(f"CREATE DATABASE loop OWNER {OWNER}")

    @contextmanager
    def connected(self, role: str, database: str = "loop") -> Iterator[psycopg.Connection[Any]]:
        host = str(self.directory / "postgres")
        with psycopg.connect(host=host, user=role, dbname=database, autocommit=True) as connected:
            yield connected

    def prepare(self) -> str:
        """The output of `manage.py prepare`."""
        return self.manage("prepare")

    def manage(self, *command: str) -> str:
        """The output of this command of manage.py."""
        variables = {
            "DATA_DIR": str(self.directory / "data"),
            "DATABASE_URL": f"postgresql://{APP}:geheim{self.address}",
            "DATABASE_OWNER_URL": f"postgresql://{OWNER}{self.address}",
        }
        result = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout


@pytest.fixture(scope="module")
def own_server() -> Iterator[OwnServer]:
    """An own server that `manage.py prepare` has prepared."""
    # tmp_path would be too long for the path of a unix socket.
    with tempfile.TemporaryDirectory(prefix="memoryloop-own-") as name:
        server = start_postgres(Path(name), options=FAST)
        try:
            prepared = OwnServer(Path(name))
            prepared.prepare()
            yield prepared
        finally:
            server.stop()


def emails(server: OwnServer, user: object) -> list[str]:
    """The email addresses that the program sees while it acts for this user."""
    with server.connected(APP) as program, program.transaction():
        program.execute("SELECT set_config('app.user_id', %s, true)", [str(user or "")])
        return [email for (email,) in program.execute("SELECT email FROM accounts_user").fetchall()]


def create_user(server: OwnServer, email: str) -> object:
    with server.connected(OWNER) as owner:
        cursor = owner.execute(
            "INSERT INTO accounts_user (id, email, name, password, is_superuser, is_staff, is_active, date_joined)"
            " VALUES (gen_random_uuid(), %s, '', '', false, false, true, now()) RETURNING id",
            [email],
        )
        [user] = cursor.fetchone() or [None]
        return user


@pytest.mark.slow
def test_an_ordinary_owner_prepares_a_server(own_server: OwnServer) -> None:
    user = create_user(own_server, "ada@example.org")
    assert emails(own_server, user) == ["ada@example.org"]
    assert emails(own_server, uuid4()) == emails(own_server, None) == []
    with own_server.connected("postgres") as administrator:
        stored = administrator.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [APP]).fetchone()
    assert stored
    assert stored[0].startswith("SCRAM-SHA-256$")


MIGRATIONS_AFTER_THE_POLICIES = """
    SELECT policies.app, policies.name FROM django_migrations policies
    WHERE policies.name LIKE '%row_level_security'
      AND EXISTS (SELECT 1 FROM django_migrations later WHERE later.app = policies.app AND later.name > policies.name)
    ORDER BY policies.id DESC
"""


@pytest.mark.slow
def test_a_database_of_an_earlier_release_gets_roles_and_policies_and_keeps_its_rows(own_server: OwnServer) -> None:
    user = create_user(own_server, "grace@example.org")
    with own_server.connected("postgres") as administrator:
        later = administrator.execute(MIGRATIONS_AFTER_THE_POLICIES).fetchall()
    for app, name in later:
        own_server.manage("migrate", app, name)
    with own_server.connected("postgres") as administrator:
        for (table,) in administrator.execute("SELECT relname FROM pg_class WHERE relrowsecurity").fetchall():
            administrator.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        administrator.execute("DELETE FROM django_migrations WHERE name LIKE '%row_level_security'")
        for role in ROLES:
            administrator.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")  # with its policies and privileges
    assert "Migrated." in own_server.prepare()
    assert emails(own_server, user) == ["grace@example.org"]
    assert emails(own_server, None) == []
    assert "The database is up to date." in own_server.prepare()


@pytest.mark.django_db
def test_tables_of_later_migrations_can_be_used() -> None:
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id bigint GENERATED BY DEFAULT AS IDENTITY, name text)")
    try:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO later (name) VALUES ('x') RETURNING id")
            assert cursor.fetchone() == (1,)
    finally:
        connection.close()
        with signed_in_as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE later")


@pytest.mark.django_db
def test_without_the_owner_nothing_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OWNER", {})
    with pytest.raises(ImproperlyConfigured, match="Set DATABASE_OWNER_URL"):
        call_command("migrate", verbosity=0)


@pytest.mark.django_db
def test_an_owner_who_may_not_create_roles_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OWNER", {"USER": APP})  # who may not
    monkeypatch.setattr("base.postgresql.roles.ROLES", (*ROLES, "memoryloop_new"))
    monkeypatch.setattr("base.postgresql.roles.SIGN_IN", "memoryloop_new")
    with pytest.raises(ImproperlyConfigured, match="Have an administrator run the statements"), migrating():
        pass


@pytest.mark.django_db
def test_a_role_that_policies_would_not_bind_is_noticed() -> None:
    with signed_in_as_owner(), connection.cursor() as cursor:
        assert fault_of_app(cursor) is None
        cursor.execute("BEGIN")
        cursor.execute(f"ALTER ROLE {APP} INHERIT")
        assert fault_of_app(cursor) == f"run ALTER ROLE {APP} NOSUPERUSER NOBYPASSRLS NOINHERIT"
        cursor.execute(f"ALTER ROLE {APP} NOINHERIT; CREATE TABLE theirs (); ALTER TABLE theirs OWNER TO {APP}")
        assert "it owns the table theirs" in str(fault_of_app(cursor))
        cursor.execute("ROLLBACK")
