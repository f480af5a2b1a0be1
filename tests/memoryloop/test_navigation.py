import pytest
from django.test import RequestFactory

from memoryloop.navigation import frame


@pytest.mark.parametrize(
    ("path", "place"),
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
def test_the_rail_knows_where_the_person_is(rf: RequestFactory, path: str, place: str) -> None:
    assert frame(rf.get(path))["here"] == place
