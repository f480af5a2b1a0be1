"""The periodic task of memories."""

from base.jobs import periodic_task
from base.models import database_time
from memories import services

BATCHES = 100  # in one run, so that other tasks get their turn


@periodic_task(every=60)
def purge_memories() -> None:
    at = database_time()
    for _batch in range(BATCHES):
        if services.purge_memories(at=at) < services.BATCH_SIZE:
            return
