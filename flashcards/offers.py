"""Offering a generation to the workers; what gets lost here, a sweep offers again."""

import logging
from uuid import UUID

from kombu.exceptions import OperationalError
from redis import RedisError

from memoryloop.celery import app

logger = logging.getLogger(__name__)


def offer_generation(generation_id: UUID, *, expires: int | None = None) -> None:
    """Ask a worker to propose cards. Never fails: with the broker down the sweep asks again later."""
    try:
        app.send_task("flashcards.tasks.propose_cards", [str(generation_id)], expires=expires)
    except (OperationalError, RedisError) as error:
        logger.warning("Generation %s waits for the sweep, the broker is away: %s", generation_id, error)
