from django.contrib import admin

from flashcards.models import Card, Generation
from memoryloop.inspection import Inspection


@admin.register(Card)
class CardAdmin(Inspection[Card]):
    list_display = ("__str__", "owner", "kind", "status", "state", "due", "reps", "lapses", "deleted_at")
    list_filter = ("status", "state", "kind")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")


@admin.register(Generation)
class GenerationAdmin(Inspection[Generation]):
    list_display = ("id", "owner", "status", "provider", "model", "proposed", "created_at", "finished_at", "error")
    list_filter = ("status", "provider")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")
