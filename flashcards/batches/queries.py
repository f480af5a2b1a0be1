"""Reads of batches: what a batch can be made of, and what it has made."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from base.sql.prepared import PreparedQuery
from flashcards.generation.models import BatchStatus, Generation, GenerationBatch, GenerationStatus
from flashcards.models import Card, CardStatus
from flashcards.queries import GenerationResult, generation_results
from goals.models import Goal, SkillNode, TreeStatus
from goals.trees.queries import Skill, read_tree


@dataclass(frozen=True)
class SkillChoice:
    """A skill for which cards can be made. `cards` counts those of the skill itself, drafts included."""

    skill: Skill
    cards: int

    @property
    def is_suggested(self) -> bool:
        """It has neither cards nor parts, and the user has not marked it as known."""
        return not self.cards and not self.skill.children and self.skill.known_at is None


@dataclass(frozen=True)
class SkillResult:
    """One generation of a batch. `title` is that of its skill, empty if the skill has been deleted for good."""

    generation: Generation
    result: GenerationResult
    title: str
    path: str


@dataclass(frozen=True)
class BatchResult:
    """What a batch has made so far, skill by skill in the order of the tree."""

    batch: GenerationBatch
    skills: Sequence[SkillResult]

    @property
    def ended(self) -> int:
        """For how many skills the cards are made, or have failed."""
        return sum(skill.generation.finished_at is not None for skill in self.skills)

    @property
    def made(self) -> int:
        return sum(skill.generation.drafts_made for skill in self.skills)

    @property
    def to_decide(self) -> Sequence[SkillResult]:
        """The skills with drafts to decide on."""
        return [skill for skill in self.skills if skill.result.proposals]

    @property
    def drafts(self) -> int:
        return sum(len(skill.result.proposals) for skill in self.skills)

    @property
    def left_out(self) -> int:
        """How many proposals the deck or an earlier draft had already."""
        return sum(len(skill.result.left_out) for skill in self.skills)

    @property
    def unfinished(self) -> int:
        """For how many skills the cards could still be made."""
        return sum(
            skill.generation.status not in (GenerationStatus.DONE, GenerationStatus.RUNNING) for skill in self.skills
        )

    @property
    def failed(self) -> Generation | None:
        """The generation whose error stopped the batch."""
        if self.batch.status != BatchStatus.FAILED:
            return None
        ended = [skill.generation for skill in self.skills if skill.generation.status == GenerationStatus.FAILED]
        return max(ended, key=lambda generation: generation.finished_at or generation.created_at, default=None)

    @property
    def compared_by_meaning(self) -> bool:
        return all(skill.generation.compared_by_meaning for skill in self.skills)


def skill_choices(goal: Goal) -> list[SkillChoice]:
    """The skills of the goal's accepted tree in reading order."""
    accepted = goal.trees.filter(status=TreeStatus.ACCEPTED).first()
    if accepted is None:
        return []
    tree = read_tree(accepted)
    cards = Card.objects.alive().filter(skill__tree=tree.id).values_list("skill").annotate(count=Count("pk"))
    counts: dict[UUID | None, int] = dict(cards)
    return [SkillChoice(skill, counts.get(skill.id, 0)) for skill in tree]


def chosen_skills(goal: Goal, ids: Sequence[UUID] | None) -> list[SkillNode]:
    """These skills of the goal's accepted tree in reading order; the suggested ones if `ids` is None."""
    order = [
        choice.skill.id
        for choice in skill_choices(goal)
        if (choice.is_suggested if ids is None else choice.skill.id in ids)
    ]
    nodes = SkillNode.objects.accepted().filter(tree__goal=goal).in_bulk(order)
    return [nodes[skill_id] for skill_id in order if skill_id in nodes]


def batch_result(batch: GenerationBatch) -> BatchResult:
    """What the batch has made, in three statements."""
    generations = list(batch.generations.select_related("skill__parent__parent").order_by("pk"))
    results = generation_results(generations) if generations else []
    return BatchResult(
        batch, [_skill_result(generation, result) for generation, result in zip(generations, results, strict=True)]
    )


def _skill_result(generation: Generation, result: GenerationResult) -> SkillResult:
    skill, above = generation.skill, list[str]()
    while skill and skill.parent:
        skill = skill.parent
        above.insert(0, skill.title)
    title = generation.skill.title if generation.skill else ""
    return SkillResult(generation, result, title, " / ".join(above))


def open_batch(goal: Goal) -> GenerationBatch | None:
    """The goal's newest batch that is running or has drafts to decide on."""
    return _OPEN_BATCH.first(goal_id=goal.pk)


def _open_batches(goal_id: UUID) -> "QuerySet[GenerationBatch]":
    drafts = Card.objects.alive().filter(status=CardStatus.DRAFT, generation__batch__goal=goal_id)
    is_open = Q(status=BatchStatus.RUNNING) | Q(pk__in=drafts.values("generation__batch"))
    return GenerationBatch.objects.filter(is_open, goal_id=goal_id).order_by("-pk")[:1]


_OPEN_BATCH = PreparedQuery(_open_batches, goal_id=UUID)
