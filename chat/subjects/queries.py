"""Reads of what conversations are about, shaped for pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from chat.models import Conversation
from chat.subjects.subject import NO_SUBJECT, Subject
from goals.models import Goal, SkillNode

MAX_CONVERSATIONS_SHOWN = 20


@dataclass(frozen=True)
class SubjectOption:
    """An option of the picker. `depth` is 0 for a goal."""

    value: str
    label: str
    depth: int = 0
    selected: bool = False

    @property
    def indent(self) -> range:
        return range(self.depth)


def subject_of(owner: User, *, goal_id: UUID | None = None, skill_id: UUID | None = None) -> Subject:
    """The goal, or the skill with its goal. Raises NotFound, also if the skill is of another goal."""
    if skill_id is None:
        return Subject(owner.goals.alive().get_or_not_found(goal_id)) if goal_id else NO_SUBJECT
    skills = owner.skill_nodes.alive().select_related("tree__goal")
    skill = (skills.filter(tree__goal=goal_id) if goal_id else skills).get_or_not_found(skill_id)
    return Subject(skill.tree.goal, skill)


def changed_subject(conversation: Conversation, chosen: Mapping[str, UUID | None]) -> Subject:
    """The subject after a change of `goal_id`, of `skill_node_id`, or of both. Raises NotFound."""
    goal_id, skill_id = chosen.get("goal_id"), chosen.get("skill_node_id")
    if "goal_id" not in chosen and skill_id is None:
        return Subject(Subject.of(conversation).goal)
    return subject_of(conversation.owner, goal_id=goal_id, skill_id=skill_id)


def subject_options(owner: User, chosen: Subject = NO_SUBJECT) -> list[SubjectOption]:
    """No goal, the user's living goals, and the skills of the chosen one. Empty for a user without goals."""
    goals = list(owner.goals.living().in_order())
    if chosen.goal and chosen.goal not in goals:
        goals.append(chosen.goal)
    if not goals:
        return []
    options = [SubjectOption("", _("No goal"))]
    for goal in goals:
        options.append(SubjectOption(Subject(goal).value, goal.title))
        options += _skills(chosen) if goal == chosen.goal else ()
    return [SubjectOption(o.value, o.label, o.depth, selected=o.value == chosen.value) for o in options]


def subject_context(conversation: Conversation) -> dict[str, object]:
    """The conversation, what it is about, and the options to change that, which are read when they are used."""
    return {
        "conversation": conversation,
        "subject": lambda: Subject.of(conversation),
        "subjects": lambda: subject_options(conversation.owner, Subject.of(conversation)),
    }


def _skills(subject: Subject) -> Iterator[SubjectOption]:
    for skill in subject.skills():
        yield SubjectOption(f"skill:{skill.id}", skill.title, skill.depth)


def conversations_about(*, goal: Goal | None = None, skill: SkillNode | None = None) -> QuerySet[Conversation]:
    """The last changed conversations about the skill, or about the goal and its skills. One query."""
    conversations = skill.conversations if skill else goal.conversations if goal else Conversation.objects.none()
    return conversations.alive().newest_first()[:MAX_CONVERSATIONS_SHOWN]
