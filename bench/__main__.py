"""`make bench`: every benchmark, or the named ones, each in a process and on servers of its own.

A benchmark is a module here with a function `run()` that prints its figures beside their baseline.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from bench.stage import empty_site

PLUMBING = ("__init__", "__main__", "messages", "peers", "readers", "stage", "tables")


def names() -> list[str]:
    here = Path(__file__).parent
    return sorted(path.stem for path in here.glob("*.py") if path.stem not in PLUMBING)


def main(wanted: list[str]) -> int:
    if len(wanted) == 1:
        with empty_site():
            import_module(f"bench.{wanted[0]}").run()
        return 0
    return max(subprocess.call([sys.executable, "-m", "bench", name]) for name in wanted or names())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
