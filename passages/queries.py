"""Reads of remembered passages."""

from django.db.models import QuerySet

from accounts.models import User
from passages.models import RememberedPassage


def passages_of(owner: User) -> QuerySet[RememberedPassage]:
    """The user's passages, newest first, with their messages and conversations, without the messages' long texts."""
    passages = owner.passages.alive().newest_first()
    return passages.select_related("message__conversation").defer("message__content")
