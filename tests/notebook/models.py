from django.conf import settings
from django.db import models

from base.models import OwnedQuerySet, new_id


class Note(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()

    objects = OwnedQuerySet["Note"].as_manager()

    def __str__(self) -> str:
        return self.text[:60]
