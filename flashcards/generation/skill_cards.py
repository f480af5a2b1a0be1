"""Cards for a skill: what is known of the skill, and what the model makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from base.connections import release_connection
from base.logs.outages import log_failure
from chat.models import Message, MessageStatus
from chat.replies.retrieval import MIN_BEST_SCORE
from flashcards.errors import NothingAboutSkill
from flashcards.generation.models import Generation
from flashcards.generation.prompts import SkillCardProposals, SkillMaterial, card_prompt, skill_prompt
from flashcards.models import Card
from goals.models import SkillNode
from goals.trees.queries import Skill, Tree, read_tree
from providers.gateway import provider_for
from providers.models import ProviderName
from providers.types import CardProposal, CardProposals, Provider
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.queries import Mode, find

MAX_NOTES = 12
MAX_NOTE_LENGTH = 3_000  # characters


@dataclass(frozen=True)
class SourcedProposal:
    """A proposal, and the message that it was made from, if there is one."""

    proposal: CardProposal
    message: Message | None = None


def propose_for_skill(generation: Generation, skill: SkillNode) -> list[SourcedProposal]:
    """Ask the generation's model for cards that teach the skill.

    Raises NothingAboutSkill if that is the built-in tutor, which only quotes, and there is nothing to quote.
    """
    notes = notes_about(skill)
    provider = provider_for(owner=generation.owner, name=generation.provider)
    if generation.provider == ProviderName.BUILTIN:
        return _quoted(provider, generation, skill, notes)
    material = skill_material(skill, notes)
    release_connection()  # the model may take minutes, and connections are few
    prompt = skill_prompt(skill=material, max_cards=generation.max_cards)
    answer = provider.structured(prompt=prompt, schema=SkillCardProposals, model=generation.model)
    sources = dict(enumerate(notes, 1))
    return [SourcedProposal(card, sources.get(card.source)) for card in answer.cards[: generation.max_cards]]


def _quoted(
    provider: Provider, generation: Generation, skill: SkillNode, notes: Sequence[Message]
) -> list[SourcedProposal]:
    """Cards from the skill's description and then from each note, without those that exist already."""
    texts = [(skill.description, None), *((note.content[:MAX_NOTE_LENGTH], note) for note in notes)]
    known = {question.casefold() for question in _questions(skill)}
    proposals: list[SourcedProposal] = []
    for text, message in texts:
        prompt = card_prompt(material=text, max_cards=generation.max_cards)
        answer = provider.structured(prompt=prompt, schema=CardProposals, model=generation.model)
        proposals += [SourcedProposal(card, message) for card in answer.cards]
    if not proposals:
        raise NothingAboutSkill
    return [found for found in proposals if found.proposal.question.casefold() not in known][: generation.max_cards]


def skill_material(skill: SkillNode, notes: Sequence[Message] = ()) -> SkillMaterial:
    """What the prompt says of the skill."""
    tree = read_tree(skill.tree)
    found = tree.find(skill.pk)
    goal = skill.tree.goal
    return SkillMaterial(
        goal=goal.title,
        goal_description=goal.description,
        path=(*found.path, found.title) if found else (skill.title,),
        description=skill.description,
        siblings=_siblings(tree, skill),
        parts=[part.title for part in found.children] if found else [],
        questions=_questions(skill),
        notes=[note.content[:MAX_NOTE_LENGTH] for note in notes],
    )


def _questions(skill: SkillNode) -> list[str]:
    """The questions of the skill's cards and drafts, the newest first."""
    cards = Card.objects.alive().filter(owner=skill.owner_id).of_skill(skill.pk).order_by("-pk")
    return list(dict.fromkeys(cards.values_list("question", flat=True)))


def _siblings(tree: Tree, skill: SkillNode) -> list[str]:
    parent = tree.find(skill.parent_id) if skill.parent_id else None
    beside: Sequence[Skill] = parent.children if parent else tree.branches
    return [other.title for other in beside if other.id != skill.pk]


def notes_about(skill: SkillNode) -> list[Message]:
    """Messages of conversations about the skill, the newest first, then others that search finds for it."""
    remembered = Message.objects.remembered().filter(owner=skill.owner_id, status=MessageStatus.COMPLETE)
    about = remembered.filter(Q(conversation__skill=skill) | Q(conversation__skill__parent=skill))
    own = list(about.order_by("-pk")[:MAX_NOTES])
    found = remembered.in_bulk(_found(skill, limit=MAX_NOTES))
    return [*own, *(message for pk, message in found.items() if message not in own)][:MAX_NOTES]


def _found(skill: SkillNode, limit: int) -> list[UUID]:
    """The keys of messages that are clearly about the skill; none while search is unavailable."""
    query = f"{skill.title} {skill.description}".strip()
    try:
        result = find(
            owner_id=skill.owner_id, table="messages", query=query, mode=Mode.HYBRID, limit=limit, operators=False
        )
    except (EmbedderUnavailable, IndexUnavailable) as error:
        log_failure("No notes are found for a skill", error)
        return []
    least = max(MIN_BEST_SCORE, result.weak_below)
    return [hit.entity_id for hit in result.hits if hit.score >= least]
