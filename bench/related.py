"""How many of the related conversations that are shown are about the same field.

The conversation of each learner (`bench/learners`) is cut into conversations of ten messages. Learners of the same
language are one user, so those of one learner are about the same field, and those of the others are not.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from bench.retrieval import LANGUAGES, LEARNERS, write
from bench.tools.tables import Line, show
from chat.models import Conversation
from chat.search.related import related_conversations
from search.services import drain

MESSAGES = 10  # of a conversation; a shorter rest is left out
MIN_MESSAGES = 5
SHOWN = 5
COLUMNS = ("shown", "of the same field", "show none", "show none if alone")


@dataclass(frozen=True)
class Part:
    """A conversation cut from that of a learner, whose name is its field."""

    conversation: Conversation
    field: str


def run() -> None:
    parts = {code: _parts_of(code) for code in LANGUAGES}
    while drain():
        pass
    lines = [_line(LANGUAGES[code], owned) for code, owned in parts.items()]
    show("Related conversations, at most five of each", COLUMNS, lines, baseline=lines[0])


def _parts_of(language: str) -> list[Part]:
    owner = User.objects.create(email=f"{language}@example.org")
    paths = sorted(LEARNERS.glob(f"*-{language}-*.json"))
    return [part for path in paths for part in _cut(path, owner)]


def _cut(path: Path, owner: User) -> list[Part]:
    messages = json.loads(path.read_text(encoding="utf-8"))["messages"]
    parts = []
    for start in range(0, len(messages) - MIN_MESSAGES + 1, MESSAGES):
        conversation = Conversation.objects.create(owner=owner, title=f"{path.stem} {start}")
        for message in messages[start : start + MESSAGES]:
            write(conversation, message["text"], role=message["role"], at=message["at"])
        parts.append(Part(conversation, path.stem))
    return parts


def _line(language: str, parts: list[Part]) -> Line:
    fields = {part.conversation.pk: part.field for part in parts}
    shown = same = none = alone = 0
    for part in parts:
        found = [fields[related.conversation.pk] for related in related_conversations(part.conversation, limit=50)]
        shown += len(found[:SHOWN])
        same += found[:SHOWN].count(part.field)
        none += not found
        alone += set(found) <= {part.field}
    return Line(language, (shown, same / max(shown, 1), none / len(parts), alone / len(parts)))
