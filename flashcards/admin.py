from django.contrib import admin

from base.admin import ReadOnlyAdmin
from flashcards.generation.models import Generation, GenerationBatch
from flashcards.models import Card


@admin.register(Card)
class CardAdmin(ReadOnlyAdmin[Card]):
    list_display = ("__str__", "owner", "kind", "status", "state", "due", "reps", "lapses", "deleted_at")
    list_filter = ("status", "state", "kind")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")


@admin.register(GenerationBatch)
class GenerationBatchAdmin(ReadOnlyAdmin[GenerationBatch]):
    list_display = ("id", "owner", "status", "budget", "cards_per_skill", "created_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")


@admin.register(Generation)
class GenerationAdmin(ReadOnlyAdmin[Generation]):
    list_display = ("id", "owner", "status", "provider", "model", "proposed", "created_at", "finished_at", "error")
    list_filter = ("status", "provider")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")
