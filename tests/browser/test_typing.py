"""Search while the user types."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from accounts.models import User
from search.services import drain
from search.sync import maintenance
from tests.factories import MessageFactory

# The number of characters before the caret, in the field that has the focus.
CARET = "document.activeElement.id + ' ' + document.activeElement.selectionStart"


def test_results_follow_what_is_typed(open_browser: Callable[..., Page], alice: User) -> None:
    maintenance.maintain_tables()  # without rows, the first tables are complete
    MessageFactory(conversation__owner=alice, content="Light turns water into oxygen.")
    while drain():
        pass
    page = open_browser(alice)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if "/search/?" in request.url else None)
    page.goto("/search/")
    entries, status, results = page.evaluate("history.length"), page.locator("#search-status"), page.locator(".result")

    # One letter is not searched for, and a pause sends one request. It changes neither the focus nor the history.
    page.keyboard.type("w")
    expect(status).to_have_text("Type one more letter, or press Enter.")
    page.keyboard.type("ater", delay=20)
    expect(results).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/search/\?q=water$"))
    expect(page).to_have_title("water · Search · MemoryLoop")
    assert [re.sub(".*q=", "", url) for url in requests] == ["water"]
    assert page.evaluate(CARET) == "id_q 5"
    assert page.evaluate("history.length") == entries
    expect(status).to_contain_text("1 ")  # once the user has paused
    expect(status).to_have_class(re.compile("visually-hidden"))

    # A slow search says so, and the next one replaces it. A word of one character is searched for.
    held: list[Route] = []
    page.route("**/search/?q=slow*", lambda route: held.append(route))
    page.get_by_role("searchbox").fill("slow")
    expect(status).to_have_text("Still searching …")
    with page.expect_event("requestfailed", lambda request: "q=slow" in request.url):
        page.get_by_role("searchbox").fill("水")
    expect(page).to_have_url(re.compile(r"q=%E6%B0%B4$"))
    expect(status).to_have_class(re.compile("visually-hidden"))
    assert [re.sub(".*q=", "", url) for url in requests] == ["water", "slow", "%E6%B0%B4"]

    # Enter searches at once, for one letter too. An empty field shows the page as it was at first.
    page.get_by_role("searchbox").fill("w")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=w$"))
    page.get_by_role("searchbox").fill("")
    expect(page).to_have_url(re.compile("/search/$"))
    expect(page).to_have_title("Search · MemoryLoop")
    page.go_back()
    expect(page).to_have_url("about:blank")
