"""The way from a link to a message in a long conversation."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Message
from tests.factories import ConversationFactory, long_thread

OpenBrowser = Callable[..., Page]
OUTLINE = "getComputedStyle(document.querySelector('.found .message-body')).outlineColor"
END_ANIMATION = "document.querySelector('.found .message-body').getAnimations().forEach((one) => one.finish())"
TOP = "(message) => message.getBoundingClientRect().top / innerHeight"


@pytest.fixture
def messages(alice: User) -> list[Message]:
    """A conversation of 115 messages, of which a page shows 100."""
    return long_thread(ConversationFactory(owner=alice, title="A long chat"), 115)


def test_a_link_shows_focuses_and_marks_its_message(open_browser: OpenBrowser, messages: list[Message]) -> None:
    hit, cited = messages[10], messages[20]
    citation = {"number": 1, "conversation_id": str(hit.conversation_id), "message_id": str(cited.pk)}
    messages[11].citations = [{**citation, "title": "Above", "excerpt": "Number 20."}]
    messages[11].save()
    page = open_browser(hit.owner)
    page.goto(hit.get_absolute_url())
    shown = page.locator(f"#message-{hit.pk}")
    expect(shown).to_be_focused()
    expect(shown).to_have_class(re.compile("found"))
    expect(page.locator(".thread .message").nth(3)).to_have_id(f"message-{hit.pk}")
    expect(page.locator(".thread .message").nth(2)).to_be_in_viewport()
    assert 0.1 < shown.evaluate(TOP) < 0.4
    marked = page.evaluate(OUTLINE)
    page.evaluate(END_ANIMATION)
    assert page.evaluate(OUTLINE) != marked
    page.keyboard.press("Tab")
    expect(page.locator(f"#message-{messages[11].pk} a").first).to_be_focused()

    # The source is on this page, so the page is not loaded again; Back returns to the place where the user was.
    page.evaluate("window.stays = true")
    page.keyboard.press("Enter")
    target = page.locator(f"#message-{cited.pk}")
    expect(target).to_be_focused()
    expect(target).to_have_class(re.compile("found"))
    expect(page).to_have_url(re.compile(f"message={cited.pk}#message-{cited.pk}$"))
    page.go_back()
    expect(page).to_have_url(re.compile(f"message={hit.pk}#message-{hit.pk}$"))
    expect(shown).to_be_in_viewport()
    assert page.evaluate("window.stays") is True


def test_more_of_a_long_conversation_is_loaded_in_place(open_browser: OpenBrowser, messages: list[Message]) -> None:
    hit = messages[11]
    Message.objects.filter(pk=hit.pk).update(superseded=True)
    page = open_browser(hit.owner, size="phone")
    page.goto(hit.get_absolute_url())
    expect(page.locator(f"#message-{messages[12].pk}")).to_be_focused()  # what came after the answer that was replaced
    expect(page.locator(".message")).to_have_count(100)
    first = page.locator(f"#message-{messages[8].pk}")
    link = page.get_by_role("link", name="Show earlier")
    link.scroll_into_view_if_needed()
    before = first.evaluate(TOP)
    link.click()
    expect(page.locator(".message")).to_have_count(108)
    expect(page.locator(f"#message-{messages[7].pk}")).to_be_focused()
    assert abs(first.evaluate(TOP) - before) < 0.01
    page.get_by_role("link", name="Show later").click()
    expect(page.locator(f"#message-{messages[109].pk}")).to_be_focused()
    expect(page.get_by_role("link", name="Show later")).to_have_count(0)
    expect(page.locator(".message")).to_have_count(114)
    address = reverse("chat:conversation-detail", args=[hit.conversation_id])
    expect(page).to_have_url(re.compile(f"{address}[?]message={hit.pk}"))
