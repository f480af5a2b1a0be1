"""The HTML that texts of users and models may contain."""

from typing import Final

import nh3
from django.utils.safestring import SafeString
from pygments.token import STANDARD_TYPES

ALIGNMENTS: Final = ("left", "right", "center")  # classes, because the content security policy forbids styles
_TAG_NAMES = """
a blockquote br code del div em h3 h4 h5 h6 hr li ol p pre s span strong sup table tbody td th thead tr ul
"""
TAGS: Final = frozenset(_TAG_NAMES.split())
CLASSES: Final = {
    "span": {"math", "inline", "block", *filter(None, STANDARD_TYPES.values())},
    "div": {"scroll"},
    "sup": {"cite"},
    "th": set(ALIGNMENTS),
    "td": set(ALIGNMENTS),
}
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "ol": {"start"},
    "pre": {"data-language", "tabindex"},
    "div": {"tabindex"},
}


def sanitize(html: str) -> SafeString:
    """The HTML without anything that is not listed above; the only place where an untrusted text is marked safe."""
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )
    return SafeString(clean)
