"""The ASGI application that uvicorn serves."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from base.apps import project_apps
from memoryloop.body_limit import BodyLimit
from memoryloop.request_quota import RequestQuota

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

application = RequestQuota(
    BodyLimit(get_asgi_application(), limit=settings.MAX_BODY_SIZE), limit=settings.REQUESTS_AT_ONCE
)
for app in project_apps():
    app.web_started()
