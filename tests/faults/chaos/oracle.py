"""What the server must hold at the end: everything that it acknowledged, nothing twice, and nothing that was deleted.

A request without an acknowledgment may or may not have had its effect.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self


class Exists(Enum):
    YES = auto()
    NO = auto()
    UNKNOWN = auto()


@dataclass
class Item:
    """Something that a user made. `key` is in no other item: a word of its text, or the id of a review.

    `texts` is what it may say: several while a change is not acknowledged. `parent` is what it is deleted with.
    """

    key: str
    texts: set[str] = field(default_factory=set)
    exists: Exists = Exists.UNKNOWN
    id: str = ""
    parent: Self | None = None

    @property
    def state(self) -> Exists:
        if self.parent is None or self.parent.state is Exists.YES or self.exists is Exists.NO:
            return self.exists
        return self.parent.state

    def created(self, id: str) -> None:
        self.exists, self.id = Exists.YES, id

    def refused(self) -> None:
        self.exists = Exists.NO

    def deletion_begins(self) -> None:
        self.exists = Exists.UNKNOWN

    def deleted(self) -> None:
        self.exists = Exists.NO

    def change_begins(self, text: str) -> None:
        self.texts.add(text)

    def changed(self, text: str) -> None:
        self.texts = {text}


@dataclass
class Verdict:
    """What is wrong. `live` counts what was found as it should be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    resurrected: list[str] = field(default_factory=list)
    live: int = 0

    def compare(self, kind: str, items: Iterable[Item], present: Mapping[str, Sequence[str]]) -> None:
        """`present` maps each key to the texts of the rows that have it."""
        for item in items:
            texts = present.get(item.key, ())
            name = f"{kind} {item.key} {item.id}"
            if item.state is Exists.YES and not texts:
                self.lost.append(name)
            elif item.state is Exists.NO and texts:
                self.resurrected.append(name)
            elif len(texts) > 1:
                self.doubled.append(name)
            elif texts and texts[0] not in item.texts:
                self.lost.append(f"{name}: {texts[0]!r}, expected {item.texts}")
            else:
                self.live += bool(texts)
