"""Which proposals say what a card says already: to the letter, or nearly in meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from flashcards.indexing import text_of
from flashcards.models import Card
from search.embedders import Rejected
from search.index.identity import wanted_embedder
from search.queries import nearest

# Cosine from which two cards are shown side by side. Measured for the built-in model on 14 pairs that say the same and
# 15 that only sound alike (capital of France, of Germany): 0.75 shows 79 % of the first and 27 % of the second, 0.85
# shows 29 % and 7 %. A pair too many costs a glance, a missed one a doubled card. Ollama's model lies closer together.
ALIKE_FROM = {"builtin": 0.75, "ollama": 0.88}


@dataclass(frozen=True)
class Alike:
    """`draft` is nearly what `of` says, which may be in the deck or another draft."""

    draft: UUID
    of: UUID
    similarity: float


def same_as(draft: Card, earlier: Sequence[Card]) -> Card | None:
    """The card that says exactly this: in the deck, or among the drafts before it."""
    in_deck = Card.objects.in_deck().filter(owner_id=draft.owner_id, fingerprint=draft.fingerprint).first()
    return in_deck or next((card for card in earlier if card.fingerprint == draft.fingerprint), None)


def alike(drafts: Sequence[Card]) -> list[Alike]:
    """Each draft's nearest card, in the deck or among the drafts before it, as far as it is near enough.

    Raises EmbedderUnavailable or IndexUnavailable: then nobody knows.
    """
    if not drafts:
        return []
    threshold = ALIKE_FROM[wanted_embedder().backend]
    found = [*_alike_in_deck(drafts), *_alike_among(drafts)]
    best: dict[UUID, Alike] = {}
    for pair in sorted(found, key=lambda pair: pair.similarity):
        if pair.similarity >= threshold:
            best[pair.draft] = pair
    return [best[draft.pk] for draft in drafts if draft.pk in best]


def _alike_in_deck(drafts: Sequence[Card]) -> list[Alike]:
    owner_id = drafts[0].owner_id
    hits = nearest(owner_id=owner_id, table="flashcards", texts=[text_of(draft) for draft in drafts], limit=3)
    ids = {hit.entity_id for of_one in hits for hit in of_one}
    # The index may be behind: only what is in the deck now can be shown beside a draft.
    there = set(Card.objects.in_deck().filter(owner_id=owner_id, pk__in=ids).values_list("pk", flat=True))
    return [
        Alike(draft.pk, hit.entity_id, hit.score)
        for draft, of_one in zip(drafts, hits, strict=True)
        for hit in of_one
        if hit.entity_id in there
    ]


def _alike_among(drafts: Sequence[Card]) -> list[Alike]:
    answers = wanted_embedder().embed_documents([text_of(draft) for draft in drafts])
    vectors = [None if isinstance(vector, Rejected) else vector for vector in answers]
    return [
        Alike(draft.pk, drafts[position].pk, float(np.dot(vector, earlier)))
        for number, (draft, vector) in enumerate(zip(drafts, vectors, strict=True))
        for position, earlier in enumerate(vectors[:number])
        if vector is not None and earlier is not None
    ]
