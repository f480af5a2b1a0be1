"""What must be done before the site can answer: migrations and static files, where there is anything to do."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate() -> bool:
    """Bring the database to the present models; whether there was anything to do."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static_files() -> bool:
    """Lay the static files out under names that change with their content; whether any had changed."""
    root = Path(settings.STATIC_ROOT)
    note = root / ".made-of"
    present = _present_static_files()
    if note.is_file() and note.read_text() == present:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(present)
    return True


def _present_static_files() -> str:
    """Changes whenever a static file of any app does."""
    digest = sha256(settings.STATIC_STORAGE.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
