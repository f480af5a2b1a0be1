from django.contrib import admin

from base.admin import ReadOnlyAdmin
from providers.models import ProviderKey


@admin.register(ProviderKey)
class ProviderKeyAdmin(ReadOnlyAdmin[ProviderKey]):
    """Shows every field but the ciphertext."""

    list_display = ("owner", "provider", "last4", "valid", "detail", "validated_at", "updated_at")
    list_filter = ("provider", "valid")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    fields = ("owner", "provider", "last4", "valid", "detail", "validated_at", "created_at", "updated_at")
    readonly_fields = fields
