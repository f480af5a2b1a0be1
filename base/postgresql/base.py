"""Django's PostgreSQL backend, which tells PostgreSQL with each statement for whom the program acts.

Django's cursors send statements as text, so a `SET LOCAL` can go before a statement in one round trip. Outside of an
explicit transaction PostgreSQL runs both as one transaction, and forgets the setting at its end. Inside of one, the
setting is sent only when it changes. So nothing outlives a transaction, and a transaction pooler (pgbouncer, Supabase)
can give each transaction another connection.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from django.db import NotSupportedError, connections
from django.db.backends.postgresql import base, operations
from psycopg import ClientCursor, sql
from psycopg.pq import TransactionStatus

from base.postgresql.acting import NOBODY, Actor, current_actor
from base.postgresql.owner import owner_connection, signed_in_as_owner

SET_OWNER = "SET LOCAL app.user_id = %s;"
# What a transaction has when it begins; an earlier SET LOCAL in the same transaction may have changed it.
RESET = ("SET LOCAL ROLE NONE;", "SET LOCAL app.user_id = '';")


class Cursor(base.CursorMixin, ClientCursor[Any]):
    """Tells PostgreSQL for whom it acts. Cursors with which Django sets a connection up have no `database`."""

    database: "DatabaseWrapper | None" = None

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        actor = current_actor()
        statements = self.database.statements_for(actor) if self.database else ()
        if self.database is None or not statements:
            return super().execute(query, params, **options)
        super().execute(*_joined(statements, actor, query, params), **options)
        self.set_result(len(statements))
        # Only now: if the statement failed, PostgreSQL does not act for this actor.
        self.database.acting_as = actor
        return self

    def executemany(self, *args: Any, **kwargs: Any) -> None:
        self._act_in_transaction("executemany")
        super().executemany(*args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        self._act_in_transaction("copy")
        return super().copy(*args, **kwargs)

    def stream(self, *args: Any, **kwargs: Any) -> Any:
        self._act_in_transaction("stream")
        return super().stream(*args, **kwargs)

    def _act_in_transaction(self, method: str) -> None:
        """Tell PostgreSQL in a statement of its own, which has an effect only in a transaction."""
        if self.connection.autocommit and current_actor() != NOBODY:
            raise NotSupportedError(f"{method} needs a transaction, in which PostgreSQL knows for whom it acts.")
        self.execute("SELECT 1")


class DatabaseOperations(operations.DatabaseOperations):
    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Only the owner may empty tables, as `manage.py flush` and tests do."""
        with signed_in_as_owner():
            connections[self.connection.alias].ops.execute_sql_flush(sql_list)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    # For whom the open transaction acts, as PostgreSQL knows it; None when that is uncertain.
    acting_as: Actor | None = NOBODY

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            raise NotSupportedError("Server-side cursors are not supported. Set DISABLE_SERVER_SIDE_CURSORS.")
        cursor = super().create_cursor()
        cursor.database = self
        return cursor

    def statements_for(self, actor: Actor) -> Sequence[str]:
        """The statements that must go before one of this actor."""
        known = NOBODY if self.connection.autocommit else self.acting_as
        # After an error, PostgreSQL accepts only the statement that rolls back.
        if actor == known or self.connection.pgconn.transaction_status == TransactionStatus.INERROR:
            return ()
        statements = [] if known == NOBODY else list(RESET)
        if actor.role is not None:
            statements.append(f"SET LOCAL ROLE {actor.role};")
        if actor.owner_id is not None:
            statements.append(SET_OWNER)
        return statements

    def connect(self) -> None:
        self.acting_as = NOBODY
        super().connect()

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        self.acting_as = NOBODY
        super().set_autocommit(*args, **kwargs)

    def commit(self) -> None:
        super().commit()
        self.acting_as = NOBODY

    def rollback(self) -> None:
        super().rollback()
        self.acting_as = NOBODY

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        self.acting_as = None  # as it was at the savepoint

    @contextmanager
    def _nodb_cursor(self) -> Iterator[Any]:
        """Only the owner may create databases, as for tests."""
        with owner_connection(self)._nodb_cursor() as cursor:
            yield cursor


def _joined(statements: Sequence[str], actor: Actor, query: Any, params: Any) -> tuple[Any, Any]:
    """The statements and the query, with its parameters.

    The owner's id is a parameter, because psycopg caches how it parsed the text of a query.
    """
    prefix, owner_id = "".join(statements), str(actor.owner_id)
    if SET_OWNER not in statements:
        values = params
    elif params is None:
        prefix, values = prefix.replace("%s", f"'{owner_id}'"), None
    elif isinstance(params, dict):
        prefix, values = prefix.replace("%s", "%(acting_for)s"), {**params, "acting_for": owner_id}
    else:
        values = (owner_id, *params)
    if isinstance(query, bytes):
        return prefix.encode() + query, values
    return (sql.SQL(prefix) + query if isinstance(query, sql.Composable) else prefix + query), values
