"""Versions of Python with a known defect are named, with the version to install."""

import pytest

from operations.python_version import python_warning


@pytest.mark.parametrize(
    ("installed", "fixed"),
    [((3, 11, 9), "3.11.10"), ((3, 11, 10), ""), ((3, 12, 5), "3.12.6"), ((3, 12, 6), ""), ((3, 13, 0), "")],
)
def test_a_python_that_parses_cookies_slowly_is_named_with_the_version_to_install(
    installed: tuple[int, int, int], fixed: str
) -> None:
    found = python_warning(installed)
    assert (found is not None and f"install Python {fixed} or newer" in found[1]) if fixed else found is None
