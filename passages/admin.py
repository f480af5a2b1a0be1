from django.contrib import admin

from base.admin import ReadOnlyAdmin
from passages.models import RememberedPassage


@admin.register(RememberedPassage)
class RememberedPassageAdmin(ReadOnlyAdmin[RememberedPassage]):
    list_display = ("__str__", "owner", "conversation_title", "created_at", "deleted_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")
