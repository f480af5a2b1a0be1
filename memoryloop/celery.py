"""The Celery application. Celery finds each app's `tasks.py`; the periodic tasks in them make beat's schedule."""

import os

from celery import Celery

from base.jobs import PERIODIC_TASKS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

app = Celery("memoryloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = PERIODIC_TASKS
app.autodiscover_tasks()
