from django.contrib import admin

from base.admin import ReadOnlyAdmin
from memories.models import ConversationProject, Memory, Project


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin[Project]):
    list_display = ("name", "owner", "size", "use_in_chats", "archived_at", "created_at", "deleted_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")


@admin.register(Memory)
class MemoryAdmin(ReadOnlyAdmin[Memory]):
    list_display = (
        "id",
        "owner",
        "project",
        "client_key",
        "date",
        "task",
        "component",
        "source",
        "created_at",
        "deleted_at",
    )
    list_select_related = ("owner", "project")
    search_fields = ("owner__email", "id", "project__id")


@admin.register(ConversationProject)
class ConversationProjectAdmin(ReadOnlyAdmin[ConversationProject]):
    list_display = ("id", "owner", "conversation", "project", "use", "created_at")
    list_select_related = ("owner", "conversation", "project")
    search_fields = ("owner__email", "conversation__id", "project__id")
