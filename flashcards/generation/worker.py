"""The worker's part of a generation: ask the model, find duplicates, save the rest as drafts."""

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from base.connections import release_connection
from base.errors import MemoryLoopError
from base.logs.outages import log_failure
from base.postgresql.acting import acting_for
from flashcards.content.notes import checked_sides, set_ordinal
from flashcards.content.sides import ordinals
from flashcards.errors import EmptySide, NoGap, NothingToLearnFrom
from flashcards.generation.duplicates import NearDuplicate, card_with_same_text, near_duplicates
from flashcards.generation.lifecycle import LIFECYCLE, end_generation
from flashcards.generation.models import DuplicateRecord, Generation, GenerationStatus
from flashcards.generation.prompts import card_prompt
from flashcards.generation.services import accept_drafts, exact_duplicate, fail_generation
from flashcards.generation.skill_cards import SourcedProposal, propose_for_skill
from flashcards.models import Card, CardKind, CardStatus
from providers.gateway import provider_for
from providers.types import CardProposals
from search.errors import EmbedderUnavailable, IndexUnavailable

logger = logging.getLogger(__name__)


def propose_cards(*, generation_id: UUID) -> None:
    """Save the generation's drafts, or its error. Does nothing when another worker has it or it has ended."""
    generation = LIFECYCLE.claim(generation_id, "owner", "message", "skill__tree__goal")
    if generation is not None:
        with acting_for(generation.owner_id):
            _propose(generation)


def _propose(generation: Generation) -> None:
    generation_id = generation.pk
    try:
        with LIFECYCLE.heartbeat(generation_id):
            proposals = _ask_model(generation)
            earlier = _earlier_drafts(generation)
            drafts, exact = _drafts_of(generation, proposals, earlier)
            near = compared_by_meaning(drafts, earlier)
    except MemoryLoopError as error:
        fail_generation(generation_id=generation_id, code=error.code, detail=error.detail)
    except Exception:
        logger.exception("A generation failed.")
        fail_generation(generation_id=generation_id, code="failed", detail=_("Something went wrong. Try again."))
    else:
        finish_generation(generation_id, drafts, exact, near)


def _ask_model(generation: Generation) -> Sequence[SourcedProposal]:
    material = generation.message.content if generation.message else generation.text
    if material:
        return _from_material(generation, material)
    if generation.skill:
        return propose_for_skill(generation, generation.skill)
    raise NothingToLearnFrom  # its message or its skill has been deleted


def _from_material(generation: Generation, material: str) -> list[SourcedProposal]:
    provider = provider_for(owner=generation.owner, name=generation.provider)
    release_connection()  # the model may take minutes, and connections are few
    prompt = card_prompt(material=material, max_cards=generation.max_cards)
    answer = provider.structured(prompt=prompt, schema=CardProposals, model=generation.model)
    return [SourcedProposal(card, generation.message) for card in answer.cards[: generation.max_cards]]


def _earlier_drafts(generation: Generation) -> list[Card]:
    """The undecided drafts of the same batch, which are not in the index."""
    if generation.batch_id is None:
        return []
    drafts = Card.objects.alive().filter(generation__batch=generation.batch_id, status=CardStatus.DRAFT)
    return list(drafts.order_by("pk"))


def _drafts_of(
    generation: Generation, proposals: Iterable[SourcedProposal], earlier: Sequence[Card]
) -> tuple[list[Card], list[DuplicateRecord]]:
    """Unsaved drafts of the new proposals, and a record of each proposal whose text equals that of a card."""
    drafts: list[Card] = []
    duplicates: list[DuplicateRecord] = []
    for sourced in proposals:
        draft = _draft_of(generation, sourced)
        if draft is None:
            continue
        existing = card_with_same_text(draft, [*earlier, *drafts])
        if existing is None:
            drafts.append(draft)
        else:
            duplicates.append(exact_duplicate(draft, existing))
    return drafts, duplicates


def _draft_of(generation: Generation, sourced: SourcedProposal) -> Card | None:
    """An unsaved draft; None for a proposal without a question or an answer."""
    proposal = sourced.proposal
    for kind in (proposal.kind, CardKind.BASIC.value):  # a cloze without a gap may still be a basic card
        try:
            question, answer = checked_sides(kind, proposal.question, proposal.answer)
        except (EmptySide, NoGap):
            continue
        except MemoryLoopError:
            return None
        draft = Card(
            owner=generation.owner,
            kind=kind,
            question=question,
            answer=answer,
            status=CardStatus.DRAFT,
            message=sourced.message,
            skill=generation.skill,
            generation=generation,
        )
        return set_ordinal(draft, ordinals(kind=kind, question=question)[0])
    return None


def compared_by_meaning(drafts: Sequence[Card], earlier: Sequence[Card] = ()) -> list[NearDuplicate] | None:
    """The near duplicates among the drafts. None when the drafts cannot be compared now; the page says so."""
    try:
        return near_duplicates(drafts, earlier)
    except (EmbedderUnavailable, IndexUnavailable) as error:
        log_failure("Cards are compared by their text only", error)
        return None


@transaction.atomic
def finish_generation(
    generation_id: UUID, drafts: Sequence[Card], exact: list[DuplicateRecord], near: list[NearDuplicate] | None
) -> None:
    """Save the drafts and end the generation. With direct acceptance, they enter the deck, except near duplicates."""
    generation = LIFECYCLE.lock(generation_id)
    if generation is None:
        return  # the sweep has failed it, or the account was deleted
    Card.objects.bulk_create(drafts)
    drafts_by_id = {draft.pk: draft for draft in drafts}
    end_generation(
        generation,
        status=GenerationStatus.DONE,
        duplicates=exact + [_near_record(drafts_by_id[pair.draft_id], pair) for pair in near or []],
        proposed=len(drafts) + len(exact),
        compared_by_meaning=near is not None,
    )
    if generation.accept:
        undecided = {pair.draft_id for pair in near or []}
        accept_drafts(
            generation=generation, accept=[draft_id for draft_id in drafts_by_id if draft_id not in undecided]
        )


def _near_record(draft: Card, near: NearDuplicate) -> DuplicateRecord:
    return {
        "question": draft.question,
        "answer": draft.answer,
        "of": str(near.existing_id),
        "similarity": round(min(near.similarity, 1.0), 3),
        "kind": "near",
        "draft_id": str(draft.pk),
    }
