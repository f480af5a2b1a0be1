"""The periodic task of mastery."""

from base.jobs import periodic_task
from base.models import database_time
from quiz.mastery import services


@periodic_task(every=300)
def record_mastery() -> None:
    services.record_mastery_of_users(at=database_time())
