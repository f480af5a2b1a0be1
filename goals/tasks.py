"""The periodic task of goals."""

from base.jobs import periodic_task
from base.models import database_time
from goals import services


@periodic_task(every=60)
def purge_goals() -> None:
    services.purge_goals(at=database_time())
