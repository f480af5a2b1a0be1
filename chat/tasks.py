"""Doors for the worker."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from chat import lifecycle, replies, services


@shared_task(name="chat.tasks.write_reply")
def write_reply(reply_id: str) -> None:
    replies.write_reply(reply_id=UUID(reply_id))


@shared_task(name="chat.tasks.sweep_replies")
def sweep_replies() -> None:
    lifecycle.sweep_replies(at=timezone.now())


@shared_task(name="chat.tasks.purge_conversations")
def purge_conversations() -> None:
    services.purge_conversations(at=timezone.now())
