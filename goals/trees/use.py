"""What users would lose with a skill. The apps that refer to skills register how they count it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from goals.models import SkillNode


@dataclass(frozen=True)
class Use:
    """`count` gives the number of rows of each of these skills that has some, and `words` what to call that many."""

    count: Callable[[Collection[UUID]], Mapping[UUID, int]]
    words: Callable[[int], str]


_uses: list[Use] = []


def register(*uses: Use) -> None:
    _uses.extend(uses)


def use_of(skills: Collection[UUID]) -> dict[UUID, list[str]]:
    """What each of these skills has, in words such as "12 cards". Those that have nothing are left out."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for use in _uses if skills else ():
        for skill_id, count in use.count(skills).items():
            found[skill_id].append(use.words(count))
    known = SkillNode.objects.filter(pk__in=skills, known_at__isnull=False)
    for skill_id in known.values_list("pk", flat=True):
        found[skill_id].append(_("marked as known"))
    return dict(found)
