"""The operator's view of search: the outbox, whose dead letters can be requeued, the tables, and LanceDB's contents."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.admin import ReadOnlyAdmin
from search.index.inspection import inspect_tables
from search.models import IndexTable, OutboxEntry
from search.services import requeue_dead_letters


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin[OutboxEntry]):
    list_display = [
        "id",
        "table",
        "entity_id",
        "owner_id",
        "status",
        "missing_vector",
        "attempts",
        "due_at",
        "created_at",
        "error",
    ]
    list_filter = ["status", "missing_vector", "table", "created_at"]
    search_fields = ["entity_id", "owner_id", "error"]
    ordering = ["-id"]
    show_full_result_count = False  # counting a large outbox takes longer than showing a page of it
    actions = ["requeue"]

    @admin.action(description=gettext_lazy("Requeue the dead letters among the selected entries"), permissions=["view"])
    def requeue(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        count = requeue_dead_letters(entries=queryset)
        message = ngettext("%(count)d entry was requeued.", "%(count)d entries were requeued.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without its entry, a change would never reach the index."""
        return False


@admin.register(IndexTable)
class IndexTableAdmin(ReadOnlyAdmin[IndexTable]):
    list_display = [
        "lance_name",
        "table",
        "state",
        "backend",
        "model",
        "dimensions",
        "version",
        "created_at",
        "failed_at",
    ]
    list_filter = ["state", "table", "backend"]
    change_list_template = "admin/search/indextable/change_list.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without its row, the LanceDB table would never be dropped."""
        return False

    def get_urls(self) -> list[URLPattern]:
        contents = path("contents/", self.admin_site.admin_view(self.contents), name="search_indextable_contents")
        return [contents, *super().get_urls()]

    def contents(self, request: HttpRequest) -> HttpResponse:
        """Tables, rows, versions and sample rows, for staff. With `?compare`, also the differences from PostgreSQL."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("LanceDB contents"),
            "tables": inspect_tables(with_difference="compare" in request.GET),
        }
        return TemplateResponse(request, "admin/search/indextable/contents.html", context)
