"""What an operator sees of search: the outbox with retry, the tables, and what is in LanceDB."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from search.index.inspection import look_into_tables
from search.models import IndexTable, OutboxEntry
from search.services import retry_dead

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin  # Django's own class takes no type in brackets when it runs


class ReadOnly(Admin):
    """Rows that programs write; an operator looks at them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnly):
    list_display = ["id", "table", "entity_id", "owner_id", "status", "attempts", "due_at", "created_at", "error"]
    list_filter = ["status", "table", "created_at"]
    search_fields = ["entity_id", "owner_id", "error"]
    ordering = ["-id"]
    show_full_result_count = False  # counting a large outbox takes longer than showing a page of it
    actions = ["retry"]

    @admin.action(description=gettext_lazy("Retry the dead ones among these"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        count = retry_dead(entries=queryset)
        words = ngettext("%(count)d entry is tried again.", "%(count)d entries are tried again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)


@admin.register(IndexTable)
class IndexTableAdmin(ReadOnly):
    list_display = ["lance_name", "table", "state", "backend", "model", "dimensions", "version", "created_at"]
    list_filter = ["state", "table", "backend"]
    change_list_template = "admin/search/indextable/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        contents = path("contents/", self.admin_site.admin_view(self.contents), name="search_indextable_contents")
        return [contents, *super().get_urls()]

    def contents(self, request: HttpRequest) -> HttpResponse:
        """Read only, for staff: tables, rows, embedded, versions, sample rows; `?compare` adds the drift."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("In LanceDB"),
            "tables": look_into_tables(compared="compare" in request.GET),
        }
        return TemplateResponse(request, "admin/search/indextable/contents.html", context)
