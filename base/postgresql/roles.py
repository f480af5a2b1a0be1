"""The roles in PostgreSQL besides the owner of the tables, who migrates and makes backups.

The program signs in as APP, which sees only rows of the user for whom it acts. For a statement or a transaction it can
become SIGN_IN or MAINTENANCE; these cannot sign in. None of them owns a table, and policies apply to each.
"""

from typing import Any

from psycopg.sql import SQL, Identifier, Literal

APP = "memoryloop_app"
SIGN_IN = "memoryloop_sign_in"
MAINTENANCE = "memoryloop_maintenance"
ROLES = (APP, SIGN_IN, MAINTENANCE)


def create_roles(cursor: Any, password: str = "") -> None:
    """Create the roles that are missing, APP with this password. The owner then needs CREATEROLE."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
    missing = set(ROLES) - {name for (name,) in cursor.fetchall()}
    if APP in missing:
        # With INHERIT, the policies of the other two roles would apply to APP as well.
        statement = SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}")
        cursor.execute(statement.format(Identifier(APP), Literal(_hashed(cursor, password) if password else None)))
    for role in (SIGN_IN, MAINTENANCE):
        if role in missing:
            cursor.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(role)))
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [APP, role])
        if not cursor.fetchone()[0]:
            cursor.execute(SQL("GRANT {} TO {}").format(Identifier(role), Identifier(APP)))


def grant_privileges(cursor: Any) -> None:
    """Let the roles use every table of this database, also those of later migrations. Policies decide on the rows."""
    roles = SQL(", ").join(map(Identifier, ROLES))
    for objects, privileges in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        grant = SQL("GRANT {} ON {} {} TO {}")
        on_all = grant.format(SQL(privileges), SQL(f"ALL {objects}"), SQL("IN SCHEMA public"), roles)
        cursor.execute(on_all)
        later = grant.format(SQL(privileges), SQL(objects), SQL(""), roles)
        cursor.execute(SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public {}").format(later))


def fault_of_app(cursor: Any) -> str | None:
    """Why policies would not bind APP, if they would not."""
    cursor.execute("SELECT rolsuper OR rolbypassrls, rolinherit FROM pg_roles WHERE rolname = %s", [APP])
    bypasses, inherits = cursor.fetchone()
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = %s LIMIT 1", [APP])
    owned = cursor.fetchone()
    if bypasses or inherits:
        return f"run ALTER ROLE {APP} NOSUPERUSER NOBYPASSRLS NOINHERIT"
    return f"it owns the table {owned[0]}; give it to the role of DATABASE_OWNER_URL" if owned else None


def _hashed(cursor: Any, password: str) -> str:
    """As PostgreSQL stores it, so that the password itself does not appear in a log."""
    encrypted: bytes = cursor.connection.pgconn.encrypt_password(password.encode(), APP.encode())
    return encrypted.decode()
