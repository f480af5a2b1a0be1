import pytest

from base.html.sanitizer import sanitize
from tests.base.html.harmless import assert_harmless
from tests.hostile import MARKUP


@pytest.mark.parametrize("html", MARKUP)
def test_hostile_html_is_harmless(html: str) -> None:
    assert_harmless(sanitize(html))


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<p onclick="x()" style="color:red" class="math">a</p>', "<p>a</p>"),
        ('<span class="math inline unknown">x</span>', '<span class="math inline">x</span>'),
        ('<td class="right scroll">1</td>', "1"),
        ("<script>alert(1)</script><b>a</b>", "a"),
        ('<a href="javascript:alert(1)">a</a>', '<a target="_blank" rel="noopener noreferrer nofollow">a</a>'),
    ],
)
def test_only_allowed_tags_attributes_and_classes_stay(html: str, clean: str) -> None:
    assert sanitize(html) == clean
