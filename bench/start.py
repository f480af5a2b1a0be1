"""The time from `manage.py up` to its first page, at first and later starts, compared with `manage.py version`."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.tools.processes import PROJECT, running_site

ROUNDS = 5
TARGET_S = 5.0


def seconds_to_first_page(data_dir: Path) -> float:
    began = time.perf_counter()
    with running_site(data_dir) as (up, _address):
        took = time.perf_counter() - began
    assert up.returncode == 0
    return took


def seconds_of_version_command() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", "version"], cwd=PROJECT, check=True, capture_output=True)
    return time.perf_counter() - began


def run() -> None:
    """Print the first start, the median of the later ones, and their ratio to `manage.py version`."""
    with tempfile.TemporaryDirectory(prefix="memoryloop-start-") as name:
        first = seconds_to_first_page(Path(name))
        later = sorted(seconds_to_first_page(Path(name)) for _ in range(ROUNDS))
    base = sorted(seconds_of_version_command() for _ in range(ROUNDS))[ROUNDS // 2]
    print(f"start to first page (target for a second start: {TARGET_S:g} s)")
    for name, seconds in {"manage.py version": base, "first start": first, "later starts": later[ROUNDS // 2]}.items():
        print(f"  {name:<28}{seconds:8.2f} s{seconds / base:8.1f} x")
