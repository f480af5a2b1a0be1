"""The titles in a model's answer while it is being written, for the page that waits."""

import json
import re
from typing import Final

from base.outline.titles import clean_title

MAX_TITLES: Final = 200
MAX_LENGTH: Final = 100  # characters of a title

_TITLE = re.compile(r'"(?:title|name)"\s{0,5}:\s{0,5}("(?:[^"\\]|\\.){1,300}")')


class ReceivedTitles:
    """Reads each piece of the answer once."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self._read = 0

    def read(self, answer: str) -> list[str]:
        """All titles so far in the answer so far."""
        for match in _TITLE.finditer(answer, self._read):
            self._read = match.end()
            title = clean_title(_unescaped(match[1]))[:MAX_LENGTH]
            if title and len(self.titles) < MAX_TITLES:
                self.titles.append(title)
        return self.titles


def _unescaped(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return ""
