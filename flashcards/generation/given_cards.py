"""Cards that a program proposes itself, such as a model that is connected to the MCP server.

They are a generation that has ended: the user decides on them on the same page as on those that a worker has asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from flashcards.content.notes import checked_sides, clean_tags, set_ordinal
from flashcards.content.sides import ordinals
from flashcards.generation.duplicates import card_with_same_text
from flashcards.generation.models import DuplicateRecord, Generation
from flashcards.generation.services import exact_duplicate
from flashcards.generation.worker import compared_by_meaning, finish_generation
from flashcards.models import Card, CardStatus
from goals.models import SkillNode
from providers.models import ProviderName


@dataclass(frozen=True)
class GivenCard:
    question: str
    answer: str
    kind: str = "basic"
    tags: Sequence[str] = ()


def propose_given_cards(
    *, owner: User, cards: Sequence[GivenCard], skill: SkillNode | None = None, accept: bool = False
) -> Generation:
    """Make drafts of these cards; those whose text the deck has are recorded as duplicates. All or none.

    With `accept`, they enter the deck without a decision by the user, except near duplicates. Call it outside of a
    transaction, because it may ask the embedder. Raises EmptySide, NoGap, SidesEqual or CardTooLong.
    """
    # No provider has made them; `text` is empty, so nothing offers to ask a model again.
    generation = Generation(
        owner=owner, skill=skill, max_cards=len(cards), provider=ProviderName.BUILTIN, accept=accept
    )
    drafts: list[Card] = []
    duplicates: list[DuplicateRecord] = []
    for card in cards:
        draft = _draft_of(generation, card)
        existing = card_with_same_text(draft, drafts)
        if existing is None:
            drafts.append(draft)
        else:
            duplicates.append(exact_duplicate(draft, existing))
    near = compared_by_meaning(drafts)
    with transaction.atomic():
        generation.save(force_insert=True)
        finish_generation(generation.pk, drafts, duplicates, near)
    generation.refresh_from_db()
    return generation


def _draft_of(generation: Generation, card: GivenCard) -> Card:
    """An unsaved draft. Raises EmptySide, NoGap, SidesEqual or CardTooLong."""
    question, answer = checked_sides(card.kind, card.question, card.answer)
    draft = Card(
        owner=generation.owner,
        kind=card.kind,
        question=question,
        answer=answer,
        tags=clean_tags(card.tags),
        status=CardStatus.DRAFT,
        skill=generation.skill,
        generation=generation,
    )
    return set_ordinal(draft, ordinals(kind=card.kind, question=question)[0])
