"""The steps before the site can answer: migrations and static files, each only when something changed."""

from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from base.postgresql.owner import migrating


def migrate() -> bool:
    """Apply pending migrations, and create PostgreSQL's roles, which a copy of the database to another server lacks.

    Returns whether there were any migrations. Raises ImproperlyConfigured when there are, and DATABASE_OWNER_URL is
    not set or may not create roles.
    """
    with migrating() if connection.settings_dict["OWNER"] else nullcontext():
        pending = bool(pending_migrations())
        if pending:
            call_command("migrate", interactive=False, verbosity=0)
    return pending


def pending_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def collect_static_files() -> bool:
    """Run collectstatic when a static file has changed. Returns whether one had."""
    digest_file = Path(settings.STATIC_ROOT) / ".digest"
    digest = _static_files_digest()
    if digest_file.is_file() and digest_file.read_text() == digest:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    digest_file.write_text(digest)
    return True


def _static_files_digest() -> str:
    """A digest of the name, size and modification time of every app's static files."""
    digest = sha256(settings.STATIC_STORAGE.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
