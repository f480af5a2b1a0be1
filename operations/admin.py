"""Backups in the admin."""

from django.contrib import admin

from base.admin import ReadOnlyAdmin
from operations.models import Backup


@admin.register(Backup)
class BackupAdmin(ReadOnlyAdmin[Backup]):
    """Deleting a row leaves the file."""

    list_display = ("started_at", "finished_at", "file", "size", "error")
    search_fields = ("file", "error")
    ordering = ("-started_at",)
