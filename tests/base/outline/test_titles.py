import pytest

from base.outline.titles import clean_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  Ser   and *estar*: ", "Ser and estar"),
        ("**Bold** and `code` and [a link](https://example.org)", "Bold and code and a link"),
        ("<script>alert(1)</script>", ""),
        ("<img src=x onerror=alert(1)>Clauses", "Clauses"),
        ("<style>p{}</style><h2>Clauses</h2><!-- x -->", "Clauses"),
        ("List<String> and a < b > c", "List<String> and a < b > c"),
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("\u202eabc\u2066\x00", "abc\ufffd"),
        ("क्\u200dष\u200c", "क्\u200dष\u200c"),
    ],
)
def test_a_title_is_one_line_of_text(text: str, title: str) -> None:
    assert clean_title(text) == title
