from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.errors import MemoryLoopError
from base.postgresql.acting import keep_acting
from flashcards import services
from flashcards.errors import CardIsDraft, CardTooLong, EmptySide, NoGap, NothingToRestore, SameCard, SidesEqual
from flashcards.models import Card, CardKind, CardState, CardStatus
from goals.services import delete_goal, purge_goals
from search.models import OutboxEntry
from tests.factories import CardFactory, ReviewFactory, SkillNodeFactory

SENTENCE = "The {{c1::mitochondrion}} makes {{c2::ATP}}."


def outbox_entries(card: Card) -> int:
    return OutboxEntry.objects.filter(table="flashcards", entity_id=card.pk).count()


def test_a_basic_card_enters_the_deck_as_new(alice: User) -> None:
    [card] = services.create_card(
        owner=alice, question=" What is ATP? ", answer="Energy", tags=["bio chem", "bio chem"]
    )
    card.refresh_from_db()
    assert (card.question, card.status, card.state, card.tags) == ("What is ATP?", "active", "new", ["bio-chem"])
    assert outbox_entries(card) == 1


def test_a_reverse_note_is_two_cards(alice: User) -> None:
    cards = services.create_card(owner=alice, kind=CardKind.REVERSE, question="Hund", answer="dog")
    assert [card.sides.front for card in cards] == ["Hund", "dog"]
    assert len({card.note_id for card in cards}) == 1


def test_a_cloze_note_is_a_card_for_each_gap(alice: User) -> None:
    cards = services.create_card(owner=alice, kind=CardKind.CLOZE, question=SENTENCE)
    assert [card.ordinal for card in cards] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "question", "answer", "error"),
    [
        ("basic", "  ", "a", EmptySide),
        ("basic", "q", "", EmptySide),
        ("cloze", "no gap", "", NoGap),
        ("reverse", "Same", "same.", SidesEqual),
        ("basic", "q" * 10_001, "a", CardTooLong),
    ],
)
def test_an_invalid_card_is_refused(
    alice: User, kind: str, question: str, answer: str, error: type[MemoryLoopError]
) -> None:
    with pytest.raises(error):
        services.create_card(owner=alice, kind=kind, question=question, answer=answer)
    assert not Card.objects.exists()


def test_the_same_text_is_the_same_card(alice: User) -> None:
    [card] = services.create_card(owner=alice, question="What is ATP?", answer="Energy")
    with pytest.raises(SameCard) as refused:
        services.create_card(owner=alice, question="what is  **ATP**", answer="energy.")
    assert refused.value.card == card


def test_two_users_can_have_the_same_card(alice: User, mallory: User) -> None:
    for owner in (alice, mallory):
        services.create_card(owner=owner, question="What is ATP?", answer="Energy")
    assert Card.objects.count() == 2


def test_a_note_is_created_with_all_its_cards_or_none(alice: User) -> None:
    services.create_card(owner=alice, question="dog", answer="Hund")
    with pytest.raises(SameCard):
        services.create_card(owner=alice, kind="reverse", question="Hund", answer="dog")
    assert alice.cards.count() == 1


def test_an_edit_keeps_the_schedule(alice: User) -> None:
    card = CardFactory(owner=alice, reviewed=True)
    edited = services.edit_card(card=card, question="Better?", tags=["new"])
    assert (edited.question, edited.stability, edited.reps, edited.due) == ("Better?", 10.0, 3, card.due)
    assert edited.answer == card.answer


def test_an_edit_changes_both_cards_of_a_reverse_note(alice: User) -> None:
    first, second = services.create_card(owner=alice, kind="reverse", question="Hund", answer="dog")
    services.edit_card(card=second, question="der Hund")
    first.refresh_from_db()
    assert first.question == "der Hund"


def test_the_sides_of_a_reverse_note_can_be_swapped(alice: User) -> None:
    first, _ = services.create_card(owner=alice, kind="reverse", question="Hund", answer="dog")
    assert services.edit_card(card=first, question="dog", answer="Hund").sides.front == "dog"


def test_an_edit_adds_and_removes_gaps(alice: User) -> None:
    first, second = services.create_card(owner=alice, kind="cloze", question=SENTENCE)
    services.edit_card(card=first, question="The {{c1::mitochondrion}} makes {{c3::energy}}.")
    assert set(alice.cards.alive().values_list("ordinal", flat=True)) == {1, 3}
    second.refresh_from_db()
    assert second.deleted_at is not None


def test_a_card_whose_gap_is_renumbered_keeps_its_schedule(alice: User) -> None:
    [card] = services.create_card(owner=alice, kind="cloze", question="A {{c1::gap}}")
    Card.objects.filter(pk=card.pk).update(reps=7)
    assert services.edit_card(card=card, question="A {{c2::gap}}").reps == 7
    assert alice.cards.alive().count() == 1


