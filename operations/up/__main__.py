"""`manage.py up`, without Django: this process runs for as long as the server."""

import os
import sys

from operations.up.preflight import StartupError
from operations.up.startup import run


def main() -> None:
    os.umask(0o077)  # before anything is created in DATA_DIR
    try:
        run(_say)
    except StartupError as error:
        sys.exit(str(error))


def _say(message: str) -> None:
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
