"""Policies, for migrations: one line for each table. A test finds a table without one."""

from django.db.migrations import RunSQL

from base.postgresql.roles import APP, MAINTENANCE, SIGN_IN

# Null when it was never set in this session, empty after the end of a transaction that set it: then no row matches.
ACTING_FOR = "nullif(current_setting('app.user_id', true), '')::uuid"


def owners_only(table: str, *, column: str = "owner_id", sign_in: bool = False) -> RunSQL:
    """Show and change rows only for the user in `column`. With `sign_in`, the role of that name sees all of them.

    PostgreSQL merges the condition with that of a query, so an index on the column serves both.
    """
    return _with_policies(table, f"{column} = {ACTING_FOR}", sign_in=sign_in)


def owners_of_parent_only(table: str, *, column: str, parent: str, sign_in: bool = False) -> RunSQL:
    """Like `owners_only`, for a table without an owner: its rows belong to the owner of the row in `parent`."""
    condition = f"EXISTS (SELECT FROM {parent} WHERE {parent}.id = {table}.{column})"  # the parent has policies itself
    return _with_policies(table, condition, sign_in=sign_in)


def _with_policies(table: str, condition: str, *, sign_in: bool) -> RunSQL:
    # Not FORCE: the owner of the tables, who migrates and backs up, must see all rows. The program never signs in so.
    policies = {APP: condition, MAINTENANCE: "true", **({SIGN_IN: "true"} if sign_in else {})}
    create = [f"CREATE POLICY {role} ON {table} TO {role} USING ({rows})" for role, rows in policies.items()]
    drop = [f"DROP POLICY {role} ON {table}" for role in policies]
    return RunSQL(
        sql=[*create, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"],
        reverse_sql=[f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", *drop],
    )
