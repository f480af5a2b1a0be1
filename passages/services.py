"""Service functions: remember a passage of a message, delete it, restore it."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction

from base.text import storable
from chat.models import Message
from passages.errors import EmptyPassage, NotInMessage, PassageTooLong
from passages.models import MAX_PASSAGE_LENGTH, RememberedPassage
from passages.plain_text import beginning, read_text, without_blank_lines, without_space
from search.services import indexed_transaction

# The page offers Undo for ten seconds. The longer time allows for slow networks.
UNDO_TIME = timedelta(hours=1)
BATCH_SIZE = 500  # passages that one run of the periodic task purges


class Remembered(NamedTuple):
    """`is_new`: the same text was not remembered before."""

    passage: RememberedPassage
    is_new: bool


@transaction.atomic
def remember_passage(*, message: Message, text: str = "") -> Remembered:
    """Remember a part of the message for its owner; without `text`, the message, or the beginning of a long one.

    The same text is one passage, whichever message it is from. Raises EmptyPassage, PassageTooLong or NotInMessage.
    """
    text = _checked(message, without_blank_lines(storable(text)))
    passage, is_new = RememberedPassage.objects.get_or_create(
        owner_id=message.owner_id,
        fingerprint=sha256(without_space(text).encode()).hexdigest(),
        defaults={"message": message, "conversation_title": message.conversation.title, "text": text},
    )
    if passage.deleted_at is not None:
        is_new, passage.deleted_at = True, None
        passage.save(update_fields=["deleted_at"])
    return Remembered(passage, is_new)


def _checked(message: Message, text: str) -> str:
    """The text, or that of the whole message."""
    if len(text) > MAX_PASSAGE_LENGTH:
        raise PassageTooLong
    whole = without_blank_lines(read_text(message))
    text = text or beginning(whole, MAX_PASSAGE_LENGTH)
    if not text:
        raise EmptyPassage
    if without_space(text) not in without_space(whole):
        raise NotInMessage
    return text


@transaction.atomic
def delete_passage(*, passage: RememberedPassage, at: datetime) -> None:
    """Delete the passage; `restore_passage` undoes it until the passage is purged."""
    passage.deleted_at = at
    passage.save(update_fields=["deleted_at"])


@transaction.atomic
def restore_passage(*, passage: RememberedPassage) -> None:
    passage.deleted_at = None
    passage.save(update_fields=["deleted_at"])


@indexed_transaction()
def purge_passages(*, at: datetime) -> None:
    """Permanently delete passages whose time for undo has passed."""
    expired = RememberedPassage.objects.filter(deleted_at__lt=at - UNDO_TIME).values_list("pk", flat=True)
    RememberedPassage.objects.filter(pk__in=list(expired[:BATCH_SIZE])).delete()
