"""What the models of all apps share: keys that sort by time, and look-ups that start at the owner."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from uuid_utils.compat import uuid7

from base.errors import NotFound

Row = TypeVar("Row", bound=models.Model, covariant=True)


def new_id() -> UUID:
    """A version 7 UUID: rows made at the same time stand together in the index, so inserts stay on warm pages."""
    return uuid7()


class OwnedQuerySet(models.QuerySet[Row]):
    """The query set of rows that belong to a user; look-ups go through the user's manager, `user.cards`."""

    def get_or_not_found(self, pk: UUID) -> Row:
        """The row with this key. Raises NotFound, also when it belongs to another user."""
        try:
            return self.get(pk=pk)
        except ObjectDoesNotExist:
            raise NotFound from None
