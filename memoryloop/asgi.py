"""The ASGI application that uvicorn serves."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

from memoryloop.body_limit import BodyLimit
from memoryloop.metrics_endpoint import MetricsEndpoint
from memoryloop.request_monitor import RequestMonitor
from memoryloop.request_quota import RequestQuota

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

django = get_asgi_application()
# Imported by its name, because it uses models: those can be imported only from here on.
with_mcp = import_string("mcp_server.endpoint.McpEndpoint")(django)
limited = BodyLimit(with_mcp, limit=settings.MAX_BODY_SIZE)
application = RequestMonitor(MetricsEndpoint(RequestQuota(limited, limit=settings.REQUESTS_AT_ONCE)))
