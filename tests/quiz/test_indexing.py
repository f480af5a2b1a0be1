from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from quiz.indexing import ENTITY, documents
from quiz.services import rate_card, undo_review
from search.services import drain
from tests.factories import CardFactory, ReviewFactory
from tests.search.reading import table_of


def stored(review_id: UUID) -> list[dict[str, object]]:
    return [dict(row) for row in table_of(ENTITY).stored([review_id])]


def test_a_document_has_columns_and_no_text(alice: User) -> None:
    review = ReviewFactory(card__owner=alice)
    [document] = documents([review.pk])
    assert (document.owner_id, document.text) == (alice.pk, "")
    assert set(document.columns) == {column.name for column in ENTITY.columns}
    assert (document.columns["card_id"], document.columns["rating"]) == (review.card_id, 3)


@pytest.mark.django_db(transaction=True)
def test_a_review_is_added_to_the_index_and_removed_by_its_undo(alice: User) -> None:
    card, now = CardFactory(owner=alice), timezone.now()
    review = rate_card(owner=alice, card_id=card.pk, rating=3, review_id=uuid4(), at=now)
    drain()
    assert len(stored(review.pk)) == 1
    undo_review(owner=alice, at=now)
    drain()
    assert stored(review.pk) == []
