"""An answer grows and ends in a browser: nothing that is there moves, blinks or is replaced."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from providers.models import ProviderName
from tests.factories import ConversationFactory, MessageFactory
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn

OpenBrowser = Callable[..., Page]
ANSWER = """First, the energy: $E = mc^2$ holds for all of them, which is a long line that needs some room to be read.

## Then a heading

- one with `code`
- two with **weight**

$$
\\int_0^1 x^2 \\, dx = \\frac{1}{3}
$$

```python
def energy(mass: float) -> float:
    return mass * 299_792_458**2
```

| a | b |
|---|---|
| 1 | 2 |

A last paragraph that says that this is all there is to say about it."""

# Counts what a user would see as a blink or a jump, from now on.
WATCH = """
window.seen = { shifts: 0, animations: 0, replaced: 0 };
new PerformanceObserver((list) => {
  const main = document.querySelector("main"); // the panel beside it shows other things after the end
  for (const entry of list.getEntries())
    if (entry.sources.some(({ node }) => main.contains(node))) window.seen.shifts += entry.value;
}).observe({ type: "layout-shift" });
document.addEventListener("animationstart", ({ target }) => {
  if (target.closest(".message.assistant")?.querySelector(".written .prose")) window.seen.animations += 1;
});
new MutationObserver((records) => {
  for (const record of records)
    for (const node of record.removedNodes)
      if (node.matches?.(".written, .written > .prose, .message")) window.seen.replaced += 1;
}).observe(document.getElementById("thread"), { childList: true, subtree: true });
"""
HEIGHT = "document.querySelector('.message.assistant:last-of-type .message-body').getBoundingClientRect().height"


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_answer_ends_without_a_blink_or_a_jump(
    open_browser: OpenBrowser, alice: User, ollama_up: OllamaStandIn, size: str
) -> None:
    ollama_up.reply, ollama_up.pace = ANSWER, 0.01
    conversation = ConversationFactory(owner=alice, provider=ProviderName.OLLAMA, model=CHAT_MODEL)
    MessageFactory(conversation=conversation, content="An earlier question")
    page = open_browser(alice, size=size)
    page.goto(reverse("chat:conversation-detail", args=[conversation.pk]))
    page.get_by_label("Your message").fill("What is energy?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".written > .prose")).not_to_have_count(0, timeout=15_000)
    page.evaluate(WATCH)
    expect(page.locator(".writing .written .math.block math")).to_be_visible(timeout=15_000)  # before the end
    expect(page.locator(".message-actions")).to_be_visible(timeout=15_000)
    assert page.evaluate("window.seen") == {"shifts": 0, "animations": 0, "replaced": 0}
    expect(page.locator(".writing, .tail, [sse-connect]")).to_have_count(0)
    expect(page.get_by_role("button", name="New text")).to_be_hidden()
    height = page.evaluate(HEIGHT)
    page.reload()
    expect(page.locator(".math.block math")).to_be_visible()
    assert page.evaluate(HEIGHT) == pytest.approx(height, abs=0.5)


def test_a_user_who_has_scrolled_up_is_told_of_new_text(
    open_browser: OpenBrowser, alice: User, ollama_up: OllamaStandIn
) -> None:
    ollama_up.reply, ollama_up.pace = f"{ANSWER}\n\n" * 3, 0.01
    conversation = ConversationFactory(owner=alice, provider=ProviderName.OLLAMA, model=CHAT_MODEL)
    MessageFactory(conversation=conversation, content="A line of an earlier question\n" * 60)
    page = open_browser(alice, size="phone")
    page.goto(reverse("chat:conversation-detail", args=[conversation.pk]))
    page.get_by_label("Your message").fill("What is energy?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".written > .prose")).not_to_have_count(0, timeout=15_000)
    page.evaluate("scrollTo(0, 0)")
    new_text = page.get_by_role("button", name="New text")
    new_text.click(timeout=15_000)
    expect(new_text).to_be_hidden()
    assert page.evaluate("document.scrollingElement.scrollTop") > 0
