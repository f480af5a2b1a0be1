"""Reads of remembered passages."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from passages.models import RememberedPassage


def passages_of(owner: User, *, first: UUID | None = None) -> QuerySet[RememberedPassage]:
    """The user's passages, newest first; with `first`, from this one on.

    With their messages and conversations, but without the messages' long texts.
    """
    passages = owner.passages.alive().newest_first()
    if first is not None:
        passages = passages.filter(pk__lte=first)  # keys are version 7 UUIDs, so they sort by time
    return passages.select_related("message__conversation").defer("message__content")
