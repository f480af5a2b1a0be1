"""Finds the card that a proposal repeats: with the same text, or with nearly the same meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flashcards.indexing import text_of
from flashcards.models import Card
from search.queries import embed_texts, embedding_backend, nearest

# The lowest cosine similarity at which two cards are shown side by side, by embedding backend:
# docs/decisions/0011-near-duplicates-are-shown-from-a-low-similarity.md.
MIN_SIMILARITY = {"builtin": 0.75, "ollama": 0.88}


@dataclass(frozen=True)
class NearDuplicate:
    """A draft that says nearly the same as an existing card, which is in the deck or an earlier draft."""

    draft_id: UUID
    existing_id: UUID
    similarity: float


def card_with_same_text(draft: Card, earlier: Sequence[Card]) -> Card | None:
    """The card with the draft's fingerprint, in the deck or among the earlier drafts."""
    in_deck = Card.objects.in_deck().filter(owner_id=draft.owner_id, fingerprint=draft.fingerprint).first()
    return in_deck or next((card for card in earlier if card.fingerprint == draft.fingerprint), None)


def near_duplicates(drafts: Sequence[Card], earlier: Sequence[Card] = ()) -> list[NearDuplicate]:
    """For each draft the most similar card, if it is similar enough.

    It is looked for in the deck, among the drafts before it, and among those of `earlier`.
    Raises EmbedderUnavailable or IndexUnavailable.
    """
    if not drafts:
        return []
    threshold = MIN_SIMILARITY[embedding_backend()]
    pairs = [*_pairs_with_deck(drafts), *_pairs_among(drafts, earlier)]
    most_similar: dict[UUID, NearDuplicate] = {}
    for pair in sorted(pairs, key=lambda pair: pair.similarity):
        if pair.similarity >= threshold:
            most_similar[pair.draft_id] = pair
    return [most_similar[draft.pk] for draft in drafts if draft.pk in most_similar]


def _pairs_with_deck(drafts: Sequence[Card]) -> list[NearDuplicate]:
    owner_id = drafts[0].owner_id
    hits = nearest(owner_id=owner_id, table="flashcards", texts=[text_of(draft) for draft in drafts], limit=3)
    ids = {hit.entity_id for hits_of_draft in hits for hit in hits_of_draft}
    # The index may be behind: only cards that are in the deck now can be shown beside a draft.
    in_deck = set(Card.objects.in_deck().filter(owner_id=owner_id, pk__in=ids).values_list("pk", flat=True))
    return [
        NearDuplicate(draft.pk, hit.entity_id, hit.score)
        for draft, hits_of_draft in zip(drafts, hits, strict=True)
        for hit in hits_of_draft
        if hit.entity_id in in_deck
    ]


def _pairs_among(drafts: Sequence[Card], earlier: Sequence[Card]) -> list[NearDuplicate]:
    cards = [*earlier, *drafts]
    vectors = embed_texts([text_of(card) for card in cards])
    return [
        NearDuplicate(draft.pk, before.pk, float(vector @ vector_before))
        for index, (draft, vector) in enumerate(zip(drafts, vectors[len(earlier) :], strict=True), len(earlier))
        for before, vector_before in zip(cards[:index], vectors[:index], strict=True)
        if vector is not None and vector_before is not None
    ]
