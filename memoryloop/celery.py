"""The Celery application. It finds the `tasks.py` of each app."""

import os

from celery import Celery

from operations.worker.restoring import survive_lost_connections
from operations.worker.run_consumer import RunConsumer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

survive_lost_connections()

app = Celery("memoryloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["consumer"].add(RunConsumer)
app.autodiscover_tasks()
