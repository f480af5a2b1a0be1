import pytest
from django.utils import timezone

from accounts.models import User
from flashcards import services
from flashcards.indexing import ENTITY, documents, text_of
from flashcards.models import CardStatus
from search.filters import Filter
from search.queries import Mode, find
from search.services import drain
from tests.factories import CardFactory


def test_a_document_holds_the_text_and_the_schedule(alice: User) -> None:
    card = CardFactory(owner=alice, question="What is ATP?", answer="Energy", reviewed=True)
    [document] = documents([card.pk])
    assert (document.owner_id, document.text) == (alice.pk, "What is ATP?\nEnergy")
    assert set(document.columns) == {column.name for column in ENTITY.columns}
    assert (document.columns["state"], document.columns["stability"], document.columns["reps"]) == ("review", 10.0, 3)


def test_a_cloze_is_indexed_without_its_markup(alice: User) -> None:
    [card] = services.create_card(owner=alice, kind="cloze", question="{{c1::Paris::city}} is in France.")
    assert text_of(card) == "Paris is in France."


@pytest.mark.parametrize("fields", [{"status": CardStatus.DRAFT}, {"deleted_at": timezone.now()}])
def test_drafts_and_deleted_cards_are_not_indexed(alice: User, fields: dict[str, object]) -> None:
    assert list(documents([CardFactory(owner=alice, **fields).pk])) == []


@pytest.mark.django_db(transaction=True)
def test_cards_are_found_by_words_and_column_until_they_are_deleted(alice: User, mallory: User) -> None:
    card = CardFactory(owner=alice, question="What does the mitochondrion make?")
    CardFactory(owner=mallory, question="What does the mitochondrion make?")

    def found_ids(**columns: str) -> list[object]:
        filters = [Filter(column, "eq", value) for column, value in columns.items()]
        results = find(owner_id=alice.pk, table="flashcards", query="mitochondrion", mode=Mode.KEYWORD, filters=filters)
        return [hit.entity_id for hit in results.hits]

    drain()
    assert found_ids() == found_ids(status="active") == [card.pk]
    services.suspend_cards(cards=[card])
    drain()
    assert (found_ids(status="active"), found_ids(status="suspended")) == ([], [card.pk])
    services.delete_card(card=card, at=timezone.now())
    drain()
    assert found_ids() == []