def test_an_edit_to_the_text_of_another_card_is_refused(alice: User) -> None:
    [other] = services.create_card(owner=alice, question="q", answer="a")
    [card] = services.create_card(owner=alice, question="r", answer="b")
    with pytest.raises(SameCard) as refused:
        services.edit_card(card=card, question="Q", answer="A")
    assert refused.value.card == other


def test_a_deleted_card_can_be_restored_until_it_is_purged(alice: User) -> None:
    card, now = CardFactory(owner=alice), timezone.now()
    services.delete_card(card=card, at=now)
    services.purge_cards(at=now + timedelta(minutes=59))
    assert services.restore_card(card=card).deleted_at is None
    services.delete_card(card=card, at=now)
    services.purge_cards(at=now + timedelta(minutes=61))
    assert not Card.objects.exists()
    with pytest.raises(NothingToRestore):
        services.restore_card(card=card)


def test_the_text_of_a_deleted_card_can_be_added_again(alice: User) -> None:
    [card] = services.create_card(owner=alice, question="q", answer="a")
    services.delete_card(card=card, at=timezone.now())
    [again] = services.create_card(owner=alice, question="q", answer="a")
    with pytest.raises(SameCard) as refused:
        services.restore_card(card=card)
    assert refused.value.card == again


def test_a_buried_card_returns_when_its_time_has_passed(alice: User) -> None:
    card, now = CardFactory(owner=alice), timezone.now()
    services.bury_cards(cards=[card], until=now + timedelta(hours=1))
    assert not Card.objects.studied(now).exists()
    assert Card.objects.studied(now + timedelta(hours=1)).exists()
    services.unbury_cards(at=now + timedelta(hours=1))
    card.refresh_from_db()
    assert (card.status, card.buried_until) == (CardStatus.ACTIVE, None)


def test_unburying_takes_the_same_number_of_queries_for_any_number_of_cards(
    alice: User, mallory: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for number in (1, 5):
        cards = [
            *CardFactory.create_batch(number, owner=alice, status=CardStatus.BURIED, buried_until=now),
            *CardFactory.create_batch(number, owner=mallory, status=CardStatus.BURIED, buried_until=now),
        ]
        OutboxEntry.objects.all().delete()
        with django_assert_num_queries(12):  # 2 savepoints, cards, outbox; for each owner 2 savepoints, lock, update
            services.unbury_cards(at=now)
        assert not Card.objects.filter(status=CardStatus.BURIED).exists()
        marked = set(OutboxEntry.objects.values_list("owner_id", "entity_id"))
        assert marked == {(card.owner_id, card.pk) for card in cards}


def unbury_and_disconnect(at: datetime) -> None:
    services.unbury_cards(at=at)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_card_that_is_suspended_at_the_same_moment_is_not_unburied(alice: User) -> None:
    now = timezone.now()
    card = CardFactory(owner=alice, status=CardStatus.BURIED, buried_until=now)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        services.suspend_cards(cards=[card])
        pool.submit(keep_acting(unbury_and_disconnect), now).result(20)
    card.refresh_from_db()
    assert card.status == CardStatus.SUSPENDED


def test_a_suspended_card_is_not_studied(alice: User) -> None:
    card = CardFactory(owner=alice)
    services.suspend_cards(cards=[card])
    assert not Card.objects.studied(timezone.now()).exists()
    services.unsuspend_cards(cards=[card])
    assert Card.objects.studied(timezone.now()).get() == card
    assert outbox_entries(card) == 3


def test_a_draft_cannot_be_suspended(alice: User) -> None:
    with pytest.raises(CardIsDraft):
        services.suspend_cards(cards=[CardFactory(owner=alice, status=CardStatus.DRAFT)])


def test_a_reset_card_is_new(alice: User) -> None:
    card = services.reset_card(card=CardFactory(owner=alice, reviewed=True), at=timezone.now())
    card.refresh_from_db()
    assert (card.state, card.stability, card.reps) == (CardState.NEW, None, 0)


def test_tags_are_added_and_removed(alice: User) -> None:
    card = CardFactory(owner=alice, tags=["old", "kept"])
    services.tag_cards(cards=[card], add=["new"], remove=["old"])
    card.refresh_from_db()
    assert card.tags == ["kept", "new"]


def test_cards_and_their_reviews_outlive_the_goal(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    card = CardFactory(owner=alice, skill=skill, reviewed=True)
    review = ReviewFactory(card=card)
    now = timezone.now()
    delete_goal(goal=skill.tree.goal, at=now)
    purge_goals(at=now + timedelta(hours=2))
    card.refresh_from_db()
    assert (card.skill, card.reps, card.deleted_at) == (None, 3, None)
    assert not alice.skill_nodes.exists()
    assert alice.reviews.get() == review
