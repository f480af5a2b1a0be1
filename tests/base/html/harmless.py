"""Whether HTML contains only what the sanitizer lets through."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from base.html.sanitizer import ATTRIBUTES, CLASSES, TAGS

ADDED_TO_LINKS = {"target", "rel"}


class AllowList(HTMLParser):
    """Reads HTML as a browser would, and fails the test on a tag, attribute, class or URL that is not allowed."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS | {"mark"}, tag
        for name, value in attrs:
            if name == "class":
                assert set((value or "").split()) <= CLASSES[tag]
            else:
                assert name in ATTRIBUTES.get(tag, set()) | (ADDED_TO_LINKS if tag == "a" else set()), (tag, name)
            if name == "href":
                assert urlsplit(value or "").scheme in ("http", "https", "mailto")

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"the HTML contains a comment: {data}")


def assert_harmless(html: str) -> None:
    parser = AllowList(convert_charrefs=True)
    parser.feed(html)
    parser.close()
