"""The Celery application. It finds the `tasks.py` of each app; their periodic tasks are the schedule of beat."""

import os

from celery import Celery

from base.jobs import PERIODIC_TASKS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

app = Celery("memoryloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = PERIODIC_TASKS
app.autodiscover_tasks()
