"""The project package: settings, URLs, the API and the applications for uvicorn and Celery."""

from memoryloop.celery import app as celery_app

__all__ = ["celery_app"]
