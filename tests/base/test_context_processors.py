import pytest
from django.test import RequestFactory

from base.context_processors import site_layout


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/", "chat"),
        ("/chat/0199/", "chat"),
        ("/search/", "search"),
        ("/cards/new/", "cards"),
        ("/review/", "review"),
        ("/settings/review/", "settings"),
        ("/accounts/2fa/", "settings"),
    ],
)
def test_each_page_belongs_to_a_section(rf: RequestFactory, path: str, section: str) -> None:
    assert site_layout(rf.get(path))["section"] == section
