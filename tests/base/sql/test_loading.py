from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import ApiToken, User
from base.sql.loading import Loader
from chat.models import Message
from flashcards.models import Card
from quiz.models import ParameterSet, ReviewSettings
from tests.factories import ApiTokenFactory, CardFactory, MessageFactory


def loaded(rows: "QuerySet[Any]") -> list[Any]:
    compiler = rows.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(Loader(compiler).instances(cursor.fetchall()))


def values_of(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_instances_equal_those_of_the_query_set(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, error={"code": "down"}, citations=[{"number": 1}])
    CardFactory.create_batch(2, owner=alice, tags=["a", "b"], message=message)
    for rows in (Message.objects.order_by("pk"), Card.objects.order_by("pk"), User.objects.order_by("pk")):
        assert [values_of(row) for row in loaded(rows)] == [values_of(row) for row in rows]
    [row] = loaded(Message.objects.all())
    assert not row._state.adding
    assert row._state.db == "default"


def test_annotations_are_attributes(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice)
    has_cards = Exists(Card.objects.filter(message=OuterRef("pk")))
    [row] = loaded(Message.objects.annotate(has_cards=has_cards, title=F("conversation__title")))
    assert (row.has_cards, row.title) == (False, message.conversation.title)


def test_related_rows_need_no_query(alice: User, django_assert_num_queries: Any) -> None:
    ApiTokenFactory(owner=alice)
    [token] = loaded(ApiToken.objects.select_related("owner"))
    with django_assert_num_queries(0):
        owner = token.owner
    assert values_of(owner) == values_of(User.objects.get())


def test_a_related_row_may_be_missing(alice: User, django_assert_num_queries: Any) -> None:
    settings = ReviewSettings.objects.create(owner=alice)
    [row] = loaded(ReviewSettings.objects.select_related("parameters"))
    with django_assert_num_queries(0):
        assert row.parameters is None
    settings.parameters = ParameterSet.objects.create(owner=alice, weights=[0.5] * 21)
    settings.save()
    [row] = loaded(ReviewSettings.objects.select_related("parameters"))
    with django_assert_num_queries(0):
        assert row.parameters.weights == [0.5] * 21
