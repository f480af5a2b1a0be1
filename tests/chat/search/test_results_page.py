"""The tabs of the search page, and what its last line knows."""

from chat.models import Message
from chat.search.results_page import ResultsPage
from search.joint_search import SearchResult, SearchResults
from search.kinds import kinds
from search.snippets import Marker


def page(kind: str = "", shown: int = 3, **counts: int) -> ResultsPage:
    result = SearchResult(kinds()[0], Message(), 0.5, "text", Marker.of("text"))
    return ResultsPage(SearchResults([result] * shown, counts), kind, weak=False)


def test_the_first_tab_has_all_kinds() -> None:
    tabs = list(page("card", message=2, card=1, goal=0, memory=0).tabs)
    assert [(tab.kind, tab.count, tab.is_current) for tab in tabs] == [
        (None, "3", False),
        ("message", "2", False),
        ("card", "1", True),
        ("goal", "0", False),
        ("memory", "0", False),
    ]


def test_what_is_not_counted_to_its_end_has_a_plus() -> None:
    assert [tab.count for tab in page(message=100, card=3, goal=0, memory=0).tabs] == ["103+", "100+", "3", "0", "0"]


def test_the_total_is_that_of_the_tab() -> None:
    assert (page(message=2, card=1).total, page(message=2, card=1).is_cut) == ("3", False)
    assert (page("card", 50, message=2, card=60).total, page("card", 50, message=2, card=60).is_cut) == ("60", True)
