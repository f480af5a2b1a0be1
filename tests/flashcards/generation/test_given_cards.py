"""Cards that a program proposes itself."""

import pytest

from accounts.models import User
from flashcards.errors import NoGap
from flashcards.generation.given_cards import GivenCard, propose_given_cards
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.models import Card
from flashcards.queries import generation_result
from flashcards.services import create_card
from search.services import drain
from search.sync import maintenance

pytestmark = pytest.mark.django_db


def test_they_are_a_generation_that_has_ended(alice: User) -> None:
    given = GivenCard("What makes ATP?", "Mitochondria", tags=["cell biology", "cell biology"])
    generation = propose_given_cards(owner=alice, cards=[given, given])
    assert (generation.status, generation.proposed, generation.can_be_repeated) == (GenerationStatus.DONE, 2, False)
    [proposal] = generation_result(generation).proposals
    assert (proposal.draft.question, proposal.draft.tags) == ("What makes ATP?", ["cell-biology"])
    [repeated] = generation_result(generation).left_out
    assert repeated.question == "What makes ATP?"


def test_one_that_is_not_valid_keeps_all_from_being_made(alice: User) -> None:
    with pytest.raises(NoGap):
        propose_given_cards(owner=alice, cards=[GivenCard("One?", "1"), GivenCard("No gap", "", kind="cloze")])
    assert not Generation.objects.exists()
    assert not Card.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_accepted_cards_enter_the_deck_except_near_duplicates(alice: User) -> None:
    maintenance.maintain_tables()
    create_card(owner=alice, question="What do mitochondria make in a cell?", answer="They make ATP")
    drain()
    near = GivenCard("What do mitochondria make in cells?", "They make ATP")
    new = GivenCard("Who wrote Faust?", "Goethe")
    result = generation_result(propose_given_cards(owner=alice, cards=[near, new], accept=True))
    assert {card.question: card.status for card in result.cards} == {near.question: "draft", new.question: "active"}
    assert [duplicate.record["kind"] for duplicate in result.duplicates] == ["near"]
