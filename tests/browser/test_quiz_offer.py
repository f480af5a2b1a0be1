"""An answer that was given a fading card offers a quiz on it, which leads back to the chat."""

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Message, Role
from quiz.models import Review
from tests.factories import CardFactory, ConversationFactory, MessageFactory


def reply_given_cards(owner: User) -> Message:
    """A reply whose text cites the first of two fading cards."""
    due = timezone.now() - timedelta(days=30)
    conversation = ConversationFactory(owner=owner, title="Renal physiology")
    MessageFactory(conversation=conversation, content="How do nephrons filter blood?")
    cards = [
        CardFactory(owner=owner, reviewed=True, due=due, question="What do nephrons filter?", answer="Blood"),
        CardFactory(owner=owner, reviewed=True, due=due, question="What drives filtration?", answer="Pressure"),
    ]
    common = {"kind": "card", "conversation_id": None, "fading": True}
    reason = "You learned this on May 3; recall now 62%"
    pieces = [
        {
            **common,
            "number": number,
            "id": str(card.pk),
            "title": card.question,
            "excerpt": card.answer,
            "reason": reason,
        }
        for number, card in enumerate(cards, start=1)
    ]
    context = [{**piece, "cited": piece["number"] == 1} for piece in pieces]
    content = "Nephrons filter blood under pressure [1]. You are forgetting some of this: the quiz below helps."
    reply: Message = MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=content, context=context)
    return reply


def test_a_quiz_on_the_fading_cards_leads_back_to_the_chat(open_browser: Callable[..., Page], alice: User) -> None:
    reply = reply_given_cards(alice)
    CardFactory(owner=alice, question="Which strings last longest?")
    page = open_browser(alice)
    page.goto(reverse("chat:conversation-detail", args=[reply.conversation_id]))
    expect(page.locator(".quiz-offer")).to_contain_text("2 cards on this are fading.")
    expect(page.locator(".citations")).to_contain_text("What do nephrons filter?")
    page.get_by_role("link", name="Quiz me (2 minutes)").click()
    for question, answer in (("What do nephrons filter?", "Blood"), ("What drives filtration?", "Pressure")):
        expect(page.locator(".question")).to_have_text(question)
        page.keyboard.press("Space")
        expect(page.locator(".answer")).to_have_text(answer)
        page.keyboard.press("3")
    expect(page.get_by_role("heading", name="Quiz done")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".question")).to_have_text("What drives filtration?")
    page.keyboard.press("Space")
    expect(page.locator(".answer")).to_be_visible()
    page.keyboard.press("4")
    page.get_by_role("link", name="Back to the chat").click()
    expect(page.locator(".message.assistant")).to_be_in_viewport()
    expect(page.locator(".quiz-offer")).to_have_count(0)
    assert sorted(Review.objects.values_list("rating", flat=True)) == [3, 4]
