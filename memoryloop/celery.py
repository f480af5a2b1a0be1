"""The Celery application; each app's `tasks.py` is found by Celery itself."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

app = Celery("memoryloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
