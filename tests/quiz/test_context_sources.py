import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from chat import services
from chat.models import Conversation, LeftOutPiece, Message, Role
from chat.queries import as_last_message
from chat.replies.context import Piece, PieceKind
from chat.replies.prompts import CONTEXT_TOKENS
from chat.replies.retrieval import retrieve_context
from chat.replies.writer import write_reply
from chat.subjects.prompting import goal_section
from flashcards.models import Card, CardKind, CardStatus
from providers.models import ProviderName
from search.services import drain
from tests.factories import CardFactory, ConversationFactory, MessageFactory, SkillNodeFactory, SkillTreeFactory
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)
SIDES = {"question": "What do nephrons filter?", "answer": "Nephrons in the kidney filter the blood."}
QUESTION = "How do nephrons filter blood?"


def card_of(owner: User, *, due_in_days: int = 30, **fields: Any) -> Card:
    """A card that was reviewed ten days before it is due."""
    due = timezone.now() + timedelta(days=due_in_days)
    card: Card = CardFactory(owner=owner, reviewed=True, due=due, **{**SIDES, **fields})
    return card


def given(owner: User, question: str = QUESTION) -> list[Piece]:
    drain()
    asked = Message(conversation=Conversation(owner=owner), owner=owner, role=Role.USER, content=question)
    return retrieve_context([asked], in_prompt=())


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


@pytest.fixture
def with_model(conversation: Conversation, ollama: OllamaStandIn) -> Conversation:
    conversation.provider, conversation.model = ProviderName.OLLAMA, CHAT_MODEL
    conversation.save()
    return conversation


def replied(conversation: Conversation) -> Message:
    drain()
    reply = services.send_message(conversation=conversation, content=QUESTION).reply
    write_reply(reply_id=reply.pk)
    reply.refresh_from_db()
    return reply


def test_a_fading_card_says_when_it_was_learned_and_how_well_it_is_recalled(alice: User) -> None:
    learned = timezone.now() - timedelta(days=400)
    card = card_of(alice, due_in_days=-30, created_at=learned)
    [piece] = given(alice)
    recall = round(100 * (card.retrievability(timezone.now()) or 0))
    assert piece.reason == f"You learned this on {date_format(learned, 'DATE_FORMAT')}; recall now {recall}%"
    assert piece.extract.title == f"Flashcard, learned {learned:%Y-%m-%d}, recall now {recall}%, fading"
    assert piece.extract.text == f"Question: {card.question}\nAnswer: {card.answer}"
    stored = piece.stored(1)
    assert (stored["kind"], stored["id"], stored["title"]) == ("card", str(card.pk), card.question)
    assert stored["fading"]


def test_other_cards_about_the_question_are_given_without_an_offer(alice: User) -> None:
    card_of(alice, last_review=timezone.now())
    [piece] = given(alice)
    assert (piece.reason, piece.extract.fading) == ("One of your cards; recall now 100%", False)
    Card.objects.update(stability=None, last_review=None, state="new")
    assert [piece.reason for piece in given(alice)] == ["One of your new cards"]


def test_only_own_studied_cards_about_the_question_are_given(alice: User, mallory: User) -> None:
    card_of(alice, status=CardStatus.SUSPENDED)
    card_of(alice, question="Which guitar strings last longest?", answer="Coated ones.")
    card_of(mallory, question="What do nephrons of the kidney filter?")
    assert given(alice) == []


def test_a_card_that_is_left_out_of_a_conversation_is_not_given_there(conversation: Conversation) -> None:
    card = card_of(conversation.owner)
    assert [piece["id"] for piece in replied(conversation).context] == [str(card.pk)]
    LeftOutPiece.objects.create(conversation=conversation, owner=conversation.owner, kind="card", piece_id=card.pk)
    assert replied(conversation).context == []


def test_at_most_three_cards_come_and_one_of_each_note(alice: User) -> None:
    first = card_of(alice)
    card_of(alice, question="What do the nephrons filter?", note_id=first.note_id, ordinal=1)
    for number in range(4):
        card_of(
            alice, question=f"Do nephrons filter thing{number} of part{number}?", answer=f"kind{number} fact{number}"
        )
    pieces = given(alice)
    assert [piece.kind for piece in pieces] == [PieceKind.CARD] * 3
    assert len({piece.source.note_id for piece in pieces if isinstance(piece.source, Card)}) == 3


