"""`python -m tests.prettier --check` or `--write`: the format of our style sheets and scripts."""

import subprocess
import sys
from pathlib import Path

import playwright

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted(str(path) for kind in ("css", "js") for path in (ROOT / "static" / kind).iterdir())
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if sys.platform == "win32" else "node")
PROGRAM = Path(__file__).with_name("format.mjs")


def main() -> int:
    mode = sys.argv[1] if len(sys.argv) > 1 else "--check"
    return subprocess.run([NODE, PROGRAM, mode, *FILES], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
