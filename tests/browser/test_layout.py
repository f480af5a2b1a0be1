"""Sizes and positions: type, the left edge, formulas and tables that scroll, right-to-left text, and toasts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Conversation, Role
from flashcards.services import create_card
from tests.browser.pages import visit
from tests.factories import ConversationFactory, MessageFactory

OpenBrowser = Callable[..., Page]
NUMBERS = " & ".join(map(str, range(1, 21)))
MATRIX = f"\\begin{{pmatrix}} {NUMBERS} \\end{{pmatrix}}"
TABLE = """| Enzyme | What it does | Where | Temperature |
|--|--|--|--:|
| Rubisco | fixes carbon dioxide in the first step of the Calvin cycle | stroma | 25 |
"""
ARABIC = "ما هو التمثيل الضوئي؟ اشرح لي كيف يعمل في النباتات الخضراء بالتفصيل الممل حتى أفهمه جيدا"
HEBREW = "תסביר לי בבקשה איך עובדת הפוטוסינתזה בצמחים ירוקים ומה קורה בכל אחד מהשלבים שלה"
# The numbers of a matrix as shown: their width, whether each is on one line, and whether scrolling reaches it.
SHOWN_NUMBERS = """(block) => [...block.querySelectorAll('mn')].map((number) => {
  const range = document.createRange();
  range.selectNodeContents(number);
  const text = range.getBoundingClientRect();
  const start = text.left - block.getBoundingClientRect().left + block.scrollLeft;
  const oneLine = text.height < 2 * parseFloat(getComputedStyle(number).fontSize);
  const reachable = start >= 0 && start + text.width <= block.scrollWidth;
  return {text: number.textContent, width: text.width, oneLine, reachable};
})"""
BOX = """(element) => {
  const {left, top, right, bottom} = element.getBoundingClientRect();
  return {left, top, right, bottom};
}"""


def style_of(page: Page, selector: str, name: str) -> str:
    value: str = page.locator(selector).first.evaluate(f"(element) => getComputedStyle(element)[{name!r}]")
    return value


@pytest.fixture
def conversation(alice: User) -> Conversation:
    conversation: Conversation = ConversationFactory(owner=alice, title="Matrices")
    MessageFactory(conversation=conversation, content="Show me.")
    content = f"A row ${MATRIX}$ inside a sentence.\n\n$$\n{MATRIX}\n$$\n\n{TABLE}"
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=content)
    return conversation


def open_conversation(page: Page, conversation: Conversation) -> None:
    visit(page, reverse("chat:conversation-detail", args=[conversation.pk]))


def test_text_and_controls_have_their_sizes(open_browser: OpenBrowser, alice: User, conversation: Conversation) -> None:
    create_card(owner=alice, question="First?", answer="Yes")
    page = open_browser(alice)
    open_conversation(page, conversation)
    assert style_of(page, "html", "fontSize") == "16px"
    assert style_of(page, "body", "fontSize") == "15px"
    assert (style_of(page, ".prose", "fontSize"), style_of(page, ".prose", "lineHeight")) == ("17px", "27.2px")
    visit(page, "/cards/")
    assert {style_of(page, selector, "height") for selector in ("main .button", "main input", "main select")} == {
        "40px"
    }
    for width in (390, 800, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        visit(page, "/review/")
        assert 22 <= float(style_of(page, ".question", "fontSize").removesuffix("px")) <= 28


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("kind", ["inline", "block"])
def test_a_formula_keeps_every_digit_and_scrolls(
    open_browser: OpenBrowser, alice: User, conversation: Conversation, size: str, kind: str
) -> None:
    page = open_browser(alice, size=size)
    open_conversation(page, conversation)
    numbers: list[dict[str, Any]] = page.locator(f".math.{kind}").evaluate(SHOWN_NUMBERS)
    assert [number["text"] for number in numbers] == [str(number) for number in range(1, 21)]
    assert [number["text"] for number in numbers if not (number["oneLine"] and number["reachable"])] == []
    assert min(number["width"] for number in numbers[9:]) > 1.7 * numbers[0]["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_table_on_a_phone_scrolls_without_breaking_words(
    open_browser: OpenBrowser, alice: User, conversation: Conversation
) -> None:
    page = open_browser(alice, size="phone")
    open_conversation(page, conversation)
    table = page.locator(".prose .scroll")
    assert table.evaluate("(element) => element.scrollWidth > element.clientWidth")
    widths: list[float] = table.locator("td").evaluate_all("(cells) => cells.map((cell) => cell.offsetWidth)")
    assert min(widths) >= 88
    assert widths[1] >= 240  # the cell of text is not a column of single words


def test_right_to_left_text_is_laid_out_from_the_right(open_browser: OpenBrowser, alice: User) -> None:
    for text in (ARABIC, HEBREW):
        conversation = ConversationFactory(owner=alice, title=text)
        MessageFactory(conversation=conversation, content=text)
        MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=f"{text}\n\n- {text}")
    page = open_browser(alice, size="phone")
    open_conversation(page, conversation)
    for selector in (".chat-head h1", ".typed", ".prose p", ".prose li"):
        element = page.locator(selector).first
        assert element.evaluate("(element) => getComputedStyle(element).direction") == "rtl", selector
        assert first_letter_is_at_the_right(element.element_handle()), selector
    visit(page, "/")
    assert first_letter_is_at_the_right(page.locator(".row-title").first.element_handle())
    page = open_browser(alice)
    open_conversation(page, conversation)
    assert first_letter_is_at_the_right(page.locator(".rail-chat span").first.element_handle())


def first_letter_is_at_the_right(element: Any) -> bool:
    at_the_right: bool = element.evaluate(
        """(element) => {
          const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          while (text.nextNode() && !text.currentNode.data.trim());
          const range = document.createRange();
          const start = text.currentNode.data.search(/\\S/);
          range.setStart(text.currentNode, start);
          range.setEnd(text.currentNode, start + 1);
          const [letter, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
          return letter.right <= box.right + 1 && letter.left > box.left + box.width / 2;
        }"""
    )
    return at_the_right


def add_toast(page: Page, text: str) -> None:
    """Add a toast as the server does, out of band."""
    page.evaluate(
        "(text) => document.getElementById('toasts')"
        ".insertAdjacentHTML('beforeend', `<div class='toast'><span>${text}</span></div>`)",
        text,
    )


def test_there_are_at_most_two_toasts_and_each_once(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice)
    visit(page, "/cards/")
    for text in ("Card deleted.", "Card suspended.", "Card deleted."):
        add_toast(page, text)
    expect(page.locator(".toast")).to_have_text(["Card suspended.", "Card deleted."])
    page.evaluate("dispatchEvent(new Event('offline')); dispatchEvent(new Event('offline'))")
    expect(page.locator(".toast")).to_have_count(2)
    expect(page.locator(".toast").first).to_have_text("Card deleted.")


@pytest.mark.parametrize("width", [390, 820, 1180, 1440])
def test_toasts_cover_neither_composer_nor_card_nor_buttons(
    open_browser: OpenBrowser, alice: User, conversation: Conversation, width: int
) -> None:
    create_card(owner=alice, question="A long question? " * 30, answer="Yes")
    page = open_browser(alice)
    page.set_viewport_size({"width": width, "height": 844})
    uncovered = {
        reverse("chat:conversation-detail", args=[conversation.pk]): ".composer-box",
        "/": ".composer-box",
        "/review/": ".review-card .prose, .review-foot button, .review-foot a",
    }
    for address, selector in uncovered.items():
        visit(page, address)
        for text in ("The card was suspended.", "The server does not answer. Check the connection."):
            add_toast(page, text)
        toasts = [toast.evaluate(BOX) for toast in page.locator(".toast").all()]
        assert len(toasts) == 2
        for element in page.locator(selector).all():
            box = element.evaluate(BOX)
            assert not any(overlap(box, toast) for toast in toasts), f"{address}: {box} under {toasts}"


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    beside = one["right"] <= other["left"] or other["right"] <= one["left"]
    return not (beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"])
