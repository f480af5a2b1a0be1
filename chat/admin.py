"""Conversations, messages and what is left out in the admin, read-only."""

from django.contrib import admin

from base.admin import ReadOnlyAdmin
from chat.models import Conversation, LeftOutPiece, Message


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin[Conversation]):
    list_display = ("title", "owner", "provider", "model", "pinned", "archived", "updated_at", "deleted_at")
    list_filter = ("provider", "archived", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("owner__email", "title")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    list_display = ("id", "owner", "role", "status", "provider", "model", "created_at", "finished_at", "error")
    list_filter = ("status", "role", "provider")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "=id", "=conversation__id")
    ordering = ("-id",)
    show_full_result_count = False  # counting all rows takes longer than showing a page


@admin.register(LeftOutPiece)
class LeftOutPieceAdmin(ReadOnlyAdmin[LeftOutPiece]):
    list_display = ("id", "owner", "conversation_id", "kind", "piece_id", "created_at")
    list_filter = ("kind",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "=conversation__id")
    ordering = ("-id",)
    show_full_result_count = False
