from uuid import UUID

import pytest

from accounts.models import User
from base.api.pagination import InvalidCursor, Listing, Page, PreparedPages, paginate
from flashcards.models import Card
from tests.factories import CardFactory


def key_of(card: Card) -> str:
    return str(card.pk)


@pytest.mark.parametrize("newest_first", [True, False])
def test_prepared_pages_are_those_of_the_query_set(alice: User, mallory: User, newest_first: bool) -> None:
    CardFactory.create_batch(5, owner=alice)
    CardFactory(owner=mallory)
    pages = PreparedPages(
        lambda owner_id: Card.objects.filter(owner_id=owner_id), newest_first=newest_first, owner_id=UUID
    )
    cursor, read = None, 0
    while read < 5:
        listing = Listing(limit=2, cursor=cursor)
        page: Page[str] = pages.page(listing, key_of, owner_id=alice.pk)
        assert page == paginate(alice.cards.all(), listing, key_of, newest_first=newest_first)
        cursor, read = page.next, read + len(page.items)
    assert (cursor, read) == (None, 5)


def test_a_foreign_cursor_is_refused(alice: User) -> None:
    pages = PreparedPages(lambda owner_id: Card.objects.filter(owner_id=owner_id), owner_id=UUID)
    with pytest.raises(InvalidCursor):
        pages.page(Listing(limit=2, cursor="x"), key_of, owner_id=alice.pk)
