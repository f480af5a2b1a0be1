"""The periodic tasks of goals."""

from base.jobs import periodic_task
from base.models import database_time
from goals import services
from goals.trees import services as trees


@periodic_task(every=60)
def purge_goals() -> None:
    services.purge_goals(at=database_time())


@periodic_task(every=60)
def purge_skills() -> None:
    trees.purge_skills(at=database_time())
