"""MemoryLoop: chat, memory, cards, recall."""

from memoryloop.celery import app as celery_app

__all__ = ["celery_app"]
