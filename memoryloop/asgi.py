"""The ASGI application that uvicorn serves."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from memoryloop.body_limit import BodyLimit
from memoryloop.metrics_endpoint import MetricsEndpoint
from memoryloop.request_monitor import RequestMonitor
from memoryloop.request_quota import RequestQuota

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

limited = BodyLimit(get_asgi_application(), limit=settings.MAX_BODY_SIZE)
application = RequestMonitor(MetricsEndpoint(RequestQuota(limited, limit=settings.REQUESTS_AT_ONCE)))
