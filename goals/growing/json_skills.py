"""Skills in JSON of any shape: nested or flat, with other names for the fields, or with titles alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from goals.growing.drafts import Corrections, SkillDraft

MAX_READ: Final = 5_000  # skills; what follows is left out
MAX_NESTING: Final = 60  # levels

_TITLES = ("title", "name", "skill", "branch", "topic", "label", "heading")
_DESCRIPTIONS = ("description", "summary", "desc", "details", "explanation")
_CHILDREN = (
    *("branches", "skills", "subskills", "sub_skills", "children", "nodes", "topics", "subtopics", "items"),
    *(
        "modules",
        "sections",
        "units",
        "lessons",
        "chapters",
        "subs",
        "tree",
        "skill_tree",
        "skilltree",
        "roots",
        "root",
    ),
)
_REQUIRES = ("requires", "prerequisites", "depends_on", "dependencies", "prereqs")
_IDS = ("id", "key", "node_id")
_PARENTS = ("parent_id", "parent", "parentid")


def skills_in(value: Any, corrections: Corrections) -> list[SkillDraft]:
    """The roots. Entries of other types are left out and noted."""
    reader = _Reader(corrections)
    if isinstance(value, Mapping):
        value = _unwrapped(value)
    if isinstance(value, list) and _is_flat(value):
        return reader.flat([_lowered(entry) for entry in value if isinstance(entry, Mapping)])
    return reader.nested(value, MAX_NESTING)


def _unwrapped(value: Mapping[str, Any]) -> Any:
    """The list of skills in an object that is none itself, such as {"skill_tree": {"branches": […]}}."""
    for _level in range(3):
        lowered = _lowered(value)
        if _first(lowered, _TITLES) is not None and not isinstance(lowered.get("skill_tree"), Mapping):
            break
        inner = next((lowered[name] for name in _CHILDREN if isinstance(lowered.get(name), Mapping | list)), None)
        if not isinstance(inner, Mapping):
            return value if inner is None else inner
        value = inner
    return [value]


def _is_flat(entries: Sequence[Any]) -> bool:
    return any(isinstance(entry, Mapping) and _first(_lowered(entry), _PARENTS) is not None for entry in entries)


def _lowered(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in entry.items()}


def _first(entry: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((entry[name] for name in names if entry.get(name) not in (None, "")), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(entry) for entry in values if isinstance(entry, str | int) and not isinstance(entry, bool)]


class _Reader:
    def __init__(self, corrections: Corrections) -> None:
        self._corrections = corrections
        self._left = MAX_READ

    def nested(self, value: Any, levels: int) -> list[SkillDraft]:
        if isinstance(value, Mapping) and not self._is_skill(value):
            # {"Grammar": ["Nouns", "Tenses"]}: the names are the titles.
            pairs = [(name, inner) for name, inner in value.items() if isinstance(inner, Mapping | list)]
            self._refuse(len(value) - len(pairs))
            value = [{"title": name, "children": inner} for name, inner in pairs]
        elif isinstance(value, Mapping | str):
            value = [value]
        if not isinstance(value, list) or not levels:
            self._refuse(0 if value is None else 1)
            return []
        return [skill for entry in value if (skill := self._skill(entry, levels)) is not None]

    def _skill(self, entry: Any, levels: int) -> SkillDraft | None:
        if self._left <= 0:
            self._corrections.note("too-many", count=1)
            return None
        self._left -= 1
        if isinstance(entry, str):
            return SkillDraft(entry)
        if not isinstance(entry, Mapping):
            self._refuse(1)
            return None
        fields = _lowered(entry)
        children = _first(fields, _CHILDREN)
        return SkillDraft(
            _text(_first(fields, _TITLES)),
            _text(_first(fields, _DESCRIPTIONS)),
            _texts(_first(fields, _REQUIRES)),
            self.nested(children, levels - 1) if children else [],
        )

    def _is_skill(self, value: Mapping[str, Any]) -> bool:
        return bool({*_TITLES, *_CHILDREN, *_DESCRIPTIONS} & set(_lowered(value)))

    def _refuse(self, count: int) -> None:
        self._corrections.note("wrong-type", count=count)

    def flat(self, entries: Sequence[Mapping[str, Any]]) -> list[SkillDraft]:
        """Skills that name their parents. One that is below itself becomes a root."""
        skills: dict[str, SkillDraft] = {}
        parents: dict[str, str] = {}
        for number, entry in enumerate(entries[:MAX_READ]):
            skill = SkillDraft(
                _text(_first(entry, _TITLES)), _text(_first(entry, _DESCRIPTIONS)), _texts(_first(entry, _REQUIRES))
            )
            key = str(_first(entry, _IDS) or skill.title or number)
            if key in skills:
                self._corrections.note("same-id", skill.title)
                key = f"{key} {number}"
            skills[key] = skill
            parents[key] = str(_first(entry, _PARENTS) or "")
        self._corrections.note("too-many", count=max(0, len(entries) - MAX_READ))
        return self._joined(skills, parents)

    def _joined(self, skills: Mapping[str, SkillDraft], parents: dict[str, str]) -> list[SkillDraft]:
        for key, skill in skills.items():
            skill.requires = [skills[name].title if name in skills else name for name in skill.requires]
            if _is_cyclic(key, parents):
                self._corrections.note("cyclic", skill.title)
                parents[key] = ""
        roots: list[SkillDraft] = []
        for key, skill in skills.items():
            parent = skills.get(parents[key])
            (parent.children if parent else roots).append(skill)
        return roots


def _is_cyclic(key: str, parents: Mapping[str, str]) -> bool:
    """Whether the skill is below itself. A chain of more than MAX_NESTING skills counts as well."""
    above = parents.get(key, "")
    for _level in range(MAX_NESTING):
        if not above or above == key:
            break
        above = parents.get(above, "")
    return bool(above)
