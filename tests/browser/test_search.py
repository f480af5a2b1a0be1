"""The search page by keyboard, on a desktop and on a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import Role
from flashcards.models import CardStatus
from flashcards.services import create_card
from search.services import drain
from search.sync import maintenance
from tests.browser.test_accessibility import TOUCH, faults_on_a_desktop, faults_on_a_phone
from tests.factories import CardFactory, ConversationFactory, MessageFactory

ANSWER = """**Photosynthesis** takes place in the chloroplast, see [the guide](https://guide.example/a/long/address):

- the *light reactions* in the thylakoid membrane
- the Calvin cycle in the stroma

```python
def photosynthesis(light: float) -> float:
    return PLANCK * light
```
"""


def fill(owner: User) -> None:
    maintenance.maintain_tables()  # without rows, the first tables are complete
    conversation = ConversationFactory(owner=owner, title="Photosynthesis")
    MessageFactory(conversation=conversation, content="Where does photosynthesis take place?")
    reply = MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=ANSWER)
    create_card(owner=owner, message=reply, question="Where is photosynthesis?", answer="In **leaves**")
    CardFactory(owner=owner, question="What runs photosynthesis?", answer="Light", status=CardStatus.SUSPENDED)
    other = ConversationFactory(owner=owner, title="Music")
    MessageFactory(conversation=other, content="Which chords has the key of C?")
    MessageFactory(conversation=other, role=Role.ASSISTANT, content="C, F and G take the first place.")
    while drain():
        pass


def test_tabs_and_filters_work_by_keyboard(open_browser: Callable[..., Page], alice: User) -> None:
    fill(alice)
    page = open_browser(alice)
    page.goto("/search/?q=photosynthesis")
    tabs = page.get_by_role("navigation", name="Kinds of results")
    expect(tabs.get_by_role("link")).to_have_text(
        [re.compile(r"All \d"), re.compile(r"Messages \d"), "Cards 2", "Goals 0", "Memories 0"]
    )
    expect(tabs.locator("[aria-current=page]")).to_have_text(re.compile("All"))
    expect(page.locator("summary")).to_be_hidden()
    expect(page.get_by_label("Search by")).to_be_visible()
    expect(page.locator(".snippet code mark")).to_have_text(["photosynthesis"])
    tabs.get_by_role("link", name="All").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=photosynthesis&kind=card")
    expect(tabs.locator("[aria-current=page]")).to_have_text("Cards 2")
    expect(page.locator(".result")).to_have_count(2)
    page.get_by_role("searchbox").press("Enter")  # another search stays in the tab
    page.wait_for_url("**kind=card**")
    assert faults_on_a_desktop(page) == []

    phone = open_browser(alice, size="phone", **TOUCH)
    phone.goto("/search/?q=photosynthesis")
    expect(phone.get_by_label("Search by")).to_be_hidden()
    phone.locator("summary").focus()
    phone.keyboard.press("Enter")
    phone.get_by_label("Only messages with cards").check()
    assert faults_on_a_phone(phone) == []
    phone.get_by_role("searchbox").press("Enter")
    phone.wait_for_url("**has_cards=on**")
    expect(phone.locator("summary")).to_have_text(re.compile(r"Filters\s+1"))
    expect(phone.locator(".result")).to_have_count(1)
    assert faults_on_a_phone(phone) == []
