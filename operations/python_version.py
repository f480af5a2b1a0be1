"""Versions of Python with a known defect that concerns this server. `manage.py up` and `manage.py doctor` name them."""

import sys

SLOW_COOKIES_FIXED_IN = {11: 10, 12: 6}  # Python 3.x: the first patch release without CVE-2024-7592


def python_warning(installed: tuple[int, ...] = sys.version_info[:3]) -> tuple[str, str] | None:
    """What is wrong with this version of Python, and what to do about it. None if nothing is."""
    _, minor, patch = installed
    fixed = SLOW_COOKIES_FIXED_IN.get(minor, 0)
    if patch >= fixed:
        return None
    return (
        f"Python 3.{minor}.{patch} parses long cookies slowly (CVE-2024-7592).",
        f"The server's limit on cookies makes that harmless, but install Python 3.{minor}.{fixed} or newer when you "
        "can. Then delete .venv, and run make run.",
    )
