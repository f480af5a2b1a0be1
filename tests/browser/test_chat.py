"""A conversation in a browser: answers stream, messages are found again, and hostile text does nothing."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Conversation, Role
from providers.models import ProviderName
from tests.factories import ConversationFactory, MessageFactory
from tests.hostile import MARKUP
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn
from tests.waiting import wait_until

OpenBrowser = Callable[..., Page]
NOTES = (
    "Photosynthesis turns light into chemical energy. The light reactions take place in the thylakoid membranes. "
    "The Calvin cycle takes place in the stroma, where rubisco fixes carbon dioxide. "
    "Plants store the sugar that comes out of it as starch."
)
MATHS = "So $E = mc^2$ holds, $\\unknown{<img src=x onerror=alert(1)>}$ does not, and:\n\n$$\n\\colorbox{red}{x}\n$$"
CODE = "```python\nx = 1\n```"


def address_of(conversation: Conversation) -> str:
    return reverse("chat:conversation-detail", args=[conversation.pk])


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_answer_streams_and_survives_a_reload(open_browser: OpenBrowser, alice: User, size: str) -> None:
    page = open_browser(alice, size=size)
    page.goto("/")
    page.get_by_label("Your first message").fill(NOTES)
    page.get_by_role("button", name="Send").click()
    answer = page.locator(".message.assistant .message-body")
    expect(answer).to_contain_text("thylakoid", timeout=15_000)
    expect(page.locator(".writing")).to_have_count(0, timeout=15_000)
    page.reload()
    expect(answer).to_contain_text("thylakoid")
    page.get_by_label("Your message").fill("Where does the Calvin cycle take place?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message")).to_have_count(4)
    expect(page.locator(".writing")).to_have_count(0, timeout=15_000)
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.get_by_label("Your message")).to_have_value("")


def test_a_formula_is_typeset_and_an_invalid_one_stays_text(open_browser: OpenBrowser, alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=MATHS)
    page = open_browser(alice)
    page.goto(address_of(conversation))
    expect(page.locator(".math.inline math")).to_have_count(1)
    expect(page.locator(".math.block math")).to_have_count(1)
    expect(page.locator(".math.as-written")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(".prose [style]").count() == 0


WRITE_WITHOUT_HTTPS = """
Object.defineProperty(navigator, "clipboard", { value: undefined });
document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
"""


def test_code_and_the_markdown_of_a_message_can_be_copied(open_browser: OpenBrowser, alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    source = f"{MATHS}\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n{CODE}"
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=source)
    page = open_browser(alice, permissions=["clipboard-read", "clipboard-write"])
    page.goto(address_of(conversation))
    page.locator("pre").hover()
    page.locator("pre").get_by_role("button", name="Copy").click()
    expect(page.locator("pre").get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "x = 1\n"
    copy_message = page.locator(".message-actions").get_by_role("button", name=re.compile("Cop"))
    copy_message.click()
    expect(copy_message).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == source
    page.evaluate(WRITE_WITHOUT_HTTPS)
    expect(copy_message).to_have_text("Copy")
    copy_message.click()
    expect(copy_message).to_have_text("Copied")
    assert page.evaluate("window.copied") == source


def test_hostile_text_does_nothing_wherever_it_is_shown(open_browser: OpenBrowser, alice: User) -> None:
    for number, text in enumerate(MARKUP):
        conversation = ConversationFactory(owner=alice, title=text[:200].replace("\0", ""))
        MessageFactory(conversation=conversation, content=text.replace("\0", ""))
        MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=f"{number} {text}".replace("\0", ""))
    page = open_browser(alice)
    page.goto("/")
    for row in alice.conversations.all()[:: len(MARKUP) // 12]:
        page.goto(address_of(row))
        expect(page.locator(".message")).to_have_count(2)
    combined = ConversationFactory(owner=alice, title="Everything")
    MessageFactory(conversation=combined, role=Role.ASSISTANT, content="\n\n".join(MARKUP).replace("\0", ""))
    page.goto(address_of(combined))
    expect(page.locator(".message")).to_contain_text("alert(1)")
    assert page.locator(".message :is(script, iframe, img, style, form[action*=evil], [hx-get], [onload])").count() == 0


def test_a_hostile_answer_is_harmless_while_it_streams(
    open_browser: OpenBrowser, alice: User, ollama_up: OllamaStandIn
) -> None:
    ollama_up.reply = "\n\n".join(MARKUP)
    conversation = ConversationFactory(owner=alice, provider=ProviderName.OLLAMA, model=CHAT_MODEL)
    page = open_browser(alice)
    page.goto(address_of(conversation))
    page.get_by_label("Your message").fill("Say something hostile.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.assistant")).to_contain_text("constructor.constructor", timeout=15_000)
    expect(page.locator(".writing")).to_have_count(0, timeout=15_000)
    assert page.locator(".message :is(script, iframe, img, style, [hx-get], [onload])").count() == 0


def test_a_message_is_found_by_its_words_and_opened(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice)
    page.goto("/")
    page.get_by_label("Your first message").fill(NOTES)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message-actions").last).to_be_visible(timeout=15_000)
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    page.get_by_role("searchbox").fill("thylakoid")
    results = page.locator(".result")

    def search_finds_it() -> bool:
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator("#results:not(.stale)")).to_be_visible()  # another Enter would replace this search
        return results.count() > 0

    wait_until(search_finds_it, 20)
    expect(results.first.locator("mark")).to_have_text("thylakoid")
    results.first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("#message-"))
    expect(page.locator(".message:target")).to_contain_text("thylakoid")
