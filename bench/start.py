"""The time from `manage.py up` to its first page, at first and later starts, compared with `manage.py version`."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from operations.up.preflight import open_listener

PROJECT = Path(__file__).resolve().parent.parent
ROUNDS = 5
TARGET_S = 5.0


def seconds_to_first_page(directory: str, port: int) -> float:
    """From the command until it prints the address, which it does after it has loaded a page."""
    began = time.perf_counter()
    up = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=PROJECT,
        env={**os.environ, "DATA_DIR": directory, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert up.stdout is not None
    for line in up.stdout:
        if "is running at" in line:
            break
    took = time.perf_counter() - began
    up.send_signal(signal.SIGTERM)
    up.communicate()
    assert up.returncode == 0
    return took


def seconds_of_version_command() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", "version"], cwd=PROJECT, check=True, capture_output=True)
    return time.perf_counter() - began


def run() -> None:
    """Print the first start, the median of the later ones, and their ratio to `manage.py version`."""
    with open_listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="memoryloop-start-") as directory:
        first = seconds_to_first_page(directory, port)
        later = sorted(seconds_to_first_page(directory, port) for _ in range(ROUNDS))
    base = sorted(seconds_of_version_command() for _ in range(ROUNDS))[ROUNDS // 2]
    print(f"start to first page (target for a second start: {TARGET_S:g} s)")
    for name, seconds in {"manage.py version": base, "first start": first, "later starts": later[ROUNDS // 2]}.items():
        print(f"  {name:<28}{seconds:8.2f} s{seconds / base:8.1f} x")
