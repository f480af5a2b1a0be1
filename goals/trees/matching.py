"""Which skills of a proposed tree are those of the present one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar
from unicodedata import normalize
from uuid import UUID

from goals.trees.queries import Skill

Key = TypeVar("Key")


def same_title(title: str) -> str:
    """Equal for titles that differ only in case, spaces and the form of their characters."""
    return " ".join(normalize("NFKC", title).casefold().split())


def matches(proposed: Iterable[Skill], present: Iterable[Skill]) -> dict[UUID, UUID]:
    """For each proposed skill the present one, if it has one: at the same place, or else with a title that is unique.

    `present` may be those of a branch: only the end of their paths has to be equal.
    """
    by_proposal: dict[UUID, UUID] = {}
    left_proposed, left_present = list(proposed), list(present)
    top = min((skill.depth for skill in left_present), default=1) - 1
    for key_of in (
        lambda skill, above: tuple(map(same_title, (*skill.path[above:], skill.title))),
        lambda skill, above: same_title(skill.title),
    ):
        ours = _unique({skill.id: key_of(skill, 0) for skill in left_proposed})
        theirs = _unique({skill.id: key_of(skill, top) for skill in left_present})
        by_proposal |= {ours[key]: theirs[key] for key in ours.keys() & theirs.keys()}
        taken = set(by_proposal.values())
        left_proposed = [skill for skill in left_proposed if skill.id not in by_proposal]
        left_present = [skill for skill in left_present if skill.id not in taken]
    return by_proposal


def _unique(keys: Mapping[UUID, Key]) -> dict[Key, UUID]:
    ids: dict[Key, list[UUID]] = defaultdict(list)
    for skill_id, key in keys.items():
        ids[key].append(skill_id)
    return {key: found[0] for key, found in ids.items() if len(found) == 1}
