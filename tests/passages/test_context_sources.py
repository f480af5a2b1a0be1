import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Conversation, Message, Role
from chat.replies.context import Piece
from chat.replies.retrieval import retrieve_context
from passages.context_sources import passage_rows, passage_url
from search.services import drain
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def given(owner: User, question: str) -> list[Piece]:
    drain()
    asked = Message(conversation=Conversation(owner=owner), owner=owner, role=Role.USER, content=question)
    return retrieve_context([asked], in_prompt=())


def test_a_passage_about_the_question_is_given_with_its_reason(alice: User, mallory: User) -> None:
    passage = PassageFactory(owner=alice, text="Nephrons filter the blood.", conversation_title="Kidneys")
    PassageFactory(owner=alice, text="Coated guitar strings last longest.")
    PassageFactory(owner=mallory, text="Nephrons filter blood in the kidneys.")
    [piece] = given(alice, "What do nephrons filter?")
    assert (piece.source, piece.excerpt) == (passage, "Nephrons filter the blood.")
    assert piece.extract.text == "Nephrons filter the blood."
    assert piece.stored(1) == {
        **{"number": 1, "kind": "passage", "id": str(passage.pk), "conversation_id": None, "title": "Kidneys"},
        **{"excerpt": "Nephrons filter the blood.", "reason": "You asked to remember this", "cited": False},
    }


def test_nothing_unrelated_and_nothing_deleted_is_given(alice: User) -> None:
    deleted = PassageFactory(owner=alice, text="Nephrons filter the blood.")
    assert given(alice, "Which guitar strings last longest?") == []
    deleted.deleted_at = timezone.now()  # and the index does not know it yet
    type(deleted).objects.filter(pk=deleted.pk).update(deleted_at=deleted.deleted_at)
    assert given(alice, "What do nephrons filter?") == []


def test_the_link_opens_the_list_at_the_passage(alice: User, mallory: User, client: Client) -> None:
    first, second, third = PassageFactory.create_batch(3, owner=alice)
    rows = passage_rows({alice.pk}, {second.pk, PassageFactory(owner=mallory).pk})
    assert [(pk, row.url) for pk, row in rows.items()] == [(second.pk, passage_url(second))]
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    html = client.get(rows[second.pk].url).content.decode()
    assert [passage.text in html for passage in (first, second, third)] == [True, True, False]
    assert f'id="passage-{second.pk}"' in html
