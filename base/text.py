"""Text that can be stored and sent."""

import re
from typing import Final

# PostgreSQL's text type rejects NUL, and a lone surrogate has no UTF-8 encoding.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with each NUL and each lone surrogate replaced by U+FFFD; its length stays the same."""
    return _UNSTORABLE.sub("\ufffd", text)
