"""The environment of a benchmark: embedded servers in an empty directory, with their production settings (fsync on)."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from operations.up.servers import start_postgres, start_valkey


@contextmanager
def empty_site() -> Iterator[Path]:
    """Start servers and migrate. Yields the data directory, which is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="memoryloop-bench-") as name:
        directory = Path(name).resolve()
        os.environ.update({"DATA_DIR": name, "DATABASE_URL": "", "REDIS_URL": "", "LANCEDB_URI": "", "DEBUG": ""})
        os.environ.setdefault("EMBEDDINGS", "builtin")
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        os.environ["DJANGO_SETTINGS_MODULE"] = "memoryloop.settings"
        servers = [start_postgres(directory), start_valkey(directory)]
        try:
            django.setup()
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            yield directory
        finally:
            for server in servers:
                server.stop()
