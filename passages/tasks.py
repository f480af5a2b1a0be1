"""The periodic task of remembered passages."""

from base.jobs import periodic_task
from base.models import database_time
from passages import services


@periodic_task(every=60)
def purge_passages() -> None:
    services.purge_passages(at=database_time())
