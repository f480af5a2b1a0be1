"""The Celery tasks of goals."""

from uuid import UUID

from celery import shared_task

from base.jobs import periodic_task
from base.models import database_time
from goals import services
from goals.growing import services as growing
from goals.growing import worker
from goals.trees import proposals
from goals.trees import services as trees


@shared_task(name="goals.tasks.grow_tree")
def grow_tree(run_id: str) -> None:
    worker.grow_tree(run_id=UUID(run_id))


@periodic_task(every=10)
def sweep_tree_runs() -> None:
    growing.sweep_tree_runs(at=database_time())


@periodic_task(every=60)
def purge_goals() -> None:
    services.purge_goals(at=database_time())


@periodic_task(every=60)
def purge_skills() -> None:
    trees.purge_skills(at=database_time())
    proposals.purge_proposals(at=database_time())
