"""Reads of the page of a skill, and of the skills that a card can belong to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from chat.models import Conversation, Message
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.models import Card, CardStatus
from flashcards.queries import with_sources
from goals.models import Goal, SkillNode

MAX_SOURCES = 10
MAX_CONVERSATIONS = 10
MAX_LISTED = 1_000  # skills of one user in a select

# The skills in a select, by the titles of their goals: (id, title).
Choices = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class SkillPage:
    """What the page of a skill shows besides its cards. All of it is of the skill and of those below it.

    `above` are the skills above it, the branch first, and `parts` those directly below it. `drafts` are the generations
    with drafts to decide on, `running` is one in which a model is writing.
    """

    skill: SkillNode
    above: Sequence[SkillNode]
    parts: Sequence[SkillNode]
    generations: Sequence[Generation]
    sources: Sequence[Message]
    conversations: Sequence[Conversation]

    @property
    def goal(self) -> Goal:
        return self.skill.tree.goal

    @property
    def running(self) -> Generation | None:
        return next((found for found in self.generations if found.status == GenerationStatus.RUNNING), None)

    @property
    def drafts(self) -> Sequence[Generation]:
        """One of each batch, whose page has the drafts of all."""
        ended = [found for found in self.generations if found.status != GenerationStatus.RUNNING]
        return list({found.batch_id or found.pk: found for found in ended}.values())


def skill_of(owner: User, skill_id: UUID) -> SkillNode:
    """The user's accepted skill, with its goal and the skills above it. Raises NotFound."""
    skill = owner.skill_nodes.accepted().select_related("tree__goal", "parent__parent").get_or_not_found(skill_id)
    skill.tree.goal.owner = owner
    return skill


def skill_page(skill: SkillNode) -> SkillPage:
    """Four statements, however many cards the skill has."""
    cards = Card.objects.alive().filter(owner=skill.owner_id).of_skill(skill.pk)
    made_from = cards.filter(message__isnull=False).values("message")
    with_drafts = cards.filter(status=CardStatus.DRAFT).values("generation")
    generations = Generation.objects.filter(owner=skill.owner_id)
    own = generations.filter(skill=skill, status=GenerationStatus.RUNNING) | generations.filter(pk__in=with_drafts)
    messages = Message.objects.accessible().filter(owner=skill.owner_id, pk__in=made_from)
    subtree = SkillNode.objects.accepted().in_subtree(skill.pk)
    conversations = Conversation.objects.alive().filter(owner=skill.owner_id, skill__in=subtree)
    return SkillPage(
        skill=skill,
        above=_above(skill),
        parts=list(skill.children.accepted().in_order()),
        generations=list(own.order_by("-pk")),
        sources=list(messages.select_related("conversation").order_by("-pk")[:MAX_SOURCES]),
        conversations=list(conversations.order_by("-updated_at", "-id")[:MAX_CONVERSATIONS]),
    )


def cards_of_skill(skill: SkillNode) -> QuerySet[Card]:
    """The deck's cards of the skill and of those below it, the newest first."""
    cards = Card.objects.in_deck().filter(owner=skill.owner_id).of_skill(skill.pk)
    return with_sources(cards).order_by("-pk")


def _above(skill: SkillNode) -> list[SkillNode]:
    found: list[SkillNode] = []
    while skill.parent:
        skill = skill.parent
        found.insert(0, skill)
    return found


def skill_options(owner: User, *, first: UUID | None = None) -> Choices:
    """The user's skills by goal, in reading order, as the options of a select. The goal of `first` comes first."""
    nodes = owner.skill_nodes.accepted().select_related("tree__goal").defer("description", "tree__goal__description")
    below: dict[UUID | None, list[SkillNode]] = defaultdict(list)
    goals: dict[UUID, list[SkillNode]] = {}
    for node in nodes.order_by("tree__goal__position", "tree__goal", "depth", "position", "id")[:MAX_LISTED]:
        below[node.parent_id].append(node)
        goals.setdefault(node.tree_id, [])
        if node.parent_id is None:
            goals[node.tree_id].append(node)
    groups = [
        (branches[0].tree.goal.title, [(str(node.pk), _label(node)) for node in _reading_order(branches, below)])
        for branches in goals.values()
        if branches
    ]
    return sorted(groups, key=lambda group: str(first) not in dict(group[1]))


def _reading_order(nodes: Iterable[SkillNode], below: Mapping[UUID | None, list[SkillNode]]) -> Iterator[SkillNode]:
    for node in nodes:
        yield node
        yield from _reading_order(below.get(node.pk, ()), below)


def _label(node: SkillNode) -> str:
    """Indented, because a select shows no levels."""
    return f"{'– ' * (node.depth - 1)}{node.title}"
