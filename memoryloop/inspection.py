"""The base of the admin's pages: rows are looked at there, and changed by verbs only."""

from typing import TYPE_CHECKING, Generic, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)

# The type checker's ModelAdmin takes a type argument, Django's own does not.
if TYPE_CHECKING:

    class _Admin(admin.ModelAdmin[Row]):
        pass
else:

    class _Admin(admin.ModelAdmin, Generic[Row]):
        pass


class Inspection(_Admin[Row]):
    """To see, search and delete; a subclass that has an action gives it a verb to call."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False
