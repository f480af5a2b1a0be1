"""The worker's part of a generation: ask the model, sort out duplicates, keep the rest as drafts."""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from base.connections import release_connection
from base.errors import MemoryLoopError
from flashcards.content.faces import ordinals
from flashcards.content.notes import checked_sides, stamp
from flashcards.errors import EmptySide, NoGap
from flashcards.generation.duplicates import Alike, alike, same_as
from flashcards.generation.prompts import card_prompt
from flashcards.generation.services import accept_drafts, exact_duplicate, fail_generation
from flashcards.models import Card, CardKind, CardStatus, Generation, GenerationStatus
from providers.gateway import provider_for
from providers.types import CardProposal, CardProposals
from search.errors import EmbedderUnavailable, IndexUnavailable

logger = logging.getLogger(__name__)

SIGN_OF_LIFE = 5.0  # seconds between two


def propose_cards(*, generation_id: UUID) -> None:
    """Write the generation's drafts, or why there are none; nothing when another worker has it or it is over."""
    generation = _claim(generation_id)
    if generation is None:
        return
    try:
        with _signs_of_life(generation_id):
            proposals = _ask(generation)
            drafts, duplicates = _sorted_out(generation, proposals)
            found = _alike(drafts)
    except MemoryLoopError as error:
        fail_generation(generation_id=generation_id, code=error.code, detail=error.detail)
    except Exception:
        logger.exception("Generation %s failed", generation_id)
        fail_generation(generation_id=generation_id, code="failed", detail=_("Something went wrong. Try again."))
    else:
        _finish(generation_id, drafts, duplicates, found)


def _claim(generation_id: UUID) -> Generation | None:
    unclaimed = Generation.objects.filter(pk=generation_id, status=GenerationStatus.RUNNING, heartbeat_at=None)
    if not unclaimed.update(heartbeat_at=timezone.now()):
        return None
    return Generation.objects.select_related("owner", "message").filter(pk=generation_id).first()


@contextmanager
def _signs_of_life(generation_id: UUID) -> Iterator[None]:
    """A model may think for minutes: meanwhile say that this worker lives."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(SIGN_OF_LIFE):
            try:
                Generation.objects.filter(pk=generation_id).update(heartbeat_at=timezone.now())
            except Error as error:
                logger.warning("No sign of life for generation %s: %s", generation_id, error)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"generation-{generation_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _ask(generation: Generation) -> Sequence[CardProposal]:
    material = generation.message.content if generation.message else generation.text
    provider = provider_for(owner=generation.owner, name=generation.provider)
    release_connection()  # the model may take minutes, and connections are few
    prompt = card_prompt(material=material, most=generation.max_cards)
    answer = provider.structured(prompt=prompt, schema=CardProposals, model=generation.model)
    return answer.cards[: generation.max_cards]


def _sorted_out(
    generation: Generation, proposals: Iterable[CardProposal]
) -> tuple[list[Card], list[dict[str, object]]]:
    """Drafts of what is new, and a note on each proposal that says exactly what a card says."""
    drafts: list[Card] = []
    duplicates: list[dict[str, object]] = []
    for proposal in proposals:
        draft = _draft(generation, proposal)
        if draft is None:
            continue
        of = same_as(draft, drafts)
        if of is None:
            drafts.append(draft)
        else:
            duplicates.append(exact_duplicate(draft, of))
    return drafts, duplicates


def _draft(generation: Generation, proposal: CardProposal) -> Card | None:
    """An unsaved draft; None for a proposal that has nothing to ask or to answer."""
    for kind in (proposal.kind, CardKind.BASIC.value):  # a cloze without a gap may still be a question
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
            message=generation.message,
            generation=generation,
        )
        return stamp(draft, ordinals(kind=kind, question=question)[0])
    return None


def _alike(drafts: Sequence[Card]) -> list[Alike] | None:
    """None when nobody can say now; the page tells the person so."""
    try:
        return alike(drafts)
    except (EmbedderUnavailable, IndexUnavailable) as error:
        logger.warning("Cards are compared to the letter only: %s", error)
        return None


@transaction.atomic
def _finish(
    generation_id: UUID, drafts: Sequence[Card], duplicates: list[dict[str, object]], found: list[Alike] | None
) -> None:
    generation = Generation.objects.select_for_update().filter(pk=generation_id).first()
    if generation is None or generation.status != GenerationStatus.RUNNING:
        return  # the sweep took this worker for dead, or the account is gone
    Card.objects.bulk_create(drafts)
    by_id = {draft.pk: draft for draft in drafts}
    generation.duplicates = duplicates + [_near(by_id[pair.draft], pair) for pair in found or []]
    generation.proposed = len(drafts) + len(duplicates)
    generation.compared_by_meaning = found is not None
    generation.status, generation.finished_at = GenerationStatus.DONE, timezone.now()
    generation.save(update_fields=["duplicates", "proposed", "compared_by_meaning", "status", "finished_at"])
    if generation.accept:
        doubtful = {pair.draft for pair in found or []}
        accept_drafts(generation=generation, accept=[key for key in by_id if key not in doubtful])


def _near(draft: Card, pair: Alike) -> dict[str, object]:
    return {
        "question": draft.question,
        "answer": draft.answer,
        "of": str(pair.of),
        "similarity": round(min(pair.similarity, 1.0), 3),
        "kind": "near",
        "draft_id": str(draft.pk),
    }
