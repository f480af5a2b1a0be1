"""The tools of cards and reviews."""

from uuid import UUID, uuid4

import pytest

from accounts.models import User
from flashcards.models import Card, CardStatus
from flashcards.services import create_card
from quiz.models import Review
from search.services import drain
from search.sync import maintenance
from tests.factories import CardFactory, SkillNodeFactory
from tests.mcp_server.programs import in_memory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_card_is_asked_revealed_rated_once_and_the_rating_undone(alice: User) -> None:
    card: Card = CardFactory(owner=alice, question="What makes ATP?", answer="Mitochondria", tags=["cells"])
    program = in_memory(alice)
    due = program.call("list_due_cards")
    assert due["counts"] == {"new": 1, "learning": 0, "review": 0}
    [asked] = due["items"]
    assert (asked["id"], asked["question"], asked["tags"], asked["reps"]) == (
        str(card.pk),
        "What makes ATP?",
        ["cells"],
        0,
    )
    assert "Mitochondria" not in str(due)
    assert program.call("reveal_card", card_id=asked["id"]) == asked | {"answer": "Mitochondria"}

    answer = {"card_id": asked["id"], "rating": 4, "review_id": str(uuid4()), "reps": 0}
    rated = program.call("rate_card", **answer)
    assert (rated["reps"], rated["state"], rated["due"] > asked["due"]) == (1, "review", True)
    assert program.call("rate_card", **answer) == rated
    assert Review.objects.count() == 1
    late = {**answer, "review_id": str(uuid4())}
    assert program.error_of("rate_card", **late) == "This card was answered in the meantime. Reload it."
    assert "rating" in program.error_of("rate_card", **{**answer, "rating": 5})

    assert program.call("undo_rating")["reps"] == 0
    assert program.error_of("undo_rating") == "There is no answer to undo."
    assert not Review.objects.exists()


def test_created_cards_are_drafts_unless_they_are_accepted(alice: User) -> None:
    maintenance.maintain_tables()
    [existing] = create_card(owner=alice, question="What makes ATP?", answer="Mitochondria")
    drain()
    program = in_memory(alice)
    cards = [
        {"question": "What makes ATP?", "answer": "Mitochondria"},
        {"question": "What do ribosomes make?", "answer": "Proteins", "tags": ["cells"]},
    ]
    proposed = program.call("create_cards", cards=cards)
    [created] = proposed["cards"]
    assert (created["question"], created["status"]) == ("What do ribosomes make?", "draft")
    assert proposed["duplicates"] == [
        {"question": "What makes ATP?", "kind": "exact", "similarity": 1.0, "existing_id": str(existing.pk)}
    ]
    draft = Card.objects.get(pk=created["id"])
    assert (draft.status, draft.tags, draft.generation_id) == (
        CardStatus.DRAFT,
        ["cells"],
        UUID(proposed["proposal_id"]),
    )
    accepted = program.call(
        "create_cards", cards=[{"question": "Cloze {{c1::gap}} {{c2::two}}", "kind": "cloze"}], accept=True
    )
    assert {card["status"] for card in accepted["cards"]} == {"active"}
    assert Card.objects.in_deck().filter(owner=alice, kind="cloze").count() == 2


def test_cards_for_a_skill_are_all_kept_or_none(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    program = in_memory(alice)
    cards = [{"question": "One?", "answer": "1"}, {"question": "Two?", "answer": " "}]
    assert program.error_of("create_cards", cards=cards) == "A card needs a question and an answer."
    assert not Card.objects.exists()
    assert "cards" in program.error_of("create_cards", cards=[])

    program.call("create_cards", cards=cards[:1], skill_id=str(skill.pk))
    assert Card.objects.get().skill == skill
