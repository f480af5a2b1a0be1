"""`make bench`: run all benchmarks, or those named, each in its own process with its own servers.

A benchmark is a module in this folder, not in `tools`, with a function `run()` that prints its figures beside their
baseline.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from base.postgresql.acting import acting_for_all_users
from bench.tools.environment import empty_site


def benchmarks() -> list[str]:
    here = Path(__file__).parent
    return sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("__"))


def main(names: list[str]) -> int:
    if len(names) == 1:
        with empty_site(), acting_for_all_users("a benchmark creates rows and measures queries"):
            import_module(f"bench.{names[0]}").run()
        return 0
    return max(subprocess.call([sys.executable, "-m", "bench", name]) for name in names or benchmarks())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
