"""Chat's Celery tasks."""

from uuid import UUID

from celery import shared_task

from base.jobs import periodic_task
from base.models import database_time
from chat import services
from chat.replies import lifecycle, writer


@shared_task(name="chat.tasks.write_reply")
def write_reply(reply_id: str) -> None:
    writer.write_reply(reply_id=UUID(reply_id))


@periodic_task(every=5)
def sweep_replies() -> None:
    lifecycle.sweep_replies(at=database_time())


@periodic_task(every=60)
def purge_conversations() -> None:
    services.purge_conversations(at=database_time())
