"""A selection inside a message can be remembered, by mouse and by keyboard, and is then listed in the settings."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Role
from tests.factories import ConversationFactory, MessageFactory

ANSWER = "Kidneys **filter** the blood at $p > 8$ kPa:\n\n- in the glomerulus\n- under pressure\n\nThe rest is `urine`."

# Selects from the first occurrence of one text to the end of another, as a browser with caret browsing does by Shift.
SELECT = """([from, to]) => {
  const walker = document.createTreeWalker(document.querySelector(".message.assistant .message-body"), 4);
  let start, end;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!start && node.data.includes(from)) start = [node, node.data.indexOf(from)];
    if (node.data.includes(to)) end = [node, node.data.indexOf(to) + to.length];
  }
  getSelection().setBaseAndExtent(...start, ...end);
}"""


def test_selected_text_is_remembered(open_browser: Callable[..., Page], alice: User) -> None:
    conversation = ConversationFactory(owner=alice, title="Renal physiology")
    MessageFactory(conversation=conversation, content="How do kidneys work?")
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=ANSWER)
    page = open_browser(alice)
    page.goto(reverse("chat:conversation-detail", args=[conversation.pk]))
    expect(page.locator(".math.typeset")).to_have_count(1)
    remember = page.get_by_role("button", name="Remember", exact=True)
    expect(remember).to_be_hidden()
    # By keyboard: Tab goes from the selection to the button, and Escape hides it.
    page.evaluate(SELECT, ["blood at", "in the glomerulus"])
    expect(remember).to_be_visible()
    page.keyboard.press("Escape")
    expect(remember).to_be_hidden()
    page.evaluate(SELECT, ["filter", "in the glomerulus"])
    expect(remember).to_be_visible()
    page.keyboard.press("Tab")
    expect(remember).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Remembered.")
    expect(remember).to_be_hidden()
    # By mouse: a triple click selects a paragraph, and its end is after the message.
    page.get_by_text("The rest is").click(click_count=3)
    remember.click()
    expect(remember).to_be_hidden()
    page.goto(reverse("passages:passage-list"))
    expect(page.locator(".passage-text")).to_have_text(
        ["The rest is urine.", "filter the blood at p > 8 kPa:\nin the glomerulus"]
    )
    page.get_by_role("link", name="Renal physiology").first.click()
    expect(page.locator(".message.assistant")).to_be_in_viewport()
