"""Django's command line for MemoryLoop. Configuration errors are printed without a traceback."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from base.configuration import environment


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")
    environment.inspecting = sys.argv[1:2] == ["doctor"]  # before the settings are read
    try:
        # A command is one thread and needs no pool. With one, a missing server would be reported after ten seconds.
        options = settings.DATABASES["default"]["OPTIONS"]
        options.pop("pool")
        options.setdefault("connect_timeout", 4)  # seconds, for a server that hangs
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"MemoryLoop can't start: {error}")
    except OperationalError as error:
        if os.environ.get("DATABASE_URL"):
            sys.exit(f"PostgreSQL at DATABASE_URL can't be used: {str(error).splitlines()[-1]}")
        sys.exit("The embedded database is not running; start it with: make run")


if __name__ == "__main__":
    main()
