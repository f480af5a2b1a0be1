"""The history of backups, for the schedule, health and the admin."""

from django.db import models

from base.models import new_id


class Backup(models.Model):
    """A backup to a file, or an attempt that failed. `error` is empty for a verified backup."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(auto_now_add=True)
    file = models.TextField()
    size = models.PositiveBigIntegerField(default=0)  # bytes
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="backup_newest")]

    def __str__(self) -> str:
        return f"{self.file} ({'failed' if self.error else 'verified'})"
