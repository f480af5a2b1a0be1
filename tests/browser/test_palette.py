"""The command palette, by keyboard at a desk and by touch on a phone."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.test_accessibility import faults_on_a_desktop
from tests.factories import CardFactory, ConversationFactory

OpenBrowser = Callable[..., Page]
FIELD = "Page, chat, card or action"

# All letters in one task of the browser: between two key presses, a busy machine can pause for as long as the search.
TYPE_QUICKLY = """(field, text) => {
  for (const letter of text) {
    field.value += letter;
    field.dispatchEvent(new InputEvent('input', {bubbles: true, data: letter}));
  }
}"""


def selected(page: Page) -> str:
    """The text of the selected entry, to which the field refers."""
    chosen = page.get_by_role("combobox", name=FIELD).get_attribute("aria-activedescendant")
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#palette [aria-selected=true]")).to_have_count(1)
    return page.locator(f"#{chosen} .palette-label").inner_text()


def test_the_palette_by_keyboard(open_browser: OpenBrowser, alice: User) -> None:
    chat = ConversationFactory(owner=alice, title="Photosynthesis in leaves")
    CardFactory(owner=alice, question="Where does photosynthesis happen?")
    page = open_browser(alice)
    page.goto(reverse("quiz:review"))
    reveal = page.get_by_role("button", name="Show answer")
    reveal.focus()
    palette, field = page.get_by_role("dialog", name="Jump to"), page.get_by_role("combobox", name=FIELD)
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(8)
    assert selected(page) == "Photosynthesis in leaves"
    assert faults_on_a_desktop(page) == []
    for key, entry in [
        ("ArrowDown", "New chat"),
        ("ArrowUp", "Photosynthesis in leaves"),
        ("ArrowUp", "Keyboard shortcuts"),
        ("ArrowDown", "Photosynthesis in leaves"),
        ("End", "Keyboard shortcuts"),
        ("Home", "Photosynthesis in leaves"),
    ]:
        page.keyboard.press(key)
        assert selected(page) == entry, key
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(reveal).to_be_focused()

    # An action. Its keys rate no card, and another dialog may follow.
    page.keyboard.press("Control+k")
    page.keyboard.type("1 4", delay=20)
    expect(page.get_by_role("option")).to_have_text(["Search everything for “1 4”"])
    field.fill("short")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(reveal).to_be_focused()
    page.keyboard.press("Control+k")
    field.fill("toggle")
    page.keyboard.press("Enter")
    # The system's theme is dark since axe looked at it.
    expect(page.locator("html")).to_have_attribute("data-theme", "light")

    # Typing sends one request after a pause. Enter waits for the entries of what was typed.
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    field.evaluate(TYPE_QUICKLY, "photo leaves")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('chat:conversation-detail', args=[chat.pk])}")
    asked = [re.sub(r".*q=", "", url) for url in requests if "/palette/" in url]
    assert asked in (["", "photo%20leaves"], ["", "photo+leaves"])


def test_the_palette_by_touch(open_browser: OpenBrowser, alice: User) -> None:
    card = CardFactory(owner=alice, question="Where does photosynthesis happen?")
    page = open_browser(alice, size="phone", has_touch=True, is_mobile=True)
    page.goto(reverse("accounts:settings"))
    button, field = page.get_by_role("link", name="Jump to"), page.get_by_role("combobox", name=FIELD)
    button.tap()
    field.fill("photo")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(page.locator("#palette-status")).to_have_text("2 entries")
    assert faults_on_a_desktop(page) == []

    # A query that the server refuses. The list does not stay at what another query found.
    page.route("**/palette/**", lambda route: route.continue_(url=f"{route.request.url}{'x' * 200}"))
    field.fill("photos")
    expect(page.locator("#palette-status")).to_contain_text("at most 200 characters")
    expect(page.get_by_role("option")).to_have_count(0)
    page.unroute("**/palette/**")
    field.fill("photo")
    page.get_by_role("option", name="Where does photosynthesis happen?").tap()
    expect(page).to_have_url(re.compile(reverse("flashcards:card-edit", args=[card.pk])))