def test_a_card_that_repeats_a_message_is_given_only_if_it_fades(alice: User) -> None:
    MessageFactory(conversation__owner=alice, content=f"Notes. {SIDES['question']} {SIDES['answer']} They are small.")
    card_of(alice, last_review=timezone.now())
    assert [piece.kind for piece in given(alice)] == [PieceKind.MESSAGE]
    Card.objects.update(due=timezone.now(), last_review=timezone.now() - timedelta(days=90))
    assert [piece.kind for piece in given(alice)] == [PieceKind.CARD, PieceKind.MESSAGE]


def test_a_cloze_card_is_quoted_without_its_gap(alice: User) -> None:
    card_of(alice, kind=CardKind.CLOZE, question="Nephrons {{c1::filter}} the blood.", answer="", ordinal=1)
    [piece] = given(alice)
    assert piece.extract.text == "Nephrons **filter** the blood."
    assert (piece.title, piece.excerpt) == ("Nephrons […] the blood.", "Nephrons filter the blood.")


def test_cards_share_the_budget_with_long_messages(alice: User) -> None:
    for number in range(12):
        content = f"Nephrons filter blood, part {number}: " + f"nephron{number} filters blood. " * 100
        MessageFactory(conversation__owner=alice, content=content)
    card_of(alice, answer="Nephrons filter blood in the kidney. " * 200)
    pieces = given(alice)
    assert {piece.kind for piece in pieces} == {PieceKind.CARD, PieceKind.MESSAGE}
    assert CONTEXT_TOKENS / 2 < sum(piece.extract.tokens for piece in pieces) <= CONTEXT_TOKENS


def test_a_reply_that_was_given_a_fading_card_offers_a_quiz_until_it_is_reviewed(
    with_model: Conversation, ollama: OllamaStandIn
) -> None:
    card = card_of(with_model.owner, due_in_days=-30)
    ollama.reply = "They filter it [1]."
    reply = replied(with_model)
    item = as_last_message(reply)
    assert item.fading_cards == [str(card.pk)]
    [source] = item.citations
    assert (source.title, source.url) == (card.question, f"/cards/{card.pk}/")
    assert reply.citations == []  # the API's citations are messages
    Card.objects.update(due=timezone.now() + timedelta(days=9), last_review=timezone.now())
    assert as_last_message(reply).fading_cards == []


def test_the_model_is_told_to_offer_the_quiz_only_for_a_fading_card(
    with_model: Conversation, ollama: OllamaStandIn
) -> None:
    card_of(with_model.owner, due_in_days=-30)
    replied(with_model)
    Card.objects.update(due=timezone.now() + timedelta(days=9), last_review=timezone.now())
    replied(with_model)
    fading, fresh = [str(call.body) for call in ollama.calls if call.path == "/api/chat"]
    assert "offer in one sentence" in fading
    assert "Nephrons in the kidney filter the blood." in fading
    assert "offer in one sentence" not in fresh


def test_the_built_in_tutor_offers_the_quiz(conversation: Conversation) -> None:
    card_of(conversation.owner, due_in_days=-30)
    reply = replied(conversation)
    assert "Nephrons in the kidney filter the blood. [1]" in reply.content
    assert reply.content.endswith("a short quiz on them is below.")


def test_a_deleted_card_is_no_longer_linked(with_model: Conversation, ollama: OllamaStandIn) -> None:
    card_of(with_model.owner, due_in_days=-30)
    ollama.reply = "They filter it [1]."
    reply = replied(with_model)
    Card.objects.update(deleted_at=timezone.now())
    item = as_last_message(reply)
    assert ([source.url for source in item.citations], item.fading_cards) == ([""], [])


def test_the_prompt_of_a_chat_about_a_goal_has_the_mastery_of_its_skills(alice: User) -> None:
    known, fading, new = (
        SkillNodeFactory(tree=tree, title=title, position=place)
        for tree in [SkillTreeFactory(goal__owner=alice)]
        for place, title in enumerate(("Nouns", "Past", "Numbers"))
    )
    at = timezone.now()
    CardFactory(owner=alice, skill=known, reviewed=True, stability=1_000.0, last_review=at)
    CardFactory(owner=alice, skill=fading, reviewed=True, stability=1.0, last_review=at - timedelta(days=30))
    section = goal_section(ConversationFactory(owner=alice, goal=new.tree.goal), at=at)
    assert "- Nouns: 100%\n" in section
    assert re.search(r"- Past: [3-7]\d%, fading\n- Numbers: no cards yet$", section)
