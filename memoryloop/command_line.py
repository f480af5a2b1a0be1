"""Django's command line for MemoryLoop. Configuration errors are printed without a traceback."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from base.configuration import environment
from base.postgresql.acting import acting_for_all_users


def use_data_dir_option(arguments: Sequence[str]) -> None:
    """`restore --data-dir` replaces DATA_DIR. The settings are read before the command parses its options."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data-dir")
    data_dir = parser.parse_known_args(arguments)[0].data_dir
    if arguments[:1] == ["restore"] and data_dir:
        os.environ["DATA_DIR"] = str(Path(data_dir).resolve())


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")
    use_data_dir_option(sys.argv[1:])
    environment.inspecting = sys.argv[1:2] == ["doctor"]  # before the settings are read
    try:
        # A command is one thread and needs no pool. With one, a missing server would be reported after ten seconds.
        options = settings.DATABASES["default"]["OPTIONS"]
        options.pop("pool")
        options.setdefault("connect_timeout", 4)  # seconds, for a server that hangs
        with acting_for_all_users("a command is the operator's"):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"MemoryLoop can't start: {error}")
    except OperationalError as error:
        if os.environ.get("DATABASE_URL"):
            sys.exit(f"PostgreSQL at DATABASE_URL can't be used: {str(error).splitlines()[-1]}")
        sys.exit("The embedded database is not running; start it with: make run")


if __name__ == "__main__":
    main()
