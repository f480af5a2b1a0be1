"""The periodic task of memories."""

from base.jobs import periodic_task
from base.models import database_time
from memories import services


@periodic_task(every=60)
def purge_memories() -> None:
    services.purge_memories(at=database_time())
