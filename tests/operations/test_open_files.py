"""A process may open as many files as the system allows."""

import subprocess
import sys

import pytest

CODE = """
import resource
from operations.open_files import raise_open_files_limit
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(raise_open_files_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("soft", "hard", "expected"), [(256, 700, "700 700 700"), (700, 700, "700 700 700")])
def test_the_limit_is_raised_as_far_as_allowed(soft: int, hard: int, expected: str) -> None:
    code = CODE.format(soft=soft, hard=hard)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == expected
