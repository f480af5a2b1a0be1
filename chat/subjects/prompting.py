"""The part of a reply's prompt about the goal of its conversation. Quiz registers what it knows of the skills."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.models import Conversation
from chat.subjects.outline import OutlineSkill, outline
from chat.subjects.subject import Subject
from goals.models import Goal


@dataclass(frozen=True)
class Recall:
    """Of a skill and those below it: `mastery` is None without cards."""

    mastery: float | None = None
    fading: bool = False


# The recall of the skills of a goal at a moment, by their ids.
RecallOf = Callable[[Goal, datetime], Mapping[UUID, Recall]]

_sources: list[RecallOf] = []


def register(recall_of: RecallOf) -> None:
    _sources.append(recall_of)


def goal_section(conversation: Conversation, *, at: datetime) -> str:
    """The conversation's goal and its skills in outline; empty if the conversation is about none."""
    subject = Subject.of(conversation)
    if subject.goal is None:
        return ""
    goal = subject.goal
    return outline(
        title=goal.title,
        description=goal.description,
        target_date=goal.target_date,
        skills=list(_skills(goal, subject, at)),
    )


def _skills(goal: Goal, subject: Subject, at: datetime) -> Iterator[OutlineSkill]:
    recall = {pk: found for recall_of in _sources for pk, found in recall_of(goal, at).items()}
    for skill in subject.skills():
        known = recall.get(skill.id, Recall())
        chosen = subject.skill is not None and skill.id == subject.skill.pk
        yield OutlineSkill(skill.path, skill.title, known.mastery, known.fading, chosen, skill.description)
