"""Signing in as the owner of the tables, who migrates, backs up and empties them. No policy applies to the owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, connections
from django.db.backends.postgresql import base

from base.postgresql.roles import create_roles, fault_of_app, grant_privileges


def owner_connection(program: Any) -> base.DatabaseWrapper:
    """A connection to the same database as the owner, which is in the setting OWNER. Not opened yet."""
    settings = {**program.settings_dict, **program.settings_dict["OWNER"]}
    options = {name: value for name, value in settings["OPTIONS"].items() if name != "pool"}
    return base.DatabaseWrapper({**settings, "OPTIONS": options}, alias=program.alias)


@contextmanager
def signed_in_as_owner() -> Iterator[None]:
    """Have this thread's statements sent by the owner."""
    program = connections["default"]
    owner = owner_connection(program)
    connections["default"] = owner
    try:
        yield
    finally:
        owner.close()
        connections["default"] = program


@contextmanager
def migrating() -> Iterator[None]:
    """Sign in as the owner, create the roles that are missing, and let them use the tables that the block creates.

    Raises ImproperlyConfigured when the owner is unknown, may not create roles, or when no policy would bind APP.
    """
    program = connections["default"].settings_dict
    if not program["OWNER"]:
        raise ImproperlyConfigured("Set DATABASE_OWNER_URL: only the owner of the tables can migrate the database.")
    with signed_in_as_owner():
        with connection.cursor() as cursor:
            _create_roles(cursor, program["PASSWORD"])
        yield
        with connection.cursor() as cursor:
            grant_privileges(cursor)


def _create_roles(cursor: Any, password: str) -> None:
    try:
        create_roles(cursor, password)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            f"The role of DATABASE_OWNER_URL can't create MemoryLoop's roles ({str(error).splitlines()[0]}). "
            "Have an administrator run the statements in docs/row-level-security.md."
        ) from error
    if fault := fault_of_app(cursor):
        raise ImproperlyConfigured(f"Row-level security would not bind the role of DATABASE_URL: {fault}.")
